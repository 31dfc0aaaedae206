// One file in the list beside the drop zone. Its progress is read by the machine that
// reads aloud when asked; what happened to the file it says by itself.

export function rowFor(file, words) {
  const element = document.querySelector(`#${words.row}`).content.firstElementChild.cloneNode(true);
  const find = (name) => element.querySelector(`[data-${name}]`);
  const [bar, state, retry, logIn, dismiss] = ["bar", "state", "retry", "log-in", "dismiss"].map(find);
  find("name").textContent = file.name;
  bar.setAttribute("aria-label", file.name);
  const tell = (sentence) => sayAloud(element, `${file.name}: ${sentence}`);

  const row = { element, isResting: false, onRetry: () => {}, onCancel: () => {} };
  function show(sentence, { css = "", sending = false, again = false, login = false } = {}) {
    element.classList.remove("is-refused", "is-there");
    if (css) element.classList.add(css);
    bar.hidden = !sending;
    retry.hidden = !again;
    logIn.hidden = !login;
    state.textContent = sentence;
    const label = sending ? words.cancel : words.dismiss;
    dismiss.setAttribute("aria-label", `${label}: ${file.name}`);
    row.isResting = false;
  }

  retry.addEventListener("click", () => row.onRetry());
  dismiss.addEventListener("click", () => {
    row.onCancel();
    tell(words.removed);
    const next = element.nextElementSibling ?? element.previousElementSibling;
    (next?.querySelector("[data-dismiss]") ?? document.querySelector("[data-upload] input")).focus();
    element.remove();
  });

  return Object.assign(row, {
    wait() {
      show(words.waiting);
      bar.value = 0;
    },
    progress(share) {
      show(share < 1 ? words.sending.replace("[share]", `${Math.floor(share * 100)} %`) : words.arriving, { sending: true });
      bar.value = share;
    },
    rest(sentence) {
      show(sentence, { again: true });
      row.isResting = true;
      tell(sentence);
    },
    refuse(sentence) {
      show(sentence, { css: "is-refused" });
      tell(sentence);
    },
    fail(sentence) {
      show(sentence, { css: "is-refused", again: true });
      tell(sentence);
    },
    askToLogIn(sentence) {
      show(sentence, { css: "is-refused", again: true, login: true });
      tell(sentence);
    },
    done(told) {
      tell(words.arrived);
      show(told.label, { css: "is-there" });
      if (told.html) shelve(element, told);
      element.dispatchEvent(new CustomEvent("uploaded", { bubbles: true, detail: told }));
    },
  });
}

// The list's own line for screen readers: one sentence at a time, never each percent.
export function sayAloud(near, sentence) {
  const list = near.closest(".uploads") ?? near;
  const line = document.querySelector(`#${list.id}-said`);
  if (line) line.textContent = sentence;
}

// The server's own markup of the file takes the place of the progress row.
function shelve(element, told) {
  const shelf = document.querySelector("[data-files]");
  if (!shelf) return;
  if (!onShelf(told)) {
    shelf.insertAdjacentHTML("beforeend", told[shelf.dataset.files || "html"]);
    window.htmx?.process(shelf);
  }
  element.remove();
}

export function onShelf(told) {
  return Boolean(told.id && document.querySelector(`[data-files] [data-file="${told.id}"]`));
}
