"""`backups.reports`: what a device confirmed, how its syncs went, and what waits for it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from time_machine import travel

from backups import reports
from backups.models import Backup, Confirmation, SyncReport
from devices import presence
from tests.backups.api import Api, habit, outcomes, task
from tests.factories import make_device, make_unit, make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def soon() -> datetime:
    """A moment at which the tokens of this test are good."""
    return timezone.now().replace(microsecond=0) + 5 * MINUTE


def lines(device) -> list[tuple]:
    """What the reports of a device say, the newest first."""
    said = ("up", "down", "overruled", "rejected", "revision", "result")
    return list(reports.of(device).values_list(*said))


def pending(device) -> int | None:
    return presence.with_pending([device])[0].pending_changes


def test_a_device_confirms_by_the_cursor_that_it_comes_back_with(
    device_api, alice_api, backup, soon
):
    alice_api.push(task=[task()])
    assert reports.confirmed(backup) is None
    with travel(soon, tick=False):
        cursor = device_api.pull()["cursor"]
    assert reports.confirmed(backup) is None

    with travel(soon + 15 * MINUTE, tick=False):
        device_api.pull(cursor)
    device_api.pull(cursor)

    kept = reports.confirmed(backup)
    assert (kept.revision, kept.confirmed_at) == (1, soon + 15 * MINUTE)


@pytest.mark.parametrize("call", ["push", "wait"])
def test_a_push_and_a_wait_confirm_as_well(device_api, alice_api, backup, call):
    alice_api.push(task=[task()])
    cursor = device_api.pull()["cursor"]

    if call == "push":
        device_api.push(since=cursor, task=[])
    else:
        device_api.get(f"/api/sync/wait/?since={cursor}&timeout=1")

    assert reports.confirmed(backup).revision == 1


def test_what_a_device_itself_pushed_is_on_it(device, device_api, alice_api, backup):
    bins = task("Bins")
    alice_api.push(task=[bins])
    cursor = device_api.pull()["cursor"]

    device_api.push(since=cursor, task=[{"id": bins["id"], "completion": 1}, task("Letters")])

    assert (reports.confirmed(backup).revision, pending(device)) == (2, 0)


@pytest.mark.parametrize("since", [True, False], ids=["overtaken", "without a cursor"])
def test_a_push_confirms_no_more_than_the_device_has(device, device_api, alice_api, backup, since):
    cursor = device_api.pull()["cursor"]
    alice_api.push(task=[task("Bins")])

    device_api.push(task=[task("Letters")], **({"since": cursor} if since else {}))

    confirmed = reports.confirmed(backup)
    assert (confirmed and confirmed.revision) == (0 if since else None)


def test_what_was_not_applied_as_it_was_pushed_waits(device, device_api, alice_api, backup):
    bins = task("Bins")
    alice_api.push(task=[bins])
    cursor = device_api.pull()["cursor"]
    alice_api.push(task=[{"id": bins["id"], "completion": 2}])

    device_api.push(since=cursor, task=[{"id": bins["id"], "completion": 1}, task("Letters")])

    assert reports.confirmed(backup).revision == 1
    assert pending(device) == 2


def test_nobody_but_the_device_confirms_or_is_reported(device, alice_api, backup):
    cursor = alice_api.push(since=alice_api.pull()["cursor"], task=[task()])["cursor"]
    alice_api.pull(cursor)

    assert (reports.confirmed(backup), lines(device)) == (None, [])


def test_a_page_confirms_what_is_whole_behind_its_cursor(device_api, alice_api, backup):
    start = device_api.pull()["cursor"]
    for name in "abc":
        alice_api.push(task=[task(f"{name}{number}") for number in range(3)])

    inside = device_api.pull(start, limit=4)["cursor"]
    device_api.pull(inside, limit=4)

    assert reports.confirmed(backup).revision == 1


def test_a_full_refresh_confirms_nothing_before_its_end(device_api, alice_api, backup):
    alice_api.push(task=[task(str(number)) for number in range(3)])

    page = device_api.pull(limit=2)
    page = device_api.pull(page["cursor"], limit=2)
    unconfirmed = reports.confirmed(backup)
    device_api.pull(page["cursor"])

    assert (unconfirmed, reports.confirmed(backup).revision) == (None, 1)


def test_an_older_cursor_takes_nothing_back(device_api, alice_api, backup):
    old = device_api.pull()["cursor"]
    alice_api.push(task=[task()])
    device_api.pull(device_api.pull(old)["cursor"])

    device_api.pull(old)
    reports.confirm(backup, None, reports.Cursor(backup.epoch, 0, b"12345678"))

    assert reports.confirmed(backup).revision == 1


@pytest.mark.parametrize("count", [1, 9])
def test_what_many_devices_confirm_is_written_by_one_statement(
    alice, django_assert_num_queries, count
):
    plans = [Backup.objects.of(make_device(alice)).pk for _device in range(count)]
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [(plan, revision, now) for revision in (2, 1) for plan in plans]

    with django_assert_num_queries(1):
        reports.confirmations.write(rows)

    assert list(Confirmation.objects.values_list("revision", flat=True)) == [2] * count


def test_a_sync_is_reported_with_what_it_carried(device, device_api, alice_api):
    known = task("Bins")
    alice_api.push(task=[known, task("Milk")])
    first = device_api.pull()["cursor"]
    alice_api.push(task=[{"id": known["id"], "completion": 2}])

    answer = device_api.push(
        since=first,
        task=[{"id": known["id"], "name": "Late"}, task("New"), task("Bad", priority=9)],
    )

    assert outcomes(answer) == ["superseded", "applied", "rejected"]
    assert lines(device) == [(3, 1, 1, 1, 3, "done"), (0, 2, 0, 0, 1, "done")]


def test_a_quiet_poll_writes_nothing(device, device_api, django_assert_num_queries):
    path = f"/api/sync/?since={device_api.pull()['cursor']}"
    etag = device_api.get(path)["ETag"]

    with django_assert_num_queries(1):
        device_api.get(path, **{"if-none-match": etag})

    assert lines(device) == []


def test_a_failed_sync_is_reported_with_its_problem(device, device_api):
    device_api.get("/api/sync/?since=nonsense")
    device_api.post("/api/sync/", b"{")

    assert lines(device) == [
        (0, 0, 0, 0, None, "malformed-json"),
        (0, 0, 0, 0, None, "cursor-expired"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_stream_is_reported_at_its_end_and_a_cut_one_as_cut(device, device_api, alice_api):
    alice_api.push(task=[task(str(number)) for number in range(300)])
    ndjson = {"accept": "application/x-ndjson"}

    b"".join(device_api.get("/api/sync/", **ndjson).streaming_content)
    cut = device_api.get("/api/sync/", **ndjson)
    parts = cut.streaming_content
    head, first = next(parts), next(parts)
    cut.close()

    assert (head.count(b"\n"), first.count(b"\n")) == (1, 200)
    assert lines(device) == [(0, 200, 0, 0, None, "cut"), (0, 300, 0, 0, 1, "done")]


def test_old_firmware_is_reported_too(device, device_api, alice_api):
    alice_api.push(task=[task(), task()])

    device_api.push(action="refresh", type="task")

    assert lines(device) == [(0, 2, 0, 0, None, "done")]


def test_pending_changes_count_what_is_not_confirmed(device, device_api, alice_api, backup):
    gone = task()
    alice_api.push(task=[gone, task()], habit=[habit()])
    never = pending(device)
    cursor = device_api.pull()["cursor"]
    device_api.pull(cursor)
    none = pending(device)

    alice_api.push(task=[{"id": gone["id"], "completion": 2}, task()], habit=[habit("Swim")])

    assert (never, none, pending(device)) == (3, 0, 3)


def test_a_new_name_is_no_change_of_an_entry(device, device_api, alice):
    person = Api.of_person(alice, device)
    person.push(task=[task()])
    device_api.pull(device_api.pull()["cursor"])

    presence.devices_shown.send(sender=None, devices=[device])

    assert device.pending_changes == 0


def test_a_device_of_nobody_has_no_pending_changes(device):
    stock = make_unit()
    others = type(device).objects.filter(serial=stock.serial)

    assert [one.pending_changes for one in presence.with_pending(others)] == [None]


def test_the_count_ends_at_a_thousand(device, device_api, alice_api):
    device_api.pull(device_api.pull()["cursor"])
    for part in range(3):
        alice_api.push(task=[task(f"{part} {number}") for number in range(400)])

    assert pending(device) == 1_000


def test_an_entry_waits_or_is_on_the_device_since_a_time(device_api, alice_api, backup, soon):
    alice_api.push(task=[task()])
    with travel(soon, tick=False):
        first = device_api.pull()["cursor"]
    alice_api.push(task=[task()])
    with travel(soon + 30 * MINUTE, tick=False):
        second = device_api.pull(first)["cursor"]
    unconfirmed = reports.delivery(backup)
    device_api.pull(second)
    alice_api.push(task=[task()])

    delivery = reports.delivery(backup)

    assert [unconfirmed.is_waiting(revision) for revision in (1, 2)] == [False, True]
    assert [delivery.since(revision) for revision in (1, 2, 3)] == [
        soon,
        soon + 30 * MINUTE,
        None,
    ]


def test_what_came_before_the_oldest_report_has_the_time_of_the_confirmation(backup, soon):
    Confirmation.objects.create(backup=backup, revision=7, confirmed_at=soon)

    assert reports.delivery(backup).since(5) == soon


def test_thinning_keeps_the_newest_of_each_plan(device, device_api, backup, monkeypatch):
    monkeypatch.setattr(reports, "KEPT", 2)
    for _time in range(5):
        device_api.get("/api/sync/?since=nonsense")
    newest = list(reports.of(device).values_list("pk", flat=True)[:2])

    gone = reports.thin()

    assert (gone, list(reports.of(device).values_list("pk", flat=True))) == (3, newest)


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_noted_fails_no_sync(device_api):
    cursor = device_api.pull()["cursor"]
    _run("ALTER TABLE backups_syncreport RENAME COLUMN at TO x")
    _run("ALTER TABLE backups_confirmation RENAME COLUMN confirmed_at TO x")
    try:
        answer = device_api.push(since=cursor, task=[task()])
    finally:
        _run("ALTER TABLE backups_syncreport RENAME COLUMN x TO at")
        _run("ALTER TABLE backups_confirmation RENAME COLUMN x TO confirmed_at")

    assert outcomes(answer) == ["applied"]
    assert (SyncReport.objects.count(), Confirmation.objects.count()) == (0, 0)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_line_about_a_plan_that_is_gone_takes_no_other_along(device, backup):
    line = (timezone.now().isoformat(), 1, 0, 1, 0, 0, 1, SyncReport.DONE)

    reports.lines.write([(plan, *line) for plan in (backup.pk, backup.pk + 1, backup.pk)])

    assert lines(device) == [(0, 1, 0, 0, 1, "done")] * 2


def test_staff_see_how_the_syncs_of_a_device_went_and_nothing_of_its_plan(device, device_api):
    """D7."""
    helper = logged_in(make_user("helper", is_staff=True, is_superuser=True))
    address = f"/admin/devices/device/{device.pk}/change/"
    before = helper.get(address).content.decode()

    device_api.push(task=[task(name="Dentist"), {"id": "broken"}])
    page = helper.get(address)

    assert "No sync yet." in before
    assert [(one.up, one.rejected, one.result) for one in page.context["syncs"]] == [(2, 1, "done")]
    text = page.content.decode()
    assert ("<td>Done</td>" in text, "Dentist" in text) == (True, False)
