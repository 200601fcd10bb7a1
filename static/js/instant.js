// Forms of lists, sent by htmx: the page that answers is shown in place, so that nothing jumps. What
// fails is told in a toast; without JavaScript the same forms load the page anew.

import { say, show } from "./show.js";

const here = (address) => new URL(address, location.href);
const rows = () => new Set(document.querySelectorAll("[data-row]"));

// The row that was added is lit in place of the one that the page was opened at.
function light(before) {
  document.documentElement.dataset.answered = "";
  for (const row of rows()) row.toggleAttribute("data-added", !before.has(row));
}

function answered(event) {
  const { xhr, requestConfig, isError } = event.detail;
  event.detail.shouldSwap = false;
  if (isError) {
    say(xhr.status === 409 ? "elsewhere" : "failed");
    return;
  }
  const shown = here(xhr.responseURL);
  const isHere = shown.pathname === location.pathname;
  const isOwn = shown.pathname === here(requestConfig.path).pathname;
  if (!isHere && !isOwn) {
    location.assign(shown);
    return;
  }
  if (isHere) requestConfig.elt.reset?.();
  const before = rows();
  if (!show(xhr.responseText)) location.assign(isHere ? location.href : shown);
  if (requestConfig.elt.matches("[data-adds]")) light(before);
  if (!isHere) document.querySelector("main [autofocus]")?.focus();
}

document.addEventListener("htmx:beforeSwap", answered);
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:timeout", () => say("offline"));

// Without a connection a form that loads a page would lose what was typed.
document.addEventListener("submit", (event) => {
  const isOnline = navigator.onLine && !document.body.dataset.kept;
  if (isOnline || event.target.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say("offline");
}, { capture: true });
