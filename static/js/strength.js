// Says how strong a password is while it is typed, and whether the user name is free. The server
// judges again when the form is sent; without JavaScript it alone does.

const REST = 350;
const template = document.querySelector("template[data-strength]");
const password = document.querySelector('input[name="password"]');
const username = document.querySelector('input[name="username"]');

const meter = template.content.firstElementChild.cloneNode(true);
const words = meter.querySelector("p");
const remark = document.createElement("p");
remark.className = "error";
remark.setAttribute("role", "status");
const leaving = new AbortController();
let timer;
let asked = 0;

async function ask() {
  const turn = ++asked;
  const known = await fetch(template.dataset.strength, {
    method: "POST",
    body: new URLSearchParams(new FormData(password.form)),
    headers: { Accept: "application/json" },
    signal: leaving.signal,
  })
    .then((answer) => (answer.ok ? answer.json() : null))
    .catch(() => null);
  if (turn !== asked) return;
  meter.hidden = !known || !password.value;
  if (!meter.hidden) silence();
  if (known) show(known);
}

// What the server said is of the password before; two judges of one would not agree.
function silence() {
  const said = [...document.querySelectorAll(`.problems a[href="#${password.id}"]`)];
  document.getElementById(`${password.id}_error`)?.remove();
  for (const link of said) link.closest("li").remove();
  if (said.length && !document.querySelector(".problems li")) document.querySelector(".problems").remove();
  password.removeAttribute("aria-invalid");
}

function show({ score, level, reasons, taken }) {
  meter.dataset.score = score;
  words.textContent = [`${level}.`, ...reasons].join(" ");
  remark.textContent = taken ? template.dataset.taken : "";
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(ask, REST);
}

meter.hidden = true;
password.closest(".field").append(meter);
username?.closest(".field").append(remark);
password.addEventListener("input", soon);
username?.addEventListener("input", soon);
// With the answer to the form its token is over, and a question that is still on its way fails.
password.form.addEventListener("submit", () => {
  clearTimeout(timer);
  leaving.abort();
});
