// Keys for the pages of a file: n and p move, + and - change the size. Without this
// script the same is done by the links and the number field.

const pages = [...document.querySelectorAll("[data-page]")];
const number = document.querySelector("[data-page-number]");

const current = () => {
  const middle = window.innerHeight / 2;
  const passed = pages.filter((page) => page.getBoundingClientRect().top < middle);
  return Math.max(passed.length - 1, 0);
};

const show = (index) => {
  const page = pages[Math.min(Math.max(index, 0), pages.length - 1)];
  page?.scrollIntoView({ block: "start" });
  page?.focus({ preventScroll: true });
};

const resize = (step) => {
  const sizes = [...document.querySelectorAll("[data-size]")].filter((each) => each.href);
  const at = sizes.findIndex((each) => each.hasAttribute("aria-current"));
  sizes[at + step]?.click();
};

const keys = {
  n: () => show(current() + 1),
  p: () => show(current() - 1),
  "+": () => resize(1),
  "-": () => resize(-1),
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  keys[event.key]?.();
});

if (number && pages.length) {
  const note = () => {
    if (document.activeElement !== number) number.value = pages[current()].dataset.page;
  };
  document.addEventListener("scroll", note, { passive: true });
  number.form.addEventListener("submit", (event) => {
    const there = pages.findIndex((page) => page.dataset.page === number.value);
    if (there < 0) return;
    event.preventDefault();
    number.blur();
    show(there);
  });
}
