// The drop zone: one request per file, each with its own progress, state and second try.
// Without this script the same form sends the chosen files at once.

import { Line } from "./upload-line.js";
import { rowFor, sayAloud } from "./upload-row.js";

const lines = [];

for (const zone of document.querySelectorAll("[data-upload]")) start(zone);

// What was chosen and has not arrived is lost with the page: the browser asks first.
addEventListener("beforeunload", (event) => {
  if (lines.some((line) => line.isBusy)) event.preventDefault();
});

function start(zone) {
  const form = zone.closest("form");
  const input = zone.querySelector("input[type=file]");
  const list = document.querySelector(`#${zone.dataset.list}`);
  const words = zone.dataset;
  const line = new Line({ form, input, words });
  lines.push(line);
  form.querySelector("[data-upload-submit]")?.setAttribute("hidden", "");
  let inside = 0;

  input.addEventListener("change", () => {
    take([...input.files]);
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
    take([...event.dataTransfer.files]);
  });

  function take(files) {
    const rows = files.map((file) => [file, rowFor(file, words)]);
    list.append(...rows.map(([, row]) => row.element));
    for (const [file, row] of rows) {
      const refusal = refusalOf(file, words);
      if (refusal) row.refuse(refusal);
      else line.add(file, row);
    }
    sayAloud(list, words.chosen.replace("[count]", files.length));
  }
}

function refusalOf(file, words) {
  if (!file.size) return words.empty;
  if (file.size > Number(words.maxBytes)) return words.tooLarge;
  const ending = `.${file.name.split(".").pop().toLowerCase()}`;
  return words.types.split(",").includes(ending) ? "" : words.wrongType;
}
