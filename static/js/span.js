// The times of an event hold together while they are typed: the length follows the end, the end the
// length, and both follow the start. What else goes on meanwhile is shown at once.

const PAUSE = 200;
const A_DAY = 24 * 60;
const LAST = Date.parse("9999-12-31") / 60_000;
const lengths = new WeakMap();
let timer;
let asked = 0;

const minutesOf = (day, time) => Date.parse(`${day}T${time}Z`) / 60_000;
const dayOf = (minutes) => new Date(minutes * 60_000).toISOString().slice(0, 10);
const timeOf = (minutes) => new Date(minutes * 60_000).toISOString().slice(11, 16);

function lengthOf({ day, start, end, end_day: last }) {
  return minutesOf(last.value || day.value, end.value) - minutesOf(day.value, start.value);
}

function setEnd({ day, start, end, end_day: last }, length) {
  const ends = minutesOf(day.value, start.value) + length;
  if (!(ends < LAST)) return;
  end.value = timeOf(ends);
  last.value = dayOf(ends) === day.value ? "" : dayOf(ends);
}

// How long it is, kept for when the start moves. An event that is edited sends no length of its own.
function begin(fields) {
  const { length } = fields;
  const minutes = Number(length.value) || lengthOf(fields);
  if (!(minutes > 0)) return;
  lengths.set(fields.length, minutes);
  if (length.value) {
    setEnd(fields, minutes);
    for (const one of [fields.end, fields.end_day]) one.defaultValue = one.value;
  } else length.placeholder = minutes;
}

function follow(name, fields) {
  const { day, start, length } = fields;
  if (!day.value || !start.value) return;
  if (name === "end" || name === "end_day") {
    const minutes = lengthOf(fields);
    length.value = minutes > 0 ? minutes : "";
    if (minutes > 0) lengths.set(length, minutes);
    else lengths.delete(length);
  } else if (name === "length") {
    if (!(length.value > 0)) return;
    lengths.set(length, Number(length.value));
    setEnd(fields, Number(length.value));
  } else if (lengths.has(length)) setEnd(fields, lengths.get(length));
}

async function look(fields) {
  const shown = document.querySelector("main [data-meanwhile]");
  const number = ++asked;
  const typed = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    if (field.type !== "checkbox") typed.set(name, field.value);
    else if (field.checked) typed.set(name, "on");
  }
  const answer = await fetch(`${shown.dataset.meanwhile}&${typed}`).catch(() => null);
  if (number === asked && answer?.ok && !answer.redirected) shown.innerHTML = await answer.text();
}

const NAMES = ["day", "all_day", "start", "end", "end_day", "length"];
const fieldsOf = (form) => Object.fromEntries(NAMES.map((name) => [name, form.elements.namedItem(name)]));

function lookSoon(fields) {
  clearTimeout(timer);
  timer = setTimeout(() => look(fields).catch(() => {}), PAUSE);
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!NAMES.includes(target.name) || !form?.elements.namedItem("end_day")) return;
  const fields = fieldsOf(form);
  if (!fields.all_day.checked) follow(target.name, fields);
  // An hour that passes midnight is no second day of a whole one.
  else if (target.name === "all_day" && lengths.get(fields.length) < A_DAY) fields.end_day.value = "";
  lookSoon(fields);
});

function ready() {
  const length = document.querySelector("main [name=length]");
  if (!length || lengths.has(length)) return;
  const fields = fieldsOf(length.form);
  begin(fields);
  if (length.value) lookSoon(fields);
}

ready();
document.addEventListener("planner:fresh", ready);
