"""Time zones: which are offered, and which are taken."""

import re

import pytest
from django import forms

from accounts.forms.base import ZoneField
from accounts.zones import OFFERED, OTHERS, ZONES


class Form(forms.Form):
    zone = ZoneField()


def offered(value: str) -> list[str]:
    """The values of the options, of which the chosen one has a star."""
    drawn = str(Form({"zone": value})["zone"])
    options = re.findall(r'<option value="([^"]*)"( selected)?>', drawn)
    return [one + "*" * bool(chosen) for one, chosen in options]


def test_each_place_is_offered_once_by_its_name_and_region():
    drawn = str(Form({"zone": "UTC"})["zone"])

    assert sorted(["UTC", *OFFERED, *OTHERS]) == list(ZONES)
    assert offered("UTC") == ["UTC*", *OFFERED]
    assert {"Europe/Berlin", "Asia/Kolkata", "America/Argentina/Salta"} < set(OFFERED)
    assert {"GB", "Etc/GMT+5", "Asia/Calcutta", "EST"} < set(OTHERS)
    assert re.findall('<optgroup label="([^"]*)">', drawn) == [
        *("Africa", "America", "Antarctica", "Arctic", "Asia"),
        *("Atlantic", "Australia", "Europe", "Indian Ocean", "Pacific"),
    ]
    assert '<option value="Indian/Mahe">Mahe</option>' in drawn


@pytest.mark.parametrize("zone", ["GB", "Etc/GMT+5", "Asia/Calcutta"])
def test_whoever_has_another_zone_keeps_it(zone):
    assert Form({"zone": zone}).is_valid()
    assert offered(zone) == [f"{zone}*", "UTC", *OFFERED]
    assert "GB" not in offered("UTC")


def test_what_is_no_zone_is_refused_and_not_offered():
    assert not Form({"zone": "Mars/Phobos"}).is_valid()
    assert offered("Mars/Phobos") == ["UTC", *OFFERED]
