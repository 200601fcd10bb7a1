// Events of a timetable are moved by Alt and arrows: a quarter of an hour up or down, a day to either
// side. Nothing is written before Enter. Without these keys the event's form does the same.

import { LANGUAGE } from "./language.js";
import { say } from "./show.js";

const STEPS = {
  ArrowUp: { minutes: -15 }, ArrowDown: { minutes: 15 }, ArrowLeft: { days: -1 }, ArrowRight: { days: 1 },
};
const form = document.getElementById("moving");
let moving;
let moved;

const box = (link) => link.closest(".box") ?? link;

function words({ link, days, minutes }) {
  const shown = link.querySelector("time");
  const begins = new Date(`${shown.dateTime.slice(0, 16)}Z`);
  begins.setUTCMinutes(begins.getUTCMinutes() + minutes + days * 1440);
  const day = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  const clock = { hour: "2-digit", minute: "2-digit", hour12: /[AP]M/.test(shown.textContent) };
  return begins.toLocaleString(LANGUAGE, link.matches(".event") ? { ...day, ...clock } : day);
}

function place({ link, days, minutes }) {
  const column = link.closest(".column") ?? document.querySelector(".column");
  const { width, height } = column.getBoundingClientRect();
  const down = column.dataset.rows ? (minutes / 15) * (height / column.dataset.rows) : 0;
  box(link).style.translate = `${days * width}px ${down}px`;
}

function tell() {
  say("moving");
  const text = document.querySelector('#toasts [data-said="moving"] p');
  text.textContent = text.dataset.words.replace("#", words(moving));
}

function leave() {
  if (!moving) return;
  box(moving.link).style.translate = "";
  document.querySelector('#toasts [data-said="moving"]')?.remove();
  moving = undefined;
}

function step(link, { days = 0, minutes = 0 }) {
  if (moving?.link !== link) {
    leave();
    // Another event may take the link's place meanwhile: what is meant is what was seen.
    const starttime = Date.parse(link.querySelector("time").dateTime) / 1000;
    moving = { link, path: link.pathname, starttime, days: 0, minutes: 0 };
  }
  moving.days += days;
  if (link.matches(".event")) moving.minutes += minutes;
  place(moving);
  tell();
}

function confirm() {
  const { path, starttime, days, minutes } = moving;
  const { elements } = form;
  elements.starttime.value = starttime;
  elements.days.value = days;
  elements.minutes.value = minutes;
  const button = form.querySelector("button");
  button.setAttribute("formaction", `${path}move/`);
  leave();
  moved = path;
  button.click();
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".timetable :is(.box .event, .bar-of-days)");
  if (!link) return;
  const asked = event.altKey && !event.ctrlKey && !event.metaKey && STEPS[event.key];
  if (asked) step(link, asked);
  else if (moving && event.key === "Enter") confirm();
  else if (moving && event.key === "Escape") leave();
  else return;
  event.preventDefault();
});
document.addEventListener("focusout", leave);

// The page that answers has the event in its new place, and the focus goes with it.
document.addEventListener("planner:fresh", () => {
  if (!moved) return;
  const there = document.querySelector(`.timetable a[href^="${moved}"]`);
  moved = undefined;
  there?.focus();
});
