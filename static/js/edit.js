// A row is edited where it stands: the form of the entry's own page takes its place. Saving shows the
// list as it is then. Without JavaScript that page does the same.

import { holdsWork } from "./dirty.js";
import { store } from "./kept.js";
import { read, say, show } from "./show.js";

const ROWS = "main [data-row]:is(.task, .event)";
const pen = document.querySelector("template[data-pen]").content.firstElementChild;
// The rows are in a form already: the fields in between belong to this one by their attribute.
const form = Object.assign(document.createElement("form"), { id: "editor", method: "post", hidden: true, noValidate: true });
const pathOf = (address) => new URL(address).pathname;
let row;

function offer(event) {
  const found = event.target.closest?.(ROWS);
  if (!found || found === row || found.querySelector("[data-edit]")) return;
  document.querySelector(`${ROWS} [data-edit]`)?.remove();
  const link = found.querySelector("a.name");
  const own = pen.cloneNode(true);
  own.href = link.href;
  own.setAttribute("aria-label", own.dataset.words.replace("#", link.firstElementChild.textContent));
  link.after(own);
}

function close() {
  row.querySelector(".editor").remove();
  row.classList.remove("is-edited");
  delete row.dataset.still;
  row.querySelector("a.name").focus();
  row = undefined;
}

function fill(html) {
  const found = read(html).querySelector("main form.form");
  if (!found) return false;
  const editor = document.createElement("div");
  editor.className = "editor form";
  editor.append(...found.childNodes);
  for (const one of editor.querySelectorAll("input, select, textarea, button")) one.setAttribute("form", form.id);
  row.querySelector(".editor")?.remove();
  row.append(editor);
  row.classList.add("is-edited");
  row.dataset.still = "";
  const field = editor.querySelector("[autofocus]") ?? editor.querySelector("input:not([type=hidden])");
  field.focus();
  if (field.type === "text") field.setSelectionRange(field.value.length, field.value.length);
  document.dispatchEvent(new CustomEvent("planner:fresh"));
  return true;
}

async function open(link) {
  if (row && holdsWork(form)) return say("unsaved");
  const answer = await fetch(link.href).catch(() => null);
  if (!answer) return say("offline");
  const html = await answer.text();
  if (row && holdsWork(form)) return say("unsaved");
  if (row) close();
  row = link.closest("[data-row]");
  form.action = link.href;
  // A log-in that has run out answers with a page of its own.
  if (!answer.ok || pathOf(answer.url) !== link.pathname || !fill(html)) location.assign(link.href);
}

async function send(event) {
  event.preventDefault();
  const path = event.submitter?.getAttribute("formaction") ?? form.action;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const answer = await fetch(path, { method: "POST", body }).catch(() => null);
  if (!answer) return say("offline");
  if (!answer.ok) return say("failed");
  const html = await answer.text();
  const place = pathOf(answer.url);
  if (place === location.pathname) {
    close();
    if (!show(html)) location.reload();
  } else if (place.startsWith("/login/")) {
    const entry = pathOf(form.action);
    store(form, entry, 0);
    location.assign(`${place}?next=${encodeURIComponent(entry)}`);
  } else if (!fill(html)) location.assign(answer.url);
}

document.body.append(form);
form.addEventListener("submit", send);
document.addEventListener("pointerover", offer);
document.addEventListener("focusin", offer);
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-edit], .editor [data-cancel]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.matches("[data-cancel]")) close();
  else open(link);
});
