// Shows, while settings are chosen, how the device's screen would show the time now.

import { moment } from "./moment.js";

const preview = document.querySelector("[data-preview]");
const form = preview.closest("form");

form.addEventListener("change", () => {
  preview.textContent = moment(form, preview);
});
