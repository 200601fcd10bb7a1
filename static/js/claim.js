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
  document.querySelector("[data-nothing-kept]").hidden = true;
}

function countDown(until, output) {
  const left = Math.max(0, Math.round(until - Date.now() / 1000));
  const seconds = String(left % 60).padStart(2, "0");
  output.hidden = false;
  output.querySelector("b").textContent = `${Math.floor(left / 60)}:${seconds}`;
}

async function renew() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  if (answer.redirected) return location.assign(answer.url);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [shown, fresh] = [document, page].map((one) => one.querySelector("[data-claimed]"));
  if (fresh?.dataset.waits === shown.dataset.waits) return;
  delete shown.dataset.waits;
  shown.replaceChildren(...fresh.childNodes);
}

function wait(section) {
  const output = section.querySelector("[data-left]");
  section.querySelector("[data-refresh]").hidden = true;
  const show = () => countDown(section.dataset.waits, output);
  show();
  const count = setInterval(show, 1000);
  const poll = setInterval(async () => {
    await renew();
    if (section.dataset.waits) return;
    clearInterval(count);
    clearInterval(poll);
  }, EVERY);
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
