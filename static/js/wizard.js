// The wizard on small screens, and the receipt's print button. Everything works without it.

// On a phone the steps lie in a row: bring the present one into view.
const current = document.querySelector(".wizard-step.is-current");
const row = current?.closest(".wizard-steps");
if (row && row.scrollWidth > row.clientWidth) {
  row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A page that came back with errors begins at what is in the way.
document.querySelector("#errors")?.focus();
