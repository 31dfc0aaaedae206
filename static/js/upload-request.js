// One file to the server and what came of it, as a word: there, twin, refused, later,
// logged-out, outdated, broken.

const TOKEN = "csrfmiddlewaretoken";

export function send(job, { form, input, words }) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, job.file, job.file.name);
    request.open("POST", words.url);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) job.row.progress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(outcome(request, words)));
    request.addEventListener("error", () => resolve({ kind: "broken" }));
    request.addEventListener("abort", () => resolve({ kind: "broken" }));
    request.send(body);
    job.call = request;
  });
}

function outcome(request, words) {
  const { status } = request;
  if (status === 403) return { kind: "outdated" };
  const told = read(request);
  // A proxy's own words are no answer of ours, but its number is.
  if (!told && status === 413) return { kind: "refused", sentence: words.tooLarge };
  if (!told && status >= 400 && status < 500) return { kind: "refused" };
  if (!told || plain(request.responseURL) !== plain(new URL(words.url, location.href).href)) return { kind: "broken" };
  if (status === 401) return { kind: "logged-out", sentence: told.message };
  if (status >= 500) return { kind: "later", sentence: told.message || words.failed };
  if (status === 409 && told.id) return { kind: "twin", sentence: told.message, told };
  if (status >= 400) return { kind: "refused", sentence: told.message };
  return { kind: "there", told };
}

const plain = (address) => address.split(/[?#]/)[0];

function read(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return null;
  }
}

// Ask for this page anew and take over its secret; false where it leads to the log-in.
export async function freshToken(form) {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected || !answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector(`form input[name=${TOKEN}]`)?.value;
    if (!token) return false;
    for (const field of document.querySelectorAll(`input[name=${TOKEN}]`)) field.value = token;
    return Boolean(form.elements[TOKEN]);
  } catch {
    return false;
  }
}
