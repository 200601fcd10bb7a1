"""GET /api/sync/: cursors, pages, tombstones, and how little a quiet poll costs."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import travel

from backups import changes, cursors, sync
from backups.changes import Actor
from backups.items import Item
from backups.models import Backup, Commit, Task
from devices import claims, lifecycle, prompts
from planner import chores
from planner.times import DAY, now
from tests.backups.api import NOW, Api, entries, event, habit, task
from tests.factories import claim_unit, make_unit

NOTHING = {"task": [], "event": [], "habit": []}
QUIET_POLL_QUERIES = 1


def test_a_full_refresh_brings_the_living_entries_and_says_where_it_stands(device_api, device):
    kept, gone = task(), task()
    device_api.push(task=[kept, gone, {"id": gone["id"], "completion": 2}])

    answer = device_api.pull()

    assert entries(answer) == NOTHING | {"task": [kept]}
    assert answer["more"] is False
    assert answer["device"] == {
        "name": "Kitchen tablet",
        "settings": device.shown_settings,
        "settings_revision": 1,
        "pending_claim": None,
    }
    assert abs(answer["server_time"] - now()) <= 2
    assert answer["days_since"] == answer["server_time"] // DAY * DAY - 400 * DAY
    assert 720 < answer["next_poll"] <= 900


def test_a_delta_brings_each_changed_entry_once_in_its_newest_state(device_api, alice_api):
    bins, dentist, run = task(), event(), habit()
    alice_api.push(task=[bins], event=[dentist], habit=[run])
    since = device_api.pull()["cursor"]
    alice_api.push(task=[{"id": bins["id"], "name": "Bin"}])
    alice_api.push(task=[{"id": bins["id"], "completion": 1}])
    alice_api.push(event=[{"id": dentist["id"], "deleted": 1}])
    alice_api.push(habit=[{"id": run["id"], "date": NOW, "action": "add"}])

    answer = device_api.pull(since)

    assert entries(answer) == {
        "task": [bins | {"name": "Bin", "completion": 1}],
        "event": [{"id": dentist["id"], "deleted": 1}],
        "habit": [run | {"completed": [NOW // DAY * DAY], "deleted": 0}],
    }
    assert entries(device_api.pull(answer["cursor"])) == NOTHING


def test_habit_days_before_the_window_are_left_out(device_api):
    first = now() // DAY * DAY - 400 * DAY
    device_api.push(habit=[habit(completed=[first - DAY, first])])

    answer = device_api.pull()

    assert (answer["days_since"], answer["habit"][0]["completed"]) == (first, [first])


def test_a_device_hears_who_asks_to_join_it_and_a_person_does_not(
    device_api, alice_api, device, unit, bob
):
    """A16"""
    before = device_api.pull()
    label = {"serial": unit.serial, "code": unit.code, "name": "Ours", "address": "192.0.2.1"}
    asked = claims.claim(bob, **label)

    pending = device_api.pull(before["cursor"])["device"]["pending_claim"]

    assert pending == device_api.get("/api/device/").json()["pending_claim"]
    assert (pending["name"], pending["number"], pending["joins"]) == (str(bob), asked.number, True)
    assert alice_api.pull()["device"]["pending_claim"] is None

    with travel(asked.created_at + prompts.ON_SCREEN, tick=False):
        assert device_api.pull()["device"]["pending_claim"] is None
    assert device_api.pull()["device"]["pending_claim"] == pending
    claims.answer(device, accept=False)
    assert device_api.pull()["device"]["pending_claim"] is None


@pytest.mark.parametrize("count", [1, 300])
def test_a_quiet_poll_costs_one_query_and_touches_no_entry(
    device_api, django_assert_num_queries, count
):
    since = device_api.push(
        since=device_api.pull()["cursor"], task=[task() for _number in range(count)]
    )["cursor"]
    path = f"/api/sync/?since={since}"
    etag = device_api.get(path)["ETag"]

    with django_assert_num_queries(QUIET_POLL_QUERIES) as queries:
        quiet = device_api.get(path, **{"if-none-match": etag})
    with django_assert_num_queries(QUIET_POLL_QUERIES) as empty:
        device_api.get(path)

    assert (quiet.status_code, quiet.content, quiet["ETag"]) == (304, b"", etag)
    asked = " ".join(query["sql"] for query in (*queries, *empty))
    assert not any(f"backups_{kind}" in asked for kind in ("task", "event", "habit"))


@pytest.mark.parametrize("count", [1, 40])
def test_a_delta_costs_the_same_for_any_number_of_entries(
    device_api, alice_api, django_assert_num_queries, count
):
    since = device_api.pull()["cursor"]
    alice_api.push(
        task=[task() for _number in range(count)],
        habit=[habit(f"H{number}", completed=[NOW]) for number in range(count)],
    )

    # Two that read; what the cursor confirms and the report of the sync take one each.
    with django_assert_num_queries(4):
        device_api.pull(since)


def test_what_is_long_past_comes_after_what_is_due_soon(device_api):
    past = [task(f"Past {number}", duedate=now() - (number + 2) * DAY) for number in range(9)]
    soon = [task(f"Soon {number}", duedate=now() + number * DAY) for number in range(7)]
    device_api.push(task=past + soon)

    first = device_api.pull(limit=7)["task"]

    assert {entry["name"] for entry in first} == {entry["name"] for entry in soon}


@pytest.mark.parametrize("form", ['W/"{}"', '"{}"', "*", '"other", W/"{}"'])
def test_an_etag_is_known_by_the_weak_comparison(device_api, form):
    path = f"/api/sync/?since={device_api.pull()['cursor']}"
    etag = device_api.get(path)["ETag"]

    answer = device_api.get(path, **{"if-none-match": form.format(etag[3:-1])})

    assert (answer.status_code, answer.content) == (304, b"")
    assert "Content-Type" not in answer
    assert answer["Vary"] == device_api.get(path)["Vary"]


def test_an_old_etag_is_no_reason_for_a_304(device_api, alice_api):
    since = device_api.pull()["cursor"]
    etag = device_api.get(f"/api/sync/?since={since}")["ETag"]
    bins = task()
    alice_api.push(task=[bins])

    answer = device_api.get(f"/api/sync/?since={since}", **{"if-none-match": etag})

    assert (answer.status_code, answer.json()["task"]) == (200, [bins])


def test_a_changed_name_is_news_without_an_entry(device_api, device, alice):
    since = device_api.pull()["cursor"]

    lifecycle.rename(device, "Hall tablet", by=alice)

    answer = device_api.pull(since)
    assert (answer["device"]["name"], entries(answer)) == ("Hall tablet", NOTHING)
    assert answer["cursor"] != since


@pytest.mark.parametrize(
    "limit", ["0", "2001", "x", "-1", "1.5", "", "1_0", "+1", " 1", "%D9%A3", "9" * 5_000]
)
def test_a_limit_out_of_range_is_refused_by_name(device_api, limit):
    answer = device_api.get(f"/api/sync/?limit={limit}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == "/limit"


def collected(api: Api, since: str | None, limit: int, between=lambda: None) -> dict:
    """Read pages to the end as a device does; return what it then holds, by type and id."""
    held, more, seen = {}, True, 0
    while more:
        answer = api.pull(since, limit=limit)
        page = entries(answer)
        count = sum(map(len, page.values()))
        assert count <= limit
        seen += count
        held |= {(kind, entry["id"]): entry for kind in page for entry in page[kind]}
        since, more = answer["cursor"], answer["more"]
        between()
    return {"held": held, "cursor": since, "seen": seen}


def test_a_deletion_reaches_the_oldest_cursor_whatever_was_tidied_since(unit, device_api):
    """F8r"""
    bins = task()
    since = device_api.push(since=device_api.pull()["cursor"], task=[bins])["cursor"]
    device_api.push(task=[{"id": bins["id"], "completion": 2}])

    with travel(timezone.now() + timedelta(days=3_650), tick=False):
        outcomes = {done.outcome for done in chores.run_due(all_of_them=True)}
        news = Api.of_device(unit).pull(since)["task"]

    assert outcomes == {"done"}
    assert [(entry["id"], entry["completion"]) for entry in news] == [(bins["id"], 2)]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_a_full_refresh_in_pages_brings_every_entry_once_what_is_due_soon_first(device_api, limit):
    soon, later = task("Soon", duedate=now()), task("Later", duedate=now() + 30 * DAY)
    near, far = event("Near", starttime=now() + DAY), event("Far", starttime=now() - 30 * DAY)
    run = habit(completed=[now() // DAY * DAY])
    device_api.push(task=[later, soon], event=[far, near], habit=[run])

    pages = collected(device_api, None, limit)

    names = [entry["name"] for entry in pages["held"].values()]
    assert pages["seen"] == 5
    if limit == 1:
        assert names == ["Soon", "Near", "Run", "Later", "Far"]
    assert sorted(names) == ["Far", "Later", "Near", "Run", "Soon"]
    assert entries(device_api.pull(pages["cursor"])) == NOTHING


def test_a_refresh_is_pinned_and_the_delta_after_it_brings_what_changed_meanwhile(
    device_api, alice_api
):
    tasks = [task(f"T{number}") for number in range(6)]
    alice_api.push(task=tasks)

    def rename_all():
        alice_api.push(task=[{"id": each["id"], "name": "Renamed"} for each in tasks])

    pages = collected(device_api, None, 2, rename_all)
    held = pages["held"] | collected(device_api, pages["cursor"], 2)["held"]

    assert {entry["name"] for entry in held.values()} == {"Renamed"}
    assert len(held) == 6


def test_an_unreadable_cursor_is_answered_with_410(device_api, device):
    """F7r"""
    backup = Backup.objects.of(device)
    foreign = cursors.Cursor(b"12345678", 0, bytes(backup.fingerprint)).encode()

    for since in (foreign, "x", "é", "A" * 35, "%00", ""):
        answer = device_api.get(f"/api/sync/?since={since}")

        assert (answer.status_code, answer.json()["code"]) == (410, "cursor-expired")
        assert answer["Cache-Control"] == "no-store"


def test_a_cursor_from_a_future_that_was_lost_is_answered_with_409(device_api, device):
    """F7r"""
    backup = Backup.objects.of(device)
    future = cursors.Cursor(backup.epoch, 7, b"lostlost").encode()
    overgrown = cursors.Cursor(backup.epoch, 1, b"lostlost").encode()
    device_api.push(task=[task()])

    for since in (future, overgrown):
        answer = device_api.get(f"/api/sync/?since={since}")

        assert (answer.status_code, answer.json()["code"]) == (409, "history-changed")


def test_the_next_claim_begins_empty_in_another_epoch(unit, device, device_api, alice, bob):
    old = device_api.push(since=device_api.pull()["cursor"], task=[task("Of Alice")])["cursor"]

    lifecycle.release(device, by=alice)
    other = make_unit()
    claim_unit(other, bob)
    fresh = Api.of_device(other)

    assert device_api.get("/api/sync/").json()["code"] == "token-revoked"
    assert Api.of_device(unit).get("/api/sync/").json()["code"] == "device-unclaimed"
    assert fresh.get(f"/api/sync/?since={old}").json()["code"] == "cursor-expired"
    assert entries(fresh.pull()) == NOTHING


@pytest.mark.parametrize("revision", [0, 1, 2])
def test_every_revision_of_a_history_has_a_fingerprint(device_api, backup, revision):
    for _number in range(2):
        device_api.push(task=[task()])

    mark = bytes(Commit.objects.get(backup=backup, revision=revision).fingerprint)
    since = cursors.Cursor(backup.epoch, revision, mark).encode()

    assert len(device_api.pull(since)["task"]) == 2 - revision


steps = st.lists(
    st.tuples(st.sampled_from(["add", "change", "delete", "read"]), st.integers(0, 5)), max_size=25
)


def tasks_of(page: sync.Page) -> dict[str, dict]:
    """Return the tasks of a page by their ids."""
    return {row.id: json.loads(row.wire) for row in page.rows}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(steps, st.integers(1, 4))
def test_pages_read_between_writes_end_in_the_plan_as_it_is(backup, history, limit):
    """F9r: at every page boundary, of the refresh too, each arrives once or in a newer state."""
    ids = [f"00000000-0000-0000-0000-00000000000{number}" for number in range(6)]
    actor = Actor.server("test")

    def page_of(cursor, size=limit):
        return sync.pull(Backup.objects.get(pk=backup.pk), cursor, limit=size, now=NOW)

    held, since = {}, None
    for number, (step, which) in enumerate(history):
        fields = {"name": f"N{number}", "priority": 1, "duedate": NOW}
        if step == "read":
            page = page_of(since)
            held, since = held | tasks_of(page), page.cursor
        elif step == "delete":
            changes.push(backup, [Item("task", ids[which], deleted=True)], actor)
        else:
            changes.push(backup, [Item("task", ids[which], fields, restored=True)], actor)
    before = ""
    while since != before:
        page, before = page_of(since), since
        held, since = held | tasks_of(page), page.cursor

    living = {id: entry for id, entry in held.items() if entry["completion"] != 2}
    assert living == tasks_of(page_of(None, 1_000))


def test_the_database_serves_a_delta_from_its_index(device_api, backup):
    for _number in range(30):
        device_api.push(task=[task() for _number in range(10)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE backups_task")
            cursor.execute("SET LOCAL enable_seqscan = off")

    delta = Task.objects.of(backup).filter(revision__gt=25).order_by("revision", "uuid")

    assert "task_revision" in delta[:10].explain()
