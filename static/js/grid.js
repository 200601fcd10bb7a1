// The keys of grids, after the pattern of ARIA: a table with data-grid is one stop of the tab key, and
// arrows, Home, End, Page Up and Page Down go through its cells. Without JavaScript it is a table of
// links or buttons. In the grid of a month the days around it follow, and `t` is today, `n` a new
// entry on the day. All of it listens at the document, so that a table may be put in anew.

const FOCUSED = "grid-focus";
const CHORD = 1500;
let afterG = -CHORD;

// Single letters are keys where the page has their list, and not as the second of `g t`.
const letters = (event) => document.getElementById("keys") && event.timeStamp - afterG > CHORD;

const control = (cell) => cell.querySelector("a.date, button.cell, .cell[tabindex]");
const rowsOf = (table) =>
  [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => [...row.cells].filter(control)).filter((row) => row.length);

function ready(table) {
  const days = table.dataset.grid === "days";
  table.setAttribute("role", "grid");
  for (const row of table.rows) row.setAttribute("role", "row");
  const rows = rowsOf(table);
  for (const cell of rows.flat()) cell.setAttribute("role", "gridcell");
  const held = table.contains(document.activeElement) && document.activeElement.closest("td");
  const wanted = days && document.getElementById(`d-${table.dataset.day}`);
  const today = table.querySelector("td.is-today");
  rest(table, [held, wanted, today, rows[0]?.[0]].find((cell) => cell && control(cell)));
}

// Only the cell that has the focus, or had it last, is reached by the tab key, with what is in it.
function rest(table, cell) {
  for (const other of rowsOf(table).flat()) {
    for (const link of other.querySelectorAll("a, button, .cell[tabindex]")) link.tabIndex = other === cell ? 0 : -1;
  }
}

function go(table, cell) {
  rest(table, cell);
  control(cell).focus();
}

const iso = (date) => date.toISOString().slice(0, 10);

function shifted(day, { days = 0, months = 0 }) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + months, (months ? Math.min(date, last) : date) + days)));
}

// A day that is not on this page is on the next one or the one before.
function toDay(table, day, page) {
  const cell = document.getElementById(`d-${day}`);
  if (cell && !page) return go(table, cell);
  if (!page) return;
  sessionStorage.setItem(FOCUSED, `d-${day}`);
  location.assign(page);
}

function inMonth(event, table, cell) {
  const day = cell.id.slice(2);
  const { pageBefore, pageAfter, yearBefore, yearAfter, newThere, today } = table.dataset;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
  if (step) {
    const wanted = shifted(day, { days: step });
    const shown = document.getElementById(`d-${wanted}`);
    return toDay(table, wanted, shown ? undefined : step < 0 ? pageBefore : pageAfter);
  }
  if (event.key === "PageUp" || event.key === "PageDown") {
    const sign = event.key === "PageUp" ? -1 : 1;
    const pages = event.shiftKey ? [yearBefore, yearAfter] : [pageBefore, pageAfter];
    return toDay(table, shifted(day, { months: sign * (event.shiftKey ? 12 : 1) }), pages[sign < 0 ? 0 : 1]);
  }
  if (event.key === "t") {
    const page = document.getElementById(`d-${today}`) ? undefined : document.querySelector("[data-today]")?.href;
    return toDay(table, today, page);
  }
  if (event.key === "n" && newThere) location.assign(newThere + day);
}

function inTable(event, table, cell) {
  const rows = rowsOf(table);
  const at = rows.findIndex((row) => row.includes(cell));
  const column = rows[at].indexOf(cell);
  const row = { ArrowUp: at - 1, ArrowDown: at + 1 }[event.key] ?? at;
  const far = event.ctrlKey ? rows[event.key === "Home" ? 0 : rows.length - 1] : rows[row];
  const place = { ArrowLeft: column - 1, ArrowRight: column + 1, Home: 0, End: (far?.length ?? 1) - 1 }[event.key] ?? column;
  const wanted = far?.[place];
  if (wanted) go(table, wanted);
}

const EVERYWHERE = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
const OF_DAYS = ["PageUp", "PageDown", "t", "n"];

document.addEventListener("keydown", (event) => {
  const table = event.target.closest?.("[data-grid]");
  const cell = event.target.closest?.("td");
  if (event.key === "g") afterG = event.timeStamp;
  if (!table || !cell || event.altKey || event.metaKey) return;
  const days = table.dataset.grid === "days";
  if (!EVERYWHERE.includes(event.key) && !(days && OF_DAYS.includes(event.key))) return;
  if (event.key.length === 1 && (event.ctrlKey || !letters(event))) return;
  event.preventDefault();
  if (days && !["Home", "End"].includes(event.key)) inMonth(event, table, cell);
  else inTable(event, table, cell);
});

// After a tick the page is made anew: the focus comes back to the cell it was in.
document.addEventListener("submit", (event) => {
  const cell = event.submitter?.closest("[data-grid] td");
  if (cell) sessionStorage.setItem(FOCUSED, cell.id || `${cell.parentNode.id} ${cell.cellIndex}`);
});

function restore() {
  const [id, index] = (sessionStorage.getItem(FOCUSED) ?? "").split(" ");
  sessionStorage.removeItem(FOCUSED);
  const found = document.getElementById(id);
  const cell = index ? found?.cells[index] : found;
  if (cell && control(cell)) go(cell.closest("table"), cell);
}

const readyAll = () => document.querySelectorAll("[data-grid]").forEach(ready);

readyAll();
// Later than the browser's own way to the fragment of the address, which takes the focus away.
if (document.readyState === "complete") restore();
else addEventListener("load", () => setTimeout(restore));
document.addEventListener("planner:fresh", readyAll);
