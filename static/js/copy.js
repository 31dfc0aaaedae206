// Shows the copy buttons where copying works, and says when it is done.

import { say } from "./say.js";

if (navigator.clipboard) {
  show(document);
  document.addEventListener("htmx:load", (event) => show(event.target));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    event.preventDefault();
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("is-copied");
    say(button.dataset.copied);
    setTimeout(() => button.classList.remove("is-copied"), 1600);
  });
}

function show(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}
