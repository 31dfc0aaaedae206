// form[data-autosave]: what changes is posted quietly to the form's own address, and
// [data-saved-at] says when it was saved. Without this script the form's button saves.

const WAIT = 900;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  let timer;
  let running = null;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(save, WAIT);
  };
  const save = async () => {
    running?.abort();
    running = new AbortController();
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: typed(form),
        headers: { "X-Autosave": "1", Accept: "application/json" },
        redirect: "error",
        signal: running.signal,
      });
      if (answer.ok) tell(form, await answer.json());
    } catch {
      // Offline, logged out or overtaken by a newer save: unsaved.js keeps the text.
    }
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("restored", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    running?.abort();
  });
}

function typed(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
}

function tell(form, { saved_at: savedAt }) {
  const place = document.querySelector("[data-saved-at]");
  if (!place || !savedAt) return;
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" });
  place.textContent = place.dataset.savedAt.replace("[time]", time.format(new Date(savedAt)));
  place.closest("[hidden]")?.removeAttribute("hidden");
}
