"""The page of a device's name and settings: each on its own, both sides seen, the device told."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils.choices import flatten_choices
from time_machine import travel

from devices import lifecycle
from devices.device_settings import SETTINGS, complete, refusals
from devices.forms.settings import SettingsForm
from devices.models import Device, Membership
from devices.screen import shown_moment
from tests.devices.http import tablet
from tests.logins import logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 10, 14, 15, 5, 9, tzinfo=UTC)


def path(device: Device) -> str:
    return f"/devices/{device.pk}/settings/"


def opened(web: Client, device: Device) -> dict[str, str]:
    """What a browser sends back of this page, if nothing is changed on it."""
    form = web.get(path(device)).context["form"]
    sent = {}
    for bound in form:
        value = bound.value()
        sent[bound.html_initial_name] = str(value)
        if value is not False:
            sent[bound.html_name] = "on" if value is True else str(value)
    return sent


def fresh(device: Device) -> Device:
    return Device.objects.get(pk=device.pk)


CHOSEN = {
    "time_zone": "Asia/Kathmandu",
    "hour_format": "12",
    "show_seconds": "on",
    "date_order": "YMD",
    "week_start": "sunday",
    "day_start": "04:30",
    "theme": "dark",
    "text_size": "l",
    "focus_minutes": "50",
    "break_minutes": "10",
    "pomodoro": "on",
    "keep_completed": "0",
}
STORED = CHOSEN | {
    "hour_format": 12,
    "show_seconds": True,
    "day_start": 16_200,
    "focus_minutes": 50,
    "break_minutes": 10,
    "pomodoro": True,
    "keep_completed": 0,
}


def test_the_page_shows_every_setting_there_is(web, device):
    form = web.get(path(device)).context["form"]

    assert set(form.fields) == {"name", *SETTINGS}


def test_what_is_chosen_reaches_the_device(web, unit, device):
    """A6"""
    sent = opened(web, device) | CHOSEN | {"name": "Hall ☕"}
    del sent["power_saving"]

    answer = web.post(path(device), sent, follow=True)

    assert toasts(answer) == ["Saved. The device has it after its next sync."]
    expected = complete(STORED | {"power_saving": False})
    own, pulled = (tablet(unit).get(one).json() for one in ("/api/device/", "/api/sync/"))
    assert (own["name"], own["settings"], own["settings_revision"]) == ("Hall ☕", expected, 2)
    assert pulled["device"] == {
        "name": "Hall ☕",
        "settings": expected,
        "settings_revision": 2,
        "pending_claim": None,
    }


def test_saving_what_is_there_changes_nothing(web, device):
    web.post(path(device), opened(web, device))

    assert fresh(device).settings == {"time_zone": "UTC"}
    assert fresh(device).settings_revision == device.settings_revision


def test_changes_of_two_people_to_different_settings_both_stand(web, bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    sent = opened(web, device)
    lifecycle.change(device, by=bob, settings={"theme": "dark"})

    web.post(path(device), sent | {"hour_format": "12"})

    assert fresh(device).settings == {"time_zone": "UTC", "theme": "dark", "hour_format": 12}


def test_of_the_same_setting_both_are_shown_and_saving_again_decides(web, bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    sent = opened(web, device)
    lifecycle.change(device, by=bob, name="Bob's", settings={"keep_completed": 21_600})

    clash = web.post(path(device), sent | {"keep_completed": "0", "name": "Hall"})

    words = "Somebody set this to “%s” meanwhile. Save again to have yours instead."
    form = clash.context["form"]
    assert form.errors == {"name": [words % "Bob's"], "keep_completed": [words % "6 hours"]}
    assert (form["name"].value(), form["keep_completed"].value()) == ("Hall", "0")
    assert fresh(device).name == "Bob's"

    web.post(path(device), dict(form.data.items()))

    assert (fresh(device).name, fresh(device).settings["keep_completed"]) == ("Hall", 0)


def test_a_change_between_the_look_and_the_lock_is_not_overruled(alice, bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    read = Device.objects.of(alice).get()
    form = SettingsForm(read, {**complete({}), "name": "Hall", "day_start": "00:00"})
    assert form.is_valid()
    lifecycle.change(device, by=bob, name="Bob's")

    assert not form.save(alice)

    assert form.non_field_errors() == ["Somebody changed this meanwhile. Try again."]
    assert fresh(device).name == "Bob's"


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        (
            "name",
            "n" * 128,
            "This is 1 byte too long; the device holds 127. Letters like ä count as two bytes, "
            "emoji as four.",
        ),
        ("name", "", "Fill this in."),
        ("time_zone", "Mars/Base", "The device knows no such time zone."),
        ("hour_format", "13", "Select a valid choice. 13 is not one of the available choices."),
        ("focus_minutes", "0", "Ensure this value is greater than or equal to 1."),
        ("focus_minutes", "181", "Ensure this value is less than or equal to 180."),
        ("break_minutes", "61", "Ensure this value is less than or equal to 60."),
        ("break_minutes", "soon", "Enter a whole number."),
        ("day_start", "12:01", "Choose a time from 00:00 to 12:00."),
        ("day_start", "noon", "Enter a valid time."),
        ("keep_completed", "60", None),
        ("theme", "\x00", None),
    ],
)
def test_what_the_device_cannot_do_is_said_beside_its_field(web, device, field, value, error):
    answer = web.post(path(device), opened(web, device) | {field: value, "text_size": "l"})

    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert error is None or errors[field] == [error]
    assert fresh(device).settings == {"time_zone": "UTC"}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_offers_what_the_device_takes_and_nothing_else(web, device, name):
    device = Device.objects.of(device.memberships.get().user).get()
    field = SettingsForm(device).fields[name]
    choices = [value for value, _words in flatten_choices(getattr(field, "choices", ()))]
    limits = [getattr(field, limit, None) for limit in ("min_value", "max_value")]

    offered = choices + [limit for limit in limits if limit is not None]

    assert [value for value in offered if refusals({name: value})] == []


def test_a_viewer_sees_the_settings_and_changes_none(bob, device):
    Membership.objects.create(device=device, user=bob, role="viewer")
    web = logged_in(bob)

    page = web.get(path(device))
    tried = web.post(path(device), {"name": "Bob's"})

    assert b'<button class="button primary">' not in page.content
    assert tried.status_code == 403
    assert fresh(device).name == "Kitchen tablet"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "Wed 14 Oct, 15:05"),
        ({"time_zone": "Europe/Berlin"}, "Wed 14 Oct, 17:05"),
        ({"date_order": "MDY", "hour_format": 12}, "Wed Oct 14, 3:05 PM"),
        ({"date_order": "YMD", "show_seconds": True}, "Wed 2026-10-14, 15:05:09"),
        ({"hour_format": 12, "show_seconds": True}, "Wed 14 Oct, 3:05:09 PM"),
        ({"time_zone": "Pacific/Auckland"}, "Thu 15 Oct, 04:05"),
    ],
)
def test_a_moment_looks_as_on_the_screen(settings, words):
    assert shown_moment(complete(settings), TUESDAY) == words


def test_the_page_shows_what_the_screen_shows(web, device):
    with travel(TUESDAY, tick=False):
        web = logged_in(device.memberships.get().user)
        page = web.get(path(device)).content.decode()

    assert re.search(r"<output data-preview .*?>Wed 14 Oct, 15:05</output>", page)
