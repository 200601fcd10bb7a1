// What was typed outlives a log-in that has run out, and the question who one is: it is kept in this tab
// until the answer is another page, and put back into its form after the same person has proved it.

import { say } from "./show.js";

const STORE = "typed";
const DOORS = ["/login/", "/account/confirm/"];
const SECRET = ["csrfmiddlewaretoken", "next"];
const isDoor = (path) => DOORS.some((door) => path.startsWith(door));
const who = () => document.querySelector("#whose .person b")?.textContent ?? "";
const formOf = (place) => document.querySelectorAll("main :is(form.form, form.quick)")[place];

// The form at a place among those of a page: where it is to be put back.
export function store(form, path, place) {
  const fields = [...new FormData(form)].filter(([name]) => !SECRET.includes(name));
  sessionStorage.setItem(STORE, JSON.stringify({ path, who: who(), place, fields }));
}

function keep(form) {
  const place = [...document.querySelectorAll("main :is(form.form, form.quick)")].indexOf(form);
  if (place < 0 || form.method !== "post" || form.querySelector("[type=password], [type=file]")) return;
  store(form, location.pathname, place);
}

function put(form, fields) {
  for (const field of form.elements) {
    const typed = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked = typed.includes(field.value);
    // What the page showed goes with what was typed: only so is it seen what somebody else changed.
    else if (typed.length && (field.type !== "hidden" || field.name.startsWith("initial-")) && field.type !== "submit") [field.value] = typed;
    else continue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function arrive() {
  const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "null");
  if (!kept || isDoor(location.pathname)) return;
  sessionStorage.removeItem(STORE);
  // Where this page was reached from tells it also if the door was passed before its scripts had run.
  const isProved = document.referrer && isDoor(new URL(document.referrer).pathname);
  const form = isProved && kept.path === location.pathname && kept.who === who() && formOf(kept.place);
  if (!form) return;
  put(form, kept.fields);
  if (document.querySelector('template[data-says-so="typed"]')) say("typed");
}

document.addEventListener("submit", (event) => keep(event.target));
// A form that is emptied was taken, without another page.
document.addEventListener("reset", () => sessionStorage.removeItem(STORE));
arrive();
