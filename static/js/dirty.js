// Whether something was typed into a field, or chosen in it, since its page was made.

export function isDirty(field) {
  if (field.type === "hidden") return false;
  if (field.options) {
    const options = [...field.options];
    return !(options.find((option) => option.defaultSelected) ?? options[0])?.selected;
  }
  // A box without a value has one all the same, which is not its default.
  const isBox = field.type === "checkbox" || field.type === "radio";
  return isBox ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// What is around a form's fields: those of a row's editor belong to a form that stands elsewhere.
export const bodyOf = (form) => form.elements[0]?.closest(".editor, form") ?? form;

// A form that came back with what is wrong holds what nobody has saved yet.
export function holdsWork(form) {
  return bodyOf(form).querySelector(".problems") !== null || [...form.elements].some((one) => one.matches("input, textarea, select") && isDirty(one));
}
