// What pages gain with JavaScript: toasts that go away, counters of bytes, a slider that says
// where it stands, passwords to be looked at, buttons that copy or print, and forms that are sent once.
// Without it every page works the same.

const TOAST_TIME = 12000;

let isLoading = true;

// Put in anew, so that screen readers read what was on the page from the start.
function sayAnew(element) {
  const region = element.parentElement;
  element.remove();
  setTimeout(() => {
    region.append(element);
    window.htmx?.process(element);
  }, 100);
}

function toast(element) {
  const button = element.querySelector("[data-dismiss]");
  const dismiss = () => element.remove();
  button.hidden = false;
  button.addEventListener("click", dismiss);
  if (isLoading) sayAnew(element);
  let timer = setTimeout(dismiss, TOAST_TIME);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(dismiss, TOAST_TIME);
  };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("pointerleave", release);
  element.addEventListener("focusout", release);
}

function counter(input) {
  const most = Number(input.dataset.bytes);
  const shown = document.createElement("span");
  shown.className = "counter";
  input.after(shown);
  const show = () => {
    const left = most - new TextEncoder().encode(input.value).length;
    shown.textContent = left > most / 4 ? "" : String(left);
    shown.classList.toggle("is-over", left < 0);
  };
  input.addEventListener("input", show);
  show();
}

function slider(input) {
  const says = document.getElementById(input.dataset.says);
  const { today, yesterday, words } = input.dataset;
  const show = () => {
    says.textContent = [today, yesterday][input.value] ?? words.replace("#", input.value);
  };
  input.addEventListener("input", show);
  show();
}

function copier(button) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      // Without the right to the clipboard the text stays selected, to be copied by hand.
      return;
    }
    button.textContent = button.dataset.said;
  });
}

// A password can be looked at while it is typed; it is sent as a password again.
function shower(input) {
  const { show, hide } = input.dataset;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "link reveal", textContent: show });
  const reveal = (isShown) => {
    input.type = isShown ? "text" : "password";
    button.textContent = isShown ? hide : show;
  };
  button.addEventListener("click", () => reveal(input.type === "password"));
  input.form.addEventListener("submit", () => reveal(false));
  input.after(button);
}

// A second press while the answer is on its way would make two of a thing, or lose what is shown only once.
const AGAIN = 5000;
let sent = new WeakMap();

function sendOnce(event) {
  const form = event.target;
  // What is prevented is sent in place, by htmx, as often as somebody likes.
  if (form.method !== "post" || event.defaultPrevented) return;
  if (event.timeStamp - sent.get(form) < AGAIN) event.preventDefault();
  else sent.set(form, event.timeStamp);
}

const WIDGETS = {
  "[data-toast]": toast,
  "[data-bytes]": counter,
  "[data-says]": slider,
  "[data-copy]": copier,
  "[data-show]": shower,
};
const alive = new WeakSet();

function enliven() {
  for (const [selector, widget] of Object.entries(WIDGETS)) {
    for (const element of document.querySelectorAll(selector)) {
      if (!alive.has(element)) widget(element);
      alive.add(element);
    }
  }
  // A page that is shown anew hides them again.
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
}

enliven();
isLoading = false;
document.addEventListener("planner:fresh", enliven);
document.addEventListener("click", (event) => event.target.closest?.("[data-print]") && print());
document.addEventListener("submit", sendOnce);
addEventListener("pageshow", () => (sent = new WeakMap()));
