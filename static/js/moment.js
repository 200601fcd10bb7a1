// Writes the present moment as the server would, for forms in which its way is being chosen.

const language = document.documentElement.lang;
// What the letters of a pattern, which are those of the server, stand for.
const LETTERS = {
  D: ["weekday", { weekday: "short" }],
  j: ["day", { day: "numeric" }],
  d: ["day", { day: "2-digit" }],
  M: ["month", { month: "short", day: "numeric" }],
  N: ["month", { month: "short", day: "numeric" }],
  m: ["month", { month: "2-digit", day: "2-digit" }],
  Y: ["year", { year: "numeric" }],
};

function parts(options, timeZone) {
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone });
  return Object.fromEntries(made.formatToParts().map((part) => [part.type, part.value]));
}

function day(pattern, timeZone) {
  return pattern.replace(/[A-Za-z]/g, (letter) => {
    const [type, options] = LETTERS[letter];
    return parts(options, timeZone)[type];
  });
}

function clock(hours, seconds, timeZone) {
  const [hour, hourCycle] = hours === "24" ? ["2-digit", "h23"] : ["numeric", "h12"];
  const found = parts({ hour, hourCycle, minute: "2-digit", second: "2-digit" }, timeZone);
  const shown = [found.hour, found.minute, ...(seconds ? [found.second] : [])].join(":");
  return found.dayPeriod ? `${shown} ${found.dayPeriod}` : shown;
}

/** Returns what the form chooses, with the patterns of days that the output `preview` carries. */
export function moment(form, preview) {
  const { time_zone: zone, hour_format: hours, show_seconds: seconds, date_order: order } = form.elements;
  const pattern = preview.dataset[order.value.toLowerCase()];
  return `${day(pattern, zone.value)}, ${clock(hours.value, seconds.checked, zone.value)}`;
}
