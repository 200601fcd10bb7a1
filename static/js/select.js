// What selecting rows gains with JavaScript: shift selects a range, the box of a group ticks its
// rows, a long press selects on a phone, and the bar counts.

const LONG_PRESS = 500;
let last;
let timer;

const boxes = () => [...document.querySelectorAll("[data-select]")];

function count() {
  const shown = document.querySelector("[data-selected]");
  if (!shown) return;
  const selected = boxes().filter((box) => box.checked).length;
  shown.textContent = shown.dataset.words.replace("#", selected);
}

function range(box) {
  const all = boxes();
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, two) => one - two);
  if (from < 0) return;
  for (const each of all.slice(from, to + 1)) each.checked = box.checked;
}

function group(box) {
  const rows = box.closest(".section").querySelectorAll("[data-select]");
  for (const each of rows) each.checked = box.checked;
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-select]");
  if (box) {
    if (event.shiftKey && last) range(box);
    last = box;
    // A row that is left out again leaves its group no longer whole.
    const whole = box.closest(".section")?.querySelector("[data-select-group]");
    if (whole && !box.checked) whole.checked = false;
  } else if (event.target.matches?.("[data-select-group]")) group(event.target);
  count();
});

document.addEventListener("touchstart", (event) => {
  const box = event.target.closest?.("[data-row]")?.querySelector("[data-select]");
  if (!box) return;
  timer = setTimeout(() => {
    document.getElementById("selecting").checked = true;
    box.click();
  }, LONG_PRESS);
}, { passive: true });

for (const name of ["touchend", "touchmove", "touchcancel"]) {
  document.addEventListener(name, () => clearTimeout(timer), { passive: true });
}

addEventListener("pageshow", count);
document.addEventListener("planner:fresh", count);
