// The drop zone: one request per file, each with its own progress, state and second try.
// Without this script the same form sends the chosen files at once.

for (const zone of document.querySelectorAll("[data-upload]")) start(zone);

function start(zone) {
  const form = zone.closest("form");
  const input = zone.querySelector("input[type=file]");
  const list = document.querySelector(`#${zone.dataset.list}`);
  const words = zone.dataset;
  form.querySelector("[data-upload-submit]")?.setAttribute("hidden", "");
  let inside = 0;

  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  zone.addEventListener("dragenter", (event) => {
    event.preventDefault();
    inside += 1;
    zone.classList.add("is-over");
  });
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("dragleave", () => {
    inside -= 1;
    if (!inside) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    inside = 0;
    zone.classList.remove("is-over");
    take(event.dataTransfer.files);
  });

  function take(files) {
    for (const file of files) {
      const row = rowFor(file, words);
      list.append(row.element);
      const refusal = refusalOf(file, words);
      if (refusal) row.refuse(refusal);
      else send(file, row, { form, input, words });
    }
  }
}

function refusalOf(file, words) {
  if (!file.size) return words.empty;
  if (file.size > Number(words.maxBytes)) return words.tooLarge;
  const ending = `.${file.name.split(".").pop().toLowerCase()}`;
  return words.types.split(",").includes(ending) ? "" : words.wrongType;
}

function send(file, row, { form, input, words }) {
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  body.delete(input.name);
  body.append(input.name, file, file.name);
  request.open("POST", words.url);
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) row.progress(event.loaded / event.total);
  });
  request.addEventListener("load", () => finish(request, row, words, () => send(file, row, { form, input, words })));
  request.addEventListener("error", () => row.fail(words.failed, () => send(file, row, { form, input, words })));
  row.progress(0);
  request.send(body);
}

function finish(request, row, words, again) {
  const answer = read(request);
  if (!answer || request.responseURL.split("?")[0] !== new URL(words.url, location.href).href.split("?")[0]) {
    row.fail(words.failed, again);
  } else if (request.status >= 500) {
    row.fail(answer.message || words.failed, again);
  } else if (request.status >= 400) {
    row.refuse(answer.message || words.failed);
  } else {
    row.done(answer);
    row.element.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: answer }));
  }
}

function read(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

function rowFor(file, words) {
  const element = document.querySelector(`#${words.row}`).content.firstElementChild.cloneNode(true);
  const find = (name) => element.querySelector(`[data-${name}]`);
  const [bar, state, retry] = [find("bar"), find("state"), find("retry")];
  find("name").textContent = file.name;
  const settle = (css, sentence) => {
    element.classList.remove("is-refused", "is-there");
    if (css) element.classList.add(css);
    bar.hidden = true;
    state.textContent = sentence;
  };
  retry.hidden = true;
  find("dismiss").addEventListener("click", () => element.remove());
  return {
    element,
    progress(share) {
      settle("", share < 1 ? words.sending.replace("[share]", `${Math.round(share * 100)} %`) : words.checking);
      bar.hidden = false;
      retry.hidden = true;
      bar.value = share;
    },
    refuse(sentence) {
      settle("is-refused", sentence);
    },
    fail(sentence, again) {
      settle("is-refused", sentence);
      retry.hidden = false;
      retry.onclick = again;
    },
    done(answer) {
      if (answer.html) show(element, answer);
      else settle("is-there", answer.message || answer.label);
    },
  };
}

// The server's own markup of the file takes the place of the progress row.
function show(element, answer) {
  const shelf = document.querySelector("[data-files]");
  if (!shelf) {
    element.querySelector("[data-state]").textContent = answer.label;
    return;
  }
  shelf.insertAdjacentHTML("beforeend", answer[shelf.dataset.files || "html"]);
  window.htmx?.process(shelf);
  element.remove();
}
