"""/api/tasks/, /api/events/, /api/habits/: one entry at a time, by the same rules as a push."""

import pytest

from backups.models import Backup, Commit, HabitDay
from devices.models import Membership
from planner.times import DAY
from tests.backups.api import NOW, Api, event, habit, task

KINDS = {"tasks": task, "events": event, "habits": habit}
DELETED = {"deleted": 1}
SHOWN = {"tasks": {}, "events": {"deleted": 0}, "habits": {"completed": [], "deleted": 0}}
CHANGE = {
    "tasks": {"completion": 1},
    "events": {"duration": 60},
    "habits": {"goal": 1},
}


@pytest.mark.parametrize("name", KINDS)
def test_an_entry_is_made_read_changed_and_deleted(alice_api, name):
    entry = KINDS[name]()
    path = f"/api/{name}/{entry['id']}/"

    made = alice_api.post(f"/api/{name}/", entry)
    read = alice_api.get(path)
    changed = alice_api.send("PATCH", path, CHANGE[name])
    listed = alice_api.get(f"/api/{name}/")
    deleted = alice_api.send("DELETE", path)

    whole = entry | SHOWN[name]
    assert (made.status_code, made.json(), made["Location"]) == (201, whole, path)
    assert (read.status_code, read.json(), read["ETag"]) == (200, whole, '"1"')
    assert (changed.status_code, changed.json(), changed["ETag"]) == (
        200,
        whole | CHANGE[name],
        '"2"',
    )
    assert listed.json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [whole | CHANGE[name]],
    }
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert alice_api.get(path).status_code == 404
    assert alice_api.get(f"/api/{name}/").json()["results"] == []


def test_a_task_needs_only_a_name_and_a_date_or_none(alice_api):
    made = alice_api.post("/api/tasks/", {"name": "Cello"})

    assert made.status_code == 201
    assert made.json() == {
        "id": made.json()["id"],
        "name": "Cello",
        "description": "",
        "completion": 0,
        "priority": 1,
        "duedate": None,
    }


def test_the_device_sees_a_task_without_a_date_as_a_hobby(alice_api, device_api):
    made = alice_api.post("/api/tasks/", {"name": "Cello", "duedate": None}).json()

    assert device_api.pull()["task"] == [made | {"duedate": 2_147_483_647}]


def test_a_create_of_an_id_that_exists_is_an_update(alice_api):
    bins = task()
    alice_api.post("/api/tasks/", bins)

    again = alice_api.post("/api/tasks/", bins | {"name": "Bins out"})

    assert (again.status_code, again.json()["name"]) == (200, "Bins out")


def test_put_gives_the_defaults_where_a_field_is_missing(alice_api):
    bins = task(priority=3, description="Both of them")
    alice_api.post("/api/tasks/", bins)

    put = alice_api.send("PUT", f"/api/tasks/{bins['id']}/", {"name": "Bins"})

    assert put.json() == bins | {"priority": 1, "description": "", "duedate": None}


def test_an_old_revision_in_if_match_changes_nothing(alice_api):
    bins = task()
    alice_api.post("/api/tasks/", bins)
    path = f"/api/tasks/{bins['id']}/"
    alice_api.send("PATCH", path, {"name": "Bin"})

    old = alice_api.send("PATCH", path, {"completion": 1}, **{"if-match": '"1"'})
    gone = alice_api.send("DELETE", path, **{"if-match": '"1"'})
    good = alice_api.send("PATCH", path, {"completion": 1}, **{"if-match": '"2"'})

    long = alice_api.send("DELETE", path, **{"if-match": f'"{"9" * 5_000}"'})
    assert (old.status_code, old.json()["code"]) == (412, "precondition-failed")
    assert (gone.status_code, long.status_code) == (412, 412)
    assert (good.status_code, good.json()) == (200, bins | {"name": "Bin", "completion": 1})


def test_an_entry_that_the_caller_has_is_answered_304(alice_api):
    bins = task()
    alice_api.post("/api/tasks/", bins)
    path = f"/api/tasks/{bins['id']}/"

    known = alice_api.get(path, **{"if-none-match": '"1"'})
    alice_api.send("PATCH", path, {"name": "Bin"}, **{"if-none-match": '"2"'})
    old = alice_api.get(path, **{"if-none-match": '"1"'})

    assert (known.status_code, known.content, known["ETag"]) == (304, b"", '"1"')
    assert (old.status_code, old.json()["name"]) == (200, "Bin")


def test_a_day_of_a_habit_is_put_and_deleted(alice_api):
    run = habit()
    alice_api.post("/api/habits/", run)
    path = f"/api/habits/{run['id']}/days/2026-11-08/"

    ticked = [alice_api.send("PUT", path) for _again in range(2)]
    cleared = alice_api.send("DELETE", path)

    day = NOW // DAY * DAY - DAY
    assert [answer.json()["completed"] for answer in ticked] == [[day], [day]]
    assert cleared.json()["completed"] == []


@pytest.mark.parametrize(
    "date", ["2026-02-30", "yesterday", "2026-11", "20261108T00", "9999-99-99"]
)
def test_a_day_that_is_none_is_refused(alice_api, date):
    run = habit()
    alice_api.post("/api/habits/", run)

    answer = alice_api.send("PUT", f"/api/habits/{run['id']}/days/{date}/")

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/date")


def test_a_habit_cannot_take_the_name_of_another(alice_api):
    alice_api.post("/api/habits/", habit("Run"))

    answer = alice_api.post("/api/habits/", habit("Run"))

    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["errors"] == [
        {"pointer": "/name", "code": "name-taken", "detail": "Another habit has this name."}
    ]


@pytest.mark.parametrize(
    ("name", "body", "pointer", "code"),
    [
        ("tasks", {}, "/name", "required"),
        ("tasks", {"name": ""}, "/name", "blank"),
        ("tasks", {"name": "é" * 64}, "/name", "too-long"),
        ("tasks", {"name": "a", "priority": 4}, "/priority", "out-of-range"),
        ("tasks", {"name": "a", "priority": True}, "/priority", "type"),
        ("tasks", {"name": "a", "seq": 1}, "/seq", "unknown-field"),
        ("tasks", {"name": "a", "completed": []}, "/completed", "unknown-field"),
        ("tasks", {"name": "a", "on/off~": 1}, "/on~1off~0", "unknown-field"),
        ("tasks", {"name": "a", "id": "A"}, "/id", "not-uuid"),
        ("events", {"name": "a", "starttime": NOW}, "/duration", "required"),
        ("events", {"name": "a", "starttime": "1", "duration": 1}, "/starttime", "type"),
        ("events", {"name": "a", "starttime": 2**31, "duration": 1}, "/starttime", "out-of-range"),
        ("habits", {"name": "a", "goal": 128}, "/goal", "out-of-range"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_made(alice_api, name, body, pointer, code):
    answer = alice_api.post(f"/api/{name}/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert Commit.objects.exclude(revision=0).count() == 0


def test_an_id_in_the_body_must_be_the_one_of_the_address(alice_api):
    bins = task()
    alice_api.post("/api/tasks/", bins)

    answer = alice_api.send("PATCH", f"/api/tasks/{bins['id']}/", {"id": task()["id"]})

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/id")


def test_a_viewer_reads_but_never_writes(device, backup, bob, alice_api):
    Membership.objects.create(device=device, user=bob, role=Membership.Role.VIEWER)
    bins = task()
    alice_api.post("/api/tasks/", bins)
    viewer, path = Api.of_person(bob, device), f"/api/tasks/{bins['id']}/"
    before = Backup.objects.values().get(pk=backup.pk)

    writes = [
        viewer.post("/api/tasks/", task()),
        viewer.send("PATCH", path, {"completion": 1}),
        viewer.send("PUT", path, {"name": "Mine"}),
        viewer.send("DELETE", path),
        viewer.post("/api/sync/", {"task": [task()]}),
    ]

    assert viewer.get(path).json() == bins
    assert {(answer.status_code, answer.json()["code"]) for answer in writes} == {
        (403, "forbidden")
    }
    assert Backup.objects.values().get(pk=backup.pk) == before


def test_the_list_comes_in_pages_in_the_order_of_the_device(alice_api):
    names = ["Done", "Later", "Soon but low", "Soon and high"]
    alice_api.push(
        task=[
            task(names[0], completion=1),
            task(names[1], duedate=NOW + DAY),
            task(names[2]),
            task(names[3], priority=3),
        ]
    )

    first = alice_api.get("/api/tasks/?page_size=3").json()
    second = alice_api.get("/api/tasks/?page_size=3&page=2").json()

    assert [entry["name"] for entry in first["results"]] == names[:0:-1]
    assert [entry["name"] for entry in second["results"]] == names[:1]
    assert (first["count"], bool(first["next"]), second["next"]) == (4, True, None)
    assert alice_api.get("/api/tasks/?page=3&page_size=3").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("name", KINDS)
def test_a_list_costs_the_same_for_any_number(alice_api, django_assert_num_queries, name, count):
    made = [KINDS[name](f"E{number}") for number in range(count)]
    alice_api.push(**{name[:-1]: made})

    with django_assert_num_queries(6 if name == "habits" else 5):
        alice_api.get(f"/api/{name}/")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("name", ["tasks", "events", "habits"])
def test_what_deletes_an_entry_in_a_push_deletes_it_here_too(alice_api, device_api, name, method):
    since = device_api.pull()["cursor"]
    entry = KINDS[name]()
    path, gone = f"/api/{name}/{entry['id']}/", {"completion": 2} if name == "tasks" else DELETED
    alice_api.post(f"/api/{name}/", entry)
    stale = alice_api.send(method, path, entry | gone, **{"if-match": '"7"'})

    answer = alice_api.send(method, path, gone if method == "PATCH" else entry | gone)

    dead = entry | gone if name == "tasks" else {"id": entry["id"]} | gone
    assert (stale.status_code, answer.status_code, answer["ETag"]) == (412, 200, '"2"')
    assert answer.json() == dead
    assert alice_api.get(path).status_code == 404
    assert device_api.pull(since)[name[:-1]] == [dead]


@pytest.mark.parametrize("name", ["tasks", "events", "habits"])
def test_nothing_is_made_deleted(alice_api, name):
    gone = {"completion": 2} if name == "tasks" else DELETED

    answer = alice_api.post(f"/api/{name}/", KINDS[name]() | gone)

    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["out-of-range"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=0", "page_size=1001"])
def test_a_page_that_cannot_be_is_refused(alice_api, query):
    answer = alice_api.get(f"/api/tasks/?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_a_clock_that_stands_at_its_first_day_marks_that_day(device_api):
    run = habit(completed=[3600])

    answer = device_api.push(habit=[run])

    assert [result["outcome"] for result in answer["results"]] == ["applied"]
    assert list(HabitDay.objects.values_list("day", "done")) == [(0, True)]


def test_a_day_out_of_range_is_told_with_the_days_that_are_known(device_api):
    run = habit("Run")
    device_api.push(habit=[run])

    answer = device_api.send("PUT", f"/api/habits/{run['id']}/days/2038-01-20/", None)

    assert answer.status_code == 400
    assert [error["detail"] for error in answer.json()["errors"]] == [
        "This must be between 1970-01-01 and 2038-01-19."
    ]
