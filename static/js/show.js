// Shows a page that came as text in place of the one that is there: its main part, whose plan it is,
// and what it has to say. Everything else of a page is the same for all of them.

import { morph } from "./morph.js";

const PARTS = ["#main", "#whose"];

export const read = (html) => new DOMParser().parseFromString(html, "text/html");

function toast(element) {
  document.getElementById("toasts").append(element);
  document.dispatchEvent(new CustomEvent("planner:fresh"));
}

// One of the toasts that every page brings along: "failed", "offline", "changed".
export function say(name) {
  document.querySelector(`#toasts [data-said="${name}"]`)?.remove();
  toast(document.querySelector(`template[data-says-so="${name}"]`).content.firstElementChild.cloneNode(true));
}

// Returns whether it was a page of the same frame.
export function show(html) {
  const fresh = read(html);
  if (!PARTS.every((part) => fresh.querySelector(part) && document.querySelector(part))) return false;
  document.title = fresh.title;
  for (const part of PARTS) morph(document.querySelector(part), fresh.querySelector(part));
  const stands = document.querySelector("template[data-stands]");
  const now = fresh.querySelector("template[data-stands]");
  if (stands && now) stands.dataset.stands = now.dataset.stands;
  const told = fresh.querySelectorAll("#toasts > *");
  if (told.length) document.getElementById("toasts").replaceChildren();
  for (const element of told) toast(document.importNode(element, true));
  htmx.process(document.body);
  document.dispatchEvent(new CustomEvent("planner:fresh"));
  return true;
}
