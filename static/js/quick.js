// What the line at the top of lists gains with JavaScript: it shows what a line becomes while it is
// typed, several lines that are pasted are looked at on a page of their own, and on a phone the plus
// among the tabs brings it to the thumb.

const PAUSE = 150;
let timer;
let asked = 0;

function fieldOf(event) {
  return event.target.closest?.("[data-quick]");
}

async function preview(field) {
  const form = field.form;
  const shown = form.querySelector("[data-preview]");
  const number = ++asked;
  const query = new URLSearchParams({ name: field.value });
  for (const name of ["kind", "day"]) query.set(name, form.elements[name]?.value ?? "");
  const url = `${shown.dataset.preview}?${query}`;
  const answer = field.value.trim() ? await fetch(url).catch(() => null) : null;
  // Only the newest line counts, and only while it is still there.
  if (number !== asked || answer?.redirected) return;
  shown.innerHTML = answer?.ok ? await answer.text() : "";
}

document.addEventListener("input", (event) => {
  const field = fieldOf(event);
  if (!field) return;
  clearTimeout(timer);
  timer = setTimeout(() => preview(field).catch(() => {}), PAUSE);
});

// A line that was added leaves an empty field, ready for the next.
document.addEventListener("reset", (event) => {
  const shown = event.target.querySelector?.("[data-preview]");
  if (!shown) return;
  asked++;
  clearTimeout(timer);
  shown.innerHTML = "";
});

document.addEventListener("paste", (event) => {
  const field = fieldOf(event);
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field || !text.trim().includes("\n")) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = field.form.dataset.lines;
  for (const { name, value } of field.form.querySelectorAll("[type=hidden]")) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  const lines = document.createElement("textarea");
  lines.name = "lines";
  lines.value = field.value ? `${field.value}\n${text}` : text;
  form.append(lines);
  form.hidden = true;
  document.body.append(form);
  form.submit();
});

const bring = (isNear) => document.body.classList.toggle("is-adding", isNear);
const isOutside = (event) => !event.target.closest?.(".quick");

document.addEventListener("click", (event) => {
  const field = document.querySelector(".quick [data-quick]");
  if (!event.target.closest(".tabs .add a") || !field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  bring(true);
  field.focus();
});

for (const name of ["pointerdown", "focusin"]) {
  document.addEventListener(name, (event) => isOutside(event) && bring(false));
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  bring(false);
  // The keys of one letter are keys again.
  fieldOf(event)?.blur();
});
