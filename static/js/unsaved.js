// Keeps what was typed into form[data-unsaved="key"] in this tab until the server has it,
// so that an expired session or a lost connection costs nothing. Passwords and files never.
// Whoever logs in after somebody else in one tab finds nothing of theirs.
// The server has it once a page of ours answers what was sent; the log-in page and the
// error pages ([data-not-saved]) do not count. A form that comes back with errors brings
// its own values, and they win over the kept ones.

import { say, words } from "./say.js";

const PREFIX = "cpor-unsaved:";
const { typist } = document.body.dataset;
const MINE = typist ? `${PREFIX}${typist}:` : PREFIX;
const forms = document.querySelectorAll("form[data-unsaved]");

for (const form of forms) {
  const key = MINE + form.dataset.unsaved;
  const kept = read(key);
  if (kept?.sent && !cameBack()) sessionStorage.removeItem(key);
  else if (kept) restore(form, kept.fields);
  form.addEventListener("input", () => keep(key, form, false));
  form.addEventListener("change", () => keep(key, form, false));
  form.addEventListener("submit", () => keep(key, form, true));
}

if (document.querySelector("input[type=password], [data-not-saved]")) {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX))) {
    const kept = read(key);
    if (kept) sessionStorage.setItem(key, JSON.stringify({ ...kept, sent: false }));
  }
} else {
  forgetSent(new Set([...forms].map((form) => MINE + form.dataset.unsaved)));
}

// Sent and then another page of ours came: the server has it.
function forgetSent(present) {
  for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(MINE))) {
    if (!present.has(key) && read(key)?.sent) sessionStorage.removeItem(key);
  }
}

function cameBack() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

function keep(key, form, sent) {
  const fields = {};
  for (const element of form.elements) {
    if (!isKept(element)) continue;
    const values = (fields[element.name] ??= []);
    if (!["checkbox", "radio"].includes(element.type) || element.checked) values.push(element.value);
  }
  sessionStorage.setItem(key, JSON.stringify({ sent, fields }));
}

function restore(form, fields) {
  for (const element of form.elements) {
    const values = fields[element.name];
    if (!values || !isKept(element)) continue;
    if (["checkbox", "radio"].includes(element.type)) element.checked = values.includes(element.value);
    else if (values.length === 1) element.value = values[0];
  }
  form.dispatchEvent(new Event("restored", { bubbles: true }));
  say(words().restored, { seconds: 6 });
}

function isKept(element) {
  return element.name && !["password", "file", "hidden", "submit", "button"].includes(element.type);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}
