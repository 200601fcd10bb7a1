"""What part of a list is wanted, and in what order."""

import pytest

from planner.times import DAY
from tests.backups.api import NOW, event, habit, task


def names(answer) -> list[str]:
    """Return the names of a list's entries in its order."""
    assert answer.status_code == 200, answer.content
    return [entry["name"] for entry in answer.json()["results"]]


@pytest.fixture
def plan(alice_api):
    """Four tasks, three events and two habits."""
    alice_api.push(
        task=[
            task("Bins", priority=1, duedate=NOW),
            task("Letter", priority=3, duedate=NOW + DAY, description="To 100% of them_all"),
            task("Cello", priority=2, duedate=2_147_483_647),
            task("Old", priority=1, duedate=NOW - DAY, completion=1),
        ],
        event=[
            event("Choir", starttime=NOW, duration=3_600),
            event("Trip", starttime=NOW - DAY, duration=3 * DAY),
            event("Dentist", starttime=NOW + 2 * DAY, duration=1_800, description="Bring the CARD"),
        ],
        habit=[habit("Run"), habit("Read")],
    )
    return alice_api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("completion=1", ["Old"]),
        ("completion=0&priority=3", ["Letter"]),
        (f"due_from={NOW}", ["Bins", "Letter"]),
        (f"due_before={NOW}", ["Old"]),
        (f"due_from={NOW}&due_before={NOW + 1}", ["Bins"]),
        ("ordering=name", ["Bins", "Cello", "Letter", "Old"]),
        ("ordering=-priority&completion=0", ["Letter", "Cello", "Bins"]),
        ("ordering=duedate", ["Old", "Bins", "Letter", "Cello"]),
        ("q=LETT", ["Letter"]),
        ("q=100%25", ["Letter"]),
        ("q=them_", ["Letter"]),
        ("q=%25", ["Letter"]),
        ("q=_", ["Letter"]),
        ("q=nothing", []),
    ],
)
def test_tasks_are_filtered_and_ordered(plan, query, found):
    """E13"""
    assert names(plan.get(f"/api/tasks/?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Trip", "Choir", "Dentist"]),
        (f"ends_after={NOW + 3_600}", ["Trip", "Dentist"]),
        (f"starts_before={NOW}", ["Trip"]),
        (f"ends_after={NOW}&starts_before={NOW + DAY}", ["Trip", "Choir"]),
        ("ordering=-duration", ["Trip", "Choir", "Dentist"]),
        ("q=card", ["Dentist"]),
    ],
)
def test_events_are_filtered_and_ordered(plan, query, found):
    assert names(plan.get(f"/api/events/?{query}")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [("", ["Read", "Run"]), ("ordering=-name", ["Run", "Read"]), ("q=un", ["Run"])],
)
def test_habits_are_filtered_and_ordered(plan, query, found):
    assert names(plan.get(f"/api/habits/?{query}")) == found


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/api/tasks/?completion=2", "/completion"),
        ("/api/tasks/?priority=x", "/priority"),
        ("/api/tasks/?due_from=-1", "/due_from"),
        ("/api/tasks/?ordering=uuid", "/ordering"),
        ("/api/tasks/?ordering=--name", "/ordering"),
        (f"/api/tasks/?q={'x' * 128}", "/q"),
        ("/api/tasks/?q=%00", "/q"),
        (f"/api/events/?ends_after={2**31}", "/ends_after"),
        ("/api/events/?ordering=priority", "/ordering"),
        ("/api/habits/?ordering=goal", "/ordering"),
        ("/api/tasks/?bogus=1", "/bogus"),
        ("/api/habits/?due_from=1", "/due_from"),
        ("/api/tasks/?priority=1_0", "/priority"),
        ("/api/tasks/?priority=", "/priority"),
        ("/api/tasks/?page=%D9%A3", "/page"),
    ],
)
def test_a_filter_that_is_not_right_is_named(plan, path, pointer):
    answer = plan.get(path)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_pages_keep_the_filter(plan):
    first = plan.get("/api/tasks/?completion=0&ordering=name&page_size=2").json()

    assert first["count"] == 3
    assert "completion=0" in first["next"]
