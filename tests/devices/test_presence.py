"""Last seen: noted at most once a minute, only for the device itself, and never in the way."""

from datetime import timedelta

import pytest
from django.db import connection
from time_machine import travel

from devices import presence
from devices.models import Device, LastSeen
from tests.devices.http import Http, person, tablet
from tests.factories import NOON
from tests.logins import with_token

pytestmark = pytest.mark.django_db


def test_a_contact_is_written_once_a_minute(unit):
    with travel(NOON, tick=False) as clock:
        caller = tablet(unit)
        caller.get("/api/device/")
        for _ in range(59):
            clock.shift(1)
            caller.get("/api/device/")
        assert LastSeen.objects.get().seen_at == NOON

        clock.shift(1)
        caller.get("/api/device/")
        assert LastSeen.objects.get().seen_at == NOON + timedelta(minutes=1)


def test_a_contact_keeps_what_was_reported(unit):
    with travel(NOON, tick=False) as clock:
        caller = tablet(unit)
        caller.patch("/api/device/", {"firmware_version": "2.0", "battery_percent": 40})
        clock.shift(120)
        caller.get("/api/device/")

    seen = LastSeen.objects.get()
    assert (seen.firmware_version, seen.battery_percent) == ("2.0", 40)


def test_a_clock_that_was_set_back_does_not_stop_the_notes(unit):
    device = Device.objects.get(serial=unit.serial)
    with travel(NOON + timedelta(days=1), tick=False):
        presence.seen(device)
    with travel(NOON, tick=False):
        presence.seen(device)

    assert LastSeen.objects.get().seen_at == NOON


def test_a_person_who_looks_at_the_plan_is_not_the_device(alice, unit, device):
    token = person(alice).post(f"/api/devices/{device.pk}/token/").json()["access"]

    response = Http(with_token(token)).get("/api/device/")

    assert response.status_code == 403
    assert not LastSeen.objects.exists()


def test_a_note_that_cannot_be_written_fails_no_request(unit, caplog):
    device = Device.objects.select_related("last_seen").get(serial=unit.serial)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE devices_lastseen")

    presence.seen(device)

    assert [record.name for record in caplog.records] == ["planner.presence"]
    assert unit.serial not in caplog.text
