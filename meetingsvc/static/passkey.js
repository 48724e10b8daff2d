// Asks the browser for a passkey and sends what it answers with the form. Without this file a code still works.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function asked(options) {
  const known = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));
  const task = { ...options, challenge: bytes(options.challenge) };
  if (options.user) task.user = { ...options.user, id: bytes(options.user.id) };
  if (options.allowCredentials) task.allowCredentials = known(options.allowCredentials);
  if (options.excludeCredentials) task.excludeCredentials = known(options.excludeCredentials);
  return task;
}

function answered(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: text(credential.rawId), type, response, clientExtensionResults: {} });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const says = form.querySelector("[data-passkey-says]");
  form.querySelector("[data-without-script]").hidden = true;
  form.querySelector("[data-with-script]").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.passkey.value) return;
    event.preventDefault();
    says.hidden = true;
    try {
      const publicKey = asked(JSON.parse(form.dataset.options));
      form.elements.passkey.value = answered(await navigator.credentials[form.dataset.passkey]({ publicKey }));
      form.requestSubmit();
    } catch (problem) {
      says.textContent = problem.name === "InvalidStateError"
        ? "This device holds a passkey of yours already."
        : "No passkey was used. Try again, and unlock the device when it asks.";
      says.hidden = false;
    }
  });
}
