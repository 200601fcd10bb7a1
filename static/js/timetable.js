// What the hours of a day gain with JavaScript: the line of the present moves on, and a click in an
// empty place plans an event there.

const FIVE_MINUTES = 300;

function moveNow() {
  const line = document.querySelector("[data-now]");
  if (!line) return;
  const { at, fives, rows } = line.dataset;
  const passed = Math.max(0, Math.floor((Date.now() / 1000 - at) / FIVE_MINUTES));
  const place = Number(fives) + passed;
  if (place < rows * 3) line.className = `now y${Math.floor(place / 3)} past-${place % 3}`;
}

// The half hour in which a click fell, as the clock shows it.
function timeAt(column, event) {
  const { top, height } = column.getBoundingClientRect();
  const row = Math.floor(((event.clientY - top) / height) * column.dataset.rows);
  const minutes = (Number(column.dataset.first) + row - (row % 2)) * 15;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

document.addEventListener("click", (event) => {
  const table = event.target.matches("[data-first]") && event.target.closest("[data-new-there]");
  if (!table) return;
  location.assign(`${table.dataset.newThere}${event.target.dataset.day}&start=${timeAt(event.target, event)}`);
});

setInterval(moveNow, 60_000);
document.addEventListener("planner:fresh", moveNow);
