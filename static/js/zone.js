// Chooses the browser's time zone in a select that still holds its default, for the person to see.

const select = document.querySelector("select[data-guess=zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const untouched = select && [...select.options].every((option) => option.selected === option.defaultSelected);
const known = select && [...select.options].some((option) => option.value === zone);
if (untouched && known && select.value === "UTC") {
  select.value = zone;
}
