// Keys of forms: Ctrl or Cmd with Enter saves, Esc goes back to where the form was opened. What was
// typed is not lost by one press: it takes a second one.

import { bodyOf, holdsWork } from "./dirty.js";
import { say } from "./show.js";

function formOf(target) {
  const own = target.form ?? target.closest("form");
  if (own) return own.matches(".form, #editor") ? own : null;
  const all = document.querySelectorAll("main form.form");
  return all.length === 1 ? all[0] : null;
}

function leave(form) {
  const way = bodyOf(form).querySelector("[data-cancel]");
  if (!way) return;
  if (holdsWork(form) && !document.querySelector('#toasts [data-said="unsaved"]')) say("unsaved");
  else way.click();
}

function handle(event) {
  if (event.defaultPrevented || event.isComposing || event.target.closest("dialog")) return;
  const saves = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!saves && event.key !== "Escape") return;
  const form = formOf(event.target);
  if (!form) return;
  const button = saves && bodyOf(form).querySelector(".form-actions .primary");
  if (button) form.requestSubmit(button);
  if (!saves) leave(form);
  event.preventDefault();
}

document.addEventListener("keydown", handle);
