// Shows, while settings are chosen, how the device's screen would show the time now.

const preview = document.querySelector("[data-preview]");
const form = preview.closest("form");
const language = document.documentElement.lang;

function parts(options, zone) {
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
  return Object.fromEntries(made.formatToParts(new Date()).map((part) => [part.type, part.value]));
}

function day(order, zone) {
  const words = parts({ weekday: "short", day: "numeric", month: "short" }, zone);
  const digits = parts({ year: "numeric", month: "2-digit", day: "2-digit" }, zone);
  return {
    DMY: `${words.weekday} ${words.day} ${words.month}`,
    MDY: `${words.weekday} ${words.month} ${words.day}`,
    YMD: `${words.weekday} ${digits.year}-${digits.month}-${digits.day}`,
  }[order];
}

function time(hours, withSeconds, zone) {
  const options = { hour: hours === "12" ? "numeric" : "2-digit", minute: "2-digit", second: "2-digit" };
  const found = parts({ ...options, hourCycle: hours === "12" ? "h12" : "h23" }, zone);
  const shown = [found.hour, found.minute, ...(withSeconds ? [found.second] : [])].join(":");
  return found.dayPeriod ? `${shown} ${found.dayPeriod}` : shown;
}

function show() {
  const { time_zone: zone, hour_format: hours, show_seconds: seconds, date_order: order } = form.elements;
  preview.textContent = `${day(order.value, zone.value)}, ${time(hours.value, seconds.checked, zone.value)}`;
}

form.addEventListener("change", show);
