// Passkeys: allauth's script talks to the device, this says what went wrong, and puts the
// buttons away where a browser knows no passkeys.

if (!window.PublicKeyCredential) {
  show("missing");
  for (const button of document.querySelectorAll("[data-passkey]")) button.disabled = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  show("failed");
});

function show(what) {
  for (const line of document.querySelectorAll("[data-passkey-says]")) {
    line.hidden = line.dataset.passkeySays !== what;
  }
}
