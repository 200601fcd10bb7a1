// The service worker, which keeps the last pages to be read offline, and the age of a page that came
// from it, or whose connection is gone.

import { LANGUAGE } from "./language.js";

const kept = Number(document.body.dataset.kept);
const note = document.getElementById("kept-note");

// A page that follows its plan is as new as its connection.
const age = () => kept || (document.querySelector("template[data-stands]") ? Date.now() : performance.timeOrigin);

function tell() {
  const time = note.querySelector("time");
  const hour12 = time.dataset.hours === "12";
  const format = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short", hour12 });
  time.dateTime = new Date(age()).toISOString();
  time.textContent = format.format(age());
  note.hidden = false;
}

function recover() {
  if (kept) location.reload();
  else note.hidden = true;
}

if (note) {
  if (kept || !navigator.onLine) tell();
  addEventListener("offline", tell);
  addEventListener("online", recover);
}

navigator.serviceWorker?.register("/worker.js").catch(() => {});
