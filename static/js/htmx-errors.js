// When an htmx request fails, the page says so instead of staying silent; an expired
// session leads to the log-in page, and what was typed waits in this tab (unsaved.js).

import { say, words } from "./say.js";

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (status === 401 || status === 403) location.reload();
  else say(words().failed, { seconds: 8 });
});
document.addEventListener("htmx:sendError", () => say(words().offline, { seconds: 8 }));
