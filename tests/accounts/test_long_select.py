"""A choice among hundreds is drawn as Django draws any other."""

import pytest
from django import forms
from django.test.html import Element, parse_html

from accounts.forms.base import LongSelect

CHOICES = [("a/b", "A & B"), ('"', "<b>"), ("A <group>", [("c", "C"), ("d", "D & E")])]


def drawn(widget: type[forms.Select], value: str | None, *, required: bool) -> Element:
    class Form(forms.Form):
        zone = forms.ChoiceField(
            choices=CHOICES, required=required, widget=widget({"data-guess": "zone"})
        )

    data = None if value is None else {"zone": value}
    return parse_html(Form(data)["zone"].as_widget(attrs={"autofocus": True}))


@pytest.mark.parametrize("value", [None, "", "a/b", '"', "d", "gone"])
@pytest.mark.parametrize("required", [True, False])
def test_a_long_choice_is_drawn_as_any_other(value, required):
    assert drawn(LongSelect, value, required=required) == drawn(
        forms.Select, value, required=required
    )
