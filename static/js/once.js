// A second click sends nothing: form[data-once] takes its buttons out of use once sent.
// The button that was pressed keeps its name and value, because it is disabled a tick later.

const sent = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.classList.add("is-busy");
  setTimeout(() => setDisabled(form, true));
});

// Back on the page (Firefox remembers what was out of use), or after an htmx answer:
// usable again.
addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach(free));
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-once]");
  if (form) free(form);
});

function free(form) {
  sent.delete(form);
  setDisabled(form, false);
}

function setDisabled(form, disabled) {
  for (const button of form.querySelectorAll("button[type=submit], button:not([type])")) {
    if (disabled && !button.disabled) button.dataset.onceDisabled = "";
    if (!disabled && !("onceDisabled" in button.dataset)) continue;
    button.disabled = disabled;
    if (!disabled) {
      delete button.dataset.onceDisabled;
      button.classList.remove("is-busy");
    }
  }
}
