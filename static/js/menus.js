// Menus are <details> and work alone; this closes them on Escape and on clicks elsewhere.
// "/" goes to the search unless somebody is typing.

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open], .deadline[open]:not(.is-compact)")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeAll();
  if (event.key === "/" && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-search]");
    if (search?.offsetParent) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

function closeAll() {
  for (const menu of document.querySelectorAll("[data-menu][open], .deadline[open]:not(.is-compact)")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
  if (location.hash === "#navigation") location.hash = "#closed";
}

function isTyping(element) {
  return element.matches?.("input, textarea, select, [contenteditable]");
}
