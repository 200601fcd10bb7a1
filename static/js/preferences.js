// Shows on the account page what a choice comes to before it is saved: theme and text size at once,
// clock and dates in the line below them.

import { moment } from "./moment.js";

const form = document.querySelector("form[data-preview]");
const preview = form.querySelector(".preview output");
const page = document.documentElement;

function show() {
  page.dataset.theme = form.elements.theme.value;
  page.dataset.text = form.elements.text_size.value;
  preview.textContent = moment(form, preview);
}

form.addEventListener("change", show);
