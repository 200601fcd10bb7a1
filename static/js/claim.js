// Claiming with JavaScript: the label's QR code fills the form, also over a log-in; what is pasted
// splits itself; the waiting page renews itself. Serial and code come in the address's fragment,
// which no server ever sees, and stay in this tab.

const STORE = "claim";
const EVERY = 3000;

function parsed(fragment) {
  const fields = new URLSearchParams(fragment);
  const label = { serial: fields.get("s") ?? "", code: fields.get("c") ?? "" };
  return label.serial || label.code ? label : null;
}

function kept() {
  const fromLabel = parsed(location.hash.slice(1));
  if (fromLabel) {
    sessionStorage.setItem(STORE, JSON.stringify(fromLabel));
    history.replaceState(null, "", location.pathname + location.search);
  }
  return JSON.parse(sessionStorage.getItem(STORE) ?? "null");
}

function fill(serial, code, name) {
  const label = kept();
  if (!label) return;
  if (serial.value || code.value) return;
  serial.value = label.serial;
  code.value = label.code;
  (label.serial && label.code ? name : serial).focus();
}

function splitPasted(event, serial, code) {
  const text = event.clipboardData.getData("text").trim();
  const label = parsed(text.split("#")[1] ?? "");
  const [first, second, ...more] = text.split(/\s+/);
  if (!label && (!second || more.length)) return;
  event.preventDefault();
  serial.value = label?.serial ?? first;
  code.value = label?.code ?? second;
}

function greet(message) {
  const label = kept();
  if (!label) return;
  message.hidden = false;
  message.querySelector("[data-kept-serial]").textContent = label.serial;
  for (const help of document.querySelectorAll("[data-nothing-kept]")) help.hidden = true;
}

function countDown(until, output) {
  const left = Math.max(0, Math.round(until - Date.now() / 1000));
  const seconds = String(left % 60).padStart(2, "0");
  output.hidden = false;
  output.querySelector("b").textContent = `${Math.floor(left / 60)}:${seconds}`;
}

// Returns whether there is still something to wait for.
async function renew(shown) {
  const options = { cache: "no-store", redirect: "manual" };
  const answer = await fetch(location.href, options).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    location.reload();
    return false;
  }
  if (!answer?.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-claimed]");
  if (fresh.dataset.waits) return true;
  shown.replaceChildren(...fresh.childNodes);
  return false;
}

function wait(section) {
  const output = section.querySelector("[data-left]");
  section.querySelector("[data-refresh]").hidden = true;
  const show = () => output && countDown(section.dataset.waits, output);
  show();
  const count = setInterval(show, 1000);
  const poll = async () => {
    if (await renew(section)) setTimeout(poll, EVERY);
    else clearInterval(count);
  };
  setTimeout(poll, EVERY);
}

const [serial, code, name] = ["serial", "code", "name"].map((id) => document.getElementById(`id_${id}`));
const greeting = document.querySelector("[data-kept]");
const claimed = document.querySelector("[data-claimed]");
if (serial && code) {
  fill(serial, code, name);
  serial.addEventListener("paste", (event) => splitPasted(event, serial, code));
}
if (greeting) greet(greeting);
if (claimed) sessionStorage.removeItem(STORE);
if (claimed?.dataset.waits) wait(claimed);
