// One line that passes by, read out too. #toasts carries the sentences in its data.

export function say(sentence, { seconds = 2 } = {}) {
  const line = document.createElement("div");
  line.className = "toast-line";
  line.textContent = sentence;
  document.querySelector("#toasts")?.replaceChildren(line);
  setTimeout(() => line.remove(), seconds * 1000);
}

export const words = () => document.querySelector("#toasts")?.dataset ?? {};
