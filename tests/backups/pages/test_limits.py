"""What a plan may hold is the same for pages, programs and devices; what is tidied away stays."""

from html import unescape

import pytest
import time_machine
from django.urls import reverse

from backups import tidying
from backups.models import Task
from tests.backups.api import Api
from tests.backups.api import task as as_sent
from tests.backups.pages.plan import at, errors, put, task

NEW = reverse("backups:task_new")
LIMITS = {"name": 127, "description": 1023}


def text(count: int, letter: str) -> str:
    """Return so many bytes of UTF-8."""
    many, left = divmod(count, len(letter.encode()))
    return letter * many + "x" * left


@pytest.mark.parametrize("letter", ["x", "ä", "🙂"], ids=["one byte", "two", "four"])
@pytest.mark.parametrize("field", LIMITS)
def test_text_at_the_limit_passes_the_whole_way_and_one_byte_more_nowhere(
    browser, unit, alice, device, backup, field, letter
):
    """A25"""
    person, tablet = Api.of_person(alice, device), Api.of_device(unit)
    form = {"name": "Bins", "description": "", "priority": "1", "undated": "on"}
    sent = {"name": "Bins", "priority": 1, "duedate": None}
    most, more = (text(LIMITS[field] + extra, letter) for extra in (0, 1))

    assert browser.post(NEW, form | {field: most}).status_code == 302
    assert person.post("/api/tasks/", sent | {field: most}).status_code == 201
    assert [one[field] for one in tablet.pull()["task"]] == [most, most]

    assert len(errors(browser.post(NEW, form | {field: more}))) == 1
    assert person.post("/api/tasks/", sent | {field: more}).status_code == 400
    pushed = tablet.push(task=[as_sent(**{field: more})])
    assert [result["outcome"] for result in pushed["results"]] == ["rejected"]
    assert Task.objects.count() == 2


def test_a_full_plan_tells_pages_and_programs_so(browser, alice, device, backup, monkeypatch):
    """A25"""
    monkeypatch.setattr("backups.changes.MAX_LIVE", 1)
    put(backup, task("Bins"))

    shown = browser.post(NEW, {"name": "Bread", "priority": "1", "undated": "on"})
    told = Api.of_person(alice, device).post(
        "/api/tasks/", {"name": "Bread", "priority": 1, "duedate": None}
    )

    assert (told.status_code, told.json()["code"]) == (403, "quota-exceeded")
    assert told.json()["errors"][0]["detail"] in unescape(shown.content.decode())
    assert [one.name for one in Task.objects.all()] == ["Bins"]


def test_a_finished_task_is_tidied_away_on_the_device_and_never_forgotten(unit, device, backup):
    """A24"""
    tablet = Api.of_device(unit)
    tablet.push(task=[as_sent(completion=1)])
    [known] = tablet.pull()["task"]
    cursor = tablet.pull()["cursor"]

    with time_machine.travel(at("2026-10-30 10:00"), tick=False):
        assert tidying.tidy() == 1
        later = Api.of_device(unit)
        assert [(one["id"], one["completion"]) for one in later.pull(cursor)["task"]] == [
            (known["id"], 2)
        ]
    with time_machine.travel(at("2027-10-30 10:00"), tick=False):
        late = Api.of_device(unit)
        assert [one["completion"] for one in late.pull(cursor)["task"]] == [2]
        assert late.pull()["task"] == []
