// The service worker, which keeps the last pages to be read offline, and the age of a page that came
// from it.

const kept = Number(document.body.dataset.kept);
const note = document.getElementById("kept-note");

if (kept && note) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const time = note.querySelector("time");
  time.dateTime = new Date(kept).toISOString();
  time.textContent = format.format(kept);
  note.hidden = false;
  addEventListener("online", () => location.reload());
}

navigator.serviceWorker?.register("/worker.js").catch(() => {});
