// Keys for those who know them: ? lists them. None is taken inside a field, in a dialog, or when the
// account's preferences say so; what a page's own grid has taken is left to it.

import "./forms_keys.js";

const GOES = { g: "today", t: "tasks", e: "events", h: "habits", c: "calendar", d: "devices" };
const PATIENCE = 1500;
const dialog = document.getElementById("keys");
let isGoing = false;

const first = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility());
const rows = () => [...document.querySelectorAll("main [data-row]")].filter((row) => row.checkVisibility());
const row = () => document.activeElement?.closest("[data-row]");
const inRow = (selector) => row()?.querySelector(selector);

function move(step) {
  const all = rows();
  const number = all.indexOf(row());
  const next = number < 0 ? all.at(step > 0 ? 0 : -1) : all[number + step];
  (next?.querySelector("a.name") ?? next?.querySelector("a, button"))?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function go(name) {
  const link = dialog.querySelector(`[data-go="${name}"]`);
  if (link) location.assign(link.href);
}

function field(selector, name) {
  const found = first(selector);
  if (found) found.focus();
  else go(name);
}

function fresh() {
  const link = first("main [data-new]");
  if (link) link.click();
  else field("main [data-quick]", "new");
}

const press = (selector) => inRow(selector)?.click();

// Selects on the way; back over rows that are selected, it lets them go again.
function stretch(step) {
  const box = inRow("[data-select]");
  const wasSelected = box?.checked;
  if (wasSelected === false) box.click();
  move(step);
  const next = inRow("[data-select]");
  if (!next || next === box) return;
  if (!next.checked) next.click();
  else if (wasSelected) box.click();
}

const KEYS = {
  "?": () => dialog.showModal(),
  "/": () => field("[data-search]", "search"),
  n: fresh,
  q: () => field("main [data-quick]", "quick"),
  j: () => move(1),
  k: () => move(-1),
  J: () => stretch(1),
  K: () => stretch(-1),
  x: () => press("[data-select]"),
  " ": () => press("[data-tick]"),
  e: () => (inRow("[data-edit]") ?? inRow("a.name"))?.click(),
  "#": () => press("[data-delete]"),
  z: () => [...document.querySelectorAll("[data-undo]")].at(-1)?.click(),
};

function isTyping(target) {
  return target.closest("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select, dialog, [contenteditable]");
}

function afterG(key) {
  isGoing = false;
  if (GOES[key]) go(GOES[key]);
}

function handle(event) {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented;
  if (!isPlain || isTyping(event.target)) return;
  // A button or a box that has the focus is pressed by the space bar itself.
  if (event.key === " " && (!inRow("[data-tick]") || event.target.closest("button, input"))) return;
  const act = isGoing ? () => afterG(event.key) : KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  } else if (event.key === "g") {
    isGoing = true;
    setTimeout(() => (isGoing = false), PATIENCE);
  }
}

if (dialog) document.addEventListener("keydown", handle);
