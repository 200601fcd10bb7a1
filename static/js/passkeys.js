// Passkeys: the browser makes or uses one, and its answer goes to the server in a form. Without
// JavaScript there are none, and the buttons stay hidden.

const bytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

function read(options) {
  const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.user
      ? { excludeCredentials: described(options.excludeCredentials) }
      : { allowCredentials: described(options.allowCredentials) }),
  };
}

function written({ id, rawId, type, response }) {
  const parts = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) parts[part] = text(response[part]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({ id, rawId: text(rawId), type, response: parts });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.dataset.ask);
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

let waiting = new AbortController();

async function ask(form, mediation) {
  // One question at a time: a button's takes the place of the one behind a field.
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const publicKey = read(await optionsOf(form));
  const found = publicKey.user
    ? await navigator.credentials.create({ publicKey, signal })
    : await navigator.credentials.get({ publicKey, signal, ...(mediation && { mediation }) });
  form.elements.answer.value = written(found);
  form.submit();
}

function ready(form) {
  const button = form.querySelector("[data-passkey-button]");
  const said = form.querySelector("[data-passkey-failed]");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!form.reportValidity()) return;
    said.hidden = true;
    try {
      await ask(form);
    } catch (error) {
      if (error.name !== "AbortError") said.hidden = false;
    }
  });
}

async function offerAt(field, form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  const offer = () => ask(form, "conditional").catch(() => {});
  field.addEventListener("focus", offer, { once: true });
  if (document.activeElement === field) offer();
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) {
    ready(form);
    const field = document.querySelector(form.dataset.offerAt || "none");
    if (field) offerAt(field, form);
  }
}
