// Chooses the browser's time zone in a select that still holds its default, for the person to see.

const select = document.querySelector("select[data-guess=zone]");
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const untouched = select && [...select.options].every((option) => option.selected === option.defaultSelected);
const isOffered = () => [...select.options].some((option) => option.value === zone);
if (untouched && select.value === "UTC") {
  // A browser may know its zone by a former name, which is taken as well.
  if (!isOffered() && select.dataset.also.split(" ").includes(zone)) {
    select.prepend(new Option(zone.replaceAll("_", " "), zone));
  }
  if (isOffered()) select.value = zone;
}
