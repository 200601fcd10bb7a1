"""The page of a device tells how it is; the page of its syncs how each went."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from backups import reports
from backups.changes import MAX_BYTES, MAX_LIVE
from backups.models import Backup, SyncReport
from devices import presence
from devices.models import Device, LastSeen, Rhythm
from tests.backups.api import Api, task
from tests.factories import NOON, make_device
from tests.logins import logged_in
from tests.shown import text

pytestmark = pytest.mark.django_db


def page(web: Client, device: Device) -> str:
    return text(web.get(f"/devices/{device.pk}/"))


def taken(backup: Backup, **columns: int) -> None:
    Backup.objects.filter(pk=backup.pk).update(**columns)


def test_a_device_that_never_synced_says_how_to_connect(web, device):
    shown = page(web, device)

    assert "It has never synced. Let it join your Wi-Fi" in shown
    assert "Waiting changes None yet: it has never synced" in shown
    assert "Clock" not in shown


def test_what_waits_counts_down_when_the_device_has_it(web, unit, device, alice):
    tablet = Api.of_device(unit)
    Api.of_person(alice, device).post("/api/sync/", {"task": [task(), task()]})

    before = page(web, device)
    cursor = tablet.get("/api/sync/").json()["cursor"]
    tablet.get(f"/api/sync/?since={cursor}")
    reports.confirmations.flush()
    after = page(web, device)

    assert "2 entries wait for the tablet" in before
    assert "Waiting changes Nothing waits for the tablet" in after
    assert "Clock right" in after


def test_the_card_of_a_device_says_what_waits_and_what_it_told_of_itself(web, device, alice):
    Api.of_person(alice, device).post("/api/sync/", {"task": [task()]})
    unseen = text(web.get("/devices/"))
    presence.report(device, {"battery_percent": 62, "firmware_version": "2.3.1"})
    told = text(web.get("/devices/"))
    Backup.objects.update(live_count=1_000)
    many = text(web.get("/devices/"))

    serial = device.serial
    assert f"Kitchen tablet Never synced · {serial} Choose" in unseen
    words = (
        f"Last seen just now · {serial} 1 entry waits for the tablet Battery 62 % Firmware 2.3.1"
    )
    assert words in told
    assert "1,000 entries and more wait for the tablet" in many


@pytest.mark.parametrize(
    ("offset", "words"),
    [(0, "right"), (300, "5 min behind"), (-7300, "2 h ahead"), (400_000, "4 days behind")],
)
def test_a_wrong_clock_is_told(web, unit, device, backup, offset, words):
    cursor = Api.of_device(unit).get("/api/sync/").json()["cursor"]
    Api.of_device(unit).get(f"/api/sync/?since={cursor}")
    reports.confirmations.flush()
    taken(backup, clock_offset=offset)

    assert f"Clock {words}" in page(web, device)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"live_count": MAX_LIVE - 1}, "nearly full: 99 %"),
        ({"live_bytes": MAX_BYTES * 9 // 10 + 1}, "nearly full: 90 %"),
        ({"live_count": MAX_LIVE}, "Its plan is full"),
        ({"live_bytes": MAX_BYTES}, "Its plan is full"),
    ],
)
def test_a_plan_that_fills_up_is_told_in_time(web, device, backup, columns, words):
    taken(backup, **columns)

    assert words in page(web, device)


def test_room_is_no_matter_while_there_is_enough(web, device, backup):
    taken(backup, live_count=MAX_LIVE * 8 // 10)

    shown = page(web, device)

    assert "full" not in shown
    assert "12800 entries of 16,000" in shown.replace("12,800", "12800")


@pytest.mark.parametrize(("days", "missed"), [(2.9, False), (3.1, True)])
def test_an_unusual_silence_is_a_banner(web, device, days, missed):
    seen = timezone.now() - timedelta(days=days)
    LastSeen.objects.create(device=device, seen_at=seen)
    Rhythm.objects.create(device=device, seen_at=seen, longest=40_000)

    assert ("which is unusual for it" in page(web, device)) is missed


def report(backup: Backup, **columns: object) -> None:
    made = {"at": NOON, "milliseconds": 14, "up": 2, "down": 3, "overruled": 0, "rejected": 0}
    SyncReport.objects.create(backup=backup, **made | {"result": SyncReport.DONE} | columns)


def test_the_syncs_are_told_with_time_length_counts_and_result(device, backup, alice):
    report(backup)
    report(backup, overruled=1, rejected=2)
    report(backup, result=SyncReport.CUT)
    report(backup, result="device-blocked")

    with travel(NOON, tick=False):
        shown = text(logged_in(alice).get("/sync-report/"))

    assert shown.endswith(
        "Time Took Sent Received Result "
        "Sun 22 Nov, 12:00 14 ms 2 3 This device is blocked "
        "Sun 22 Nov, 12:00 14 ms 2 3 Cut off: it goes on at the next sync "
        "Sun 22 Nov, 12:00 14 ms 2 3 Done · 1 overruled · 2 refused "
        "Sun 22 Nov, 12:00 14 ms 2 3 Done"
    )


def test_what_was_overruled_is_told_in_plain_words(unit, device, alice):
    bins = task("Bins")
    tablet, web = Api.of_device(unit), Api.of_person(alice, device)
    tablet.push(task=[bins])
    web.push(task=[{"id": bins["id"], "completion": 2}])
    tablet.push(task=[{"id": bins["id"], "completion": 1}])

    shown = text(logged_in(alice).get("/sync-report/"))

    assert re.search(
        r"Bins Kitchen tablet, Today \d\d:\d\d state: Done – but it had been deleted$", shown
    )


def test_without_a_sync_the_page_says_what_to_do(web, device):
    assert "No sync yet." in text(web.get("/sync-report/"))


def test_the_report_is_of_the_chosen_device_and_no_other(web, device, alice):
    other = make_device(alice, name="Desk")
    web.post(f"/devices/{device.pk}/choose/")

    led = [web.get(f"/devices/{one.pk}/sync/").url for one in (device, other)]
    offered = [
        b"/sync-report/" in web.get(f"/devices/{one.pk}/").content for one in (device, other)
    ]

    assert led == ["/sync-report/", f"/devices/{other.pk}/"]
    assert offered == [True, False]


def test_a_device_that_has_an_empty_plan_has_synced_all_the_same(web, unit, device):
    Api.of_device(unit).pull()

    assert "Waiting changes Nothing waits for the tablet" in page(web, device)


def test_the_syncs_of_a_former_claim_are_not_shown(device, backup):
    report(backup)
    Backup.objects.filter(pk=backup.pk).update(claim="00000000-0000-4000-8000-000000000001")

    assert list(reports.of(device)) == []


@pytest.mark.parametrize("number", ["0", "-1", "x", "999999999999999999999"])
def test_a_page_that_is_not_there_is_the_nearest(web, device, backup, number):
    report(backup)

    assert web.get(f"/sync-report/?page={number}").status_code == 200


@pytest.mark.parametrize("count", [1, 40])
def test_the_pages_cost_the_same_for_any_number(
    web, device, backup, count, django_assert_max_num_queries
):
    for _ in range(count):
        report(backup)

    with django_assert_max_num_queries(10):
        web.get("/sync-report/")
    with django_assert_max_num_queries(13):
        web.get(f"/devices/{device.pk}/")
