// Shows on the account page what a choice comes to before it is saved: theme and text size at once,
// clock and dates in the line below them.

const form = document.querySelector("form[data-preview]");
const page = document.documentElement;
function day(chosen, parts) {
  if (chosen.get("date_order") === "YMD") {
    // Swedes write their dates so.
    return new Intl.DateTimeFormat("sv", { timeZone: chosen.get("time_zone") }).format();
  }
  const { day, month } = parts;
  return chosen.get("date_order") === "DMY" ? `${day} ${month}` : `${month} ${day}`;
}

function moment(chosen) {
  const format = new Intl.DateTimeFormat(page.lang, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: chosen.get("hour_format") === "24" ? "2-digit" : "numeric",
    minute: "2-digit",
    second: chosen.has("show_seconds") ? "2-digit" : undefined,
    hourCycle: chosen.get("hour_format") === "24" ? "h23" : "h12",
    timeZone: chosen.get("time_zone"),
  });
  const parts = Object.fromEntries(format.formatToParts().map((part) => [part.type, part.value]));
  const clock = [parts.hour, parts.minute, parts.second].filter(Boolean).join(":");
  const half = parts.dayPeriod ? ` ${parts.dayPeriod}` : "";
  return `${parts.weekday} ${day(chosen, parts)}, ${clock}${half}`;
}

function show() {
  const chosen = new FormData(form);
  page.dataset.theme = chosen.get("theme");
  page.dataset.text = chosen.get("text_size");
  form.querySelector(".preview output").textContent = moment(chosen);
}

form.addEventListener("change", show);
