// A page of a plan follows what is changed elsewhere: it fetches itself and shows what is new, and
// only says so while somebody is at work in it. The news come as server-sent events; where they do
// not get through, it looks by itself.

import { isDirty } from "./dirty.js";
import { say, show } from "./show.js";

const AGAIN = 60_000;
const SOON = 5_000;
const PATIENCE = 20_000;
const AGEING = 30_000;
const stands = document.querySelector("template[data-stands]");
let source;
let timer;
let isBehind = false;

function isBusy() {
  return (
    document.querySelector("main form.form, .editor, dialog[open], #toasts [data-said='moving']") !== null ||
    [...document.querySelectorAll("main :is(input, textarea, select)")].some(isDirty) ||
    !getSelection().isCollapsed
  );
}

function tell() {
  if (!isBehind) say("changed");
  isBehind = true;
}

async function look() {
  if (isBusy()) return tell();
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text();
  if (isBusy()) return tell();
  isBehind = false;
  document.querySelector('#toasts [data-said="changed"]')?.remove();
  if (answer.redirected || !show(html)) location.reload();
}

function hear(event) {
  clearTimeout(timer);
  if (event.data !== stands.dataset.stands) look();
}

function lookLater(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    await look();
    lookLater(AGAIN);
  }, milliseconds);
}

function listen() {
  source?.close();
  clearTimeout(timer);
  // A browser keeps few connections to a server: only the tab that is looked at has one.
  if (document.hidden) return;
  source = new EventSource(stands.dataset.stream);
  source.addEventListener("news", hear);
  source.addEventListener("error", () => {
    // It comes again by itself, but not after an answer that was an error: the plan may be lost.
    if (source.readyState === EventSource.CLOSED) lookLater(Math.random() * SOON);
  });
  lookLater(PATIENCE);
}

// "synced 2 min ago" goes on by itself.
function age() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { style: "short" });
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60_000);
    if (minutes >= 1 && minutes < 60) time.textContent = words.format(-minutes, "minute");
    else if (minutes >= 60 && minutes < 1440) time.textContent = words.format(-Math.floor(minutes / 60), "hour");
  }
}

setInterval(age, AGEING);
document.addEventListener("focusout", () => isBehind && !isBusy() && look());
document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", listen);
