"""How a form's fields are drawn, for the templates of every package."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()

PLACES = {
    **{name: name for name in ("today", "tasks", "events", "calendar", "habits", "search")},
    "quick": "tasks",
    "account": "person",
    "help": "person",
}


@register.filter
def control(field: BoundField) -> SafeString:
    """Return the field's input; the first one with an error, or where the form opens, is focused.

    A field that remembers what it showed sends that along, hidden.
    """
    wrong = next((one.name for one in field.form if one.errors), None)
    opens_at = wrong or getattr(field.form, "opens_at", None)
    attrs = {"autofocus": True} if field.name == opens_at else {}
    drawn = field.as_widget(attrs=attrs)
    if field.field.show_hidden_initial:
        drawn += field.as_hidden(only_initial=True)
    return drawn


@register.filter
def place(path: str) -> str:
    """Return at which of the places to go an address lies, by its first part.

    What is neither of a plan nor of a person is of the device.
    """
    return PLACES.get(path.split("/")[1], "device")


@register.filter
def shape(field: BoundField) -> str:
    """Return which of three markups a field needs: "check", "group" or "line"."""
    if field.widget_type == "checkbox":
        return "check"
    return "group" if field.use_fieldset else "line"
