"""Forms of entries that somebody else changed while they were open: both are shown."""

import re
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from backups import changes
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Commit, Event, Habit, Task
from planner.times import FOREVER
from tests.backups.pages.plan import at, errors, event, habit, put, task
from tests.races import RACE, at_once

RENT = at("2026-10-20 09:30")
HIDDEN = re.compile(r'<input type="hidden" name="(initial-\w+)"(?: value="([^"]*)")?')


def address(entry):
    return reverse(f"backups:{entry.kind.name}", args=[entry.uuid])


def opened(browser, entry, **typed):
    """Return what the open form of an entry sends, with what is typed into it."""
    response = browser.get(address(entry))
    form, sent = response.context["form"], {}
    for key, value in HIDDEN.findall(response.content.decode()):
        sent.setdefault(key, []).append(unescape(value))
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False):
            sent[name] = value
    return sent | typed


def by_tablet(entry, **fields):
    """Let the device change an entry."""
    actor = Actor(Commit.Source.DEVICE, "Kitchen tablet")
    item = Item(entry.kind.name, str(entry.uuid), fields)
    changes.push(Backup.objects.get(), [item], actor)


def sent_by(response):
    """Return what the form of an answer would send when it is saved as it is."""
    form = response.context["form"]
    sent = {name: form[name].value() for name in form.fields}
    keep = {name: value for name, value in sent.items() if value not in (None, False)}
    return keep | {key: value for key, value in form.data.lists() if key.startswith("initial-")}


@pytest.fixture
def rent(backup):
    put(backup, task("Rent", RENT, description="To Ms Oak"))
    return Task.objects.get()


CLASHES = [
    ("name", {"name": "Rent for May"}, {"name": "Rents"}, "“Rents”"),
    ("day", {"day": "2026-10-21"}, {"duedate": at("2026-10-15 12:00")}, "Tomorrow 12:00"),
    ("day", {"time": "10:00"}, {"duedate": FOREVER}, "no date"),
    ("priority", {"priority": "3"}, {"priority": 2}, "Medium"),
    ("description", {"description": "Cash"}, {"description": ""}, "empty"),
]


@pytest.mark.parametrize(("field", "typed", "changed", "words"), CLASHES)
def test_a_clash_shows_both_writes_nothing_and_saving_again_has_mine(
    browser, rent, field, typed, changed, words
):
    sent = opened(browser, rent, **typed)
    by_tablet(rent, **changed)

    shown = browser.post(address(rent), sent)

    assert errors(shown) == [f"Now: {words} – on the device, Today 10:00"]
    assert set(shown.context["form"].errors) == {"__all__", field}
    assert {name: shown.context["form"][name].value() for name in typed} == typed
    rent.refresh_from_db()
    assert {name: getattr(rent, name) for name in changed} == changed

    saved = browser.post(address(rent), sent_by(shown))

    assert saved.status_code == 302
    form = browser.get(address(rent)).context["form"]
    stored = {name: str(form[name].value())[: len(value)] for name, value in typed.items()}
    assert stored == typed


@pytest.mark.parametrize(("field", "typed", "changed", "words"), CLASHES)
def test_what_is_there_now_can_be_taken_instead(browser, rent, field, typed, changed, words):
    sent = opened(browser, rent, **{"name": "Mine too"} | typed)
    by_tablet(rent, **changed)
    shown = browser.post(address(rent), sent)
    assert f'name="take" value="{field}"' in shown.content.decode()

    saved = browser.post(address(rent), sent_by(shown) | {"take": [field]})

    rent.refresh_from_db()
    assert saved.status_code == 302
    assert {name: getattr(rent, name) for name in changed} == changed
    assert rent.name == changed.get("name", "Mine too")


def test_what_is_changed_apart_is_merged_and_a_form_in_clash_shows_the_rest_as_it_is_now(
    browser, rent
):
    """Field by field: only what both changed is a clash."""
    sent = opened(browser, rent, name="Rent for May")
    by_tablet(rent, priority=3, name="Rents")

    shown = browser.post(address(rent), sent)

    assert shown.context["form"]["priority"].value() == "3"
    browser.post(address(rent), sent_by(shown))
    rent.refresh_from_db()
    assert (rent.name, rent.priority, rent.duedate) == ("Rent for May", 3, RENT)


def test_the_same_change_on_both_sides_is_no_clash(browser, rent):
    sent = opened(browser, rent, name="Rents", priority="3")
    by_tablet(rent, name="Rents")

    assert browser.post(address(rent), sent).status_code == 302
    rent.refresh_from_db()
    assert (rent.name, rent.priority) == ("Rents", 3)


def test_a_third_change_between_the_two_saves_is_shown_too(browser, rent):
    sent = opened(browser, rent, name="Mine")
    by_tablet(rent, name="Theirs")
    sent = sent_by(browser.post(address(rent), sent))
    by_tablet(rent, name="Theirs again")

    shown = browser.post(address(rent), sent)

    assert errors(shown) == ["Now: “Theirs again” – on the device, Today 10:00"]
    assert Task.objects.get().name == "Theirs again"


def test_a_saved_form_says_so_and_can_be_undone(browser, rent):
    response = browser.post(address(rent), opened(browser, rent, name="Rent for May"))

    [message] = get_messages(response.wsgi_request)
    assert str(message) == "“Rent for May” is changed."
    browser.post(message.extra_tags)
    assert Task.objects.get().name == "Rent"


@pytest.mark.parametrize("typed", [{"end": "22:00"}, {"day": "2026-10-21"}, {"length": "30"}])
def test_the_times_of_an_event_clash_together(browser, backup, typed):
    put(backup, event("Choir", at("2026-10-20 19:30"), 5400))
    choir = Event.objects.get()
    sent = opened(browser, choir, **typed)
    by_tablet(choir, starttime=at("2026-10-22 18:00"))

    shown = browser.post(address(choir), sent)

    assert errors(shown) == ["Now: Thu 22 Oct 18:00 – 19:30 – on the device, Today 10:00"]
    browser.post(address(choir), sent_by(shown) | {"take": "day"})
    choir.refresh_from_db()
    assert (choir.starttime, choir.duration) == (at("2026-10-22 18:00"), 5400)


def test_the_weekdays_of_a_habit_clash(browser, backup):
    put(backup, habit("Run", 127))
    run = Habit.objects.get()
    sent = opened(browser, run, goal=["16"])
    by_tablet(run, goal=20)

    shown = browser.post(address(run), sent)
    assert errors(shown) == ["Now: Tue Thu – on the device, Today 10:00"]
    browser.post(address(run), sent_by(shown))

    assert Habit.objects.get().goal == 16


class TestRaces:
    pytestmark = RACE

    def test_of_two_who_save_at_once_one_is_shown_the_other_s(self, browser, rent):
        """Both opened the form before either saved it."""
        sent = [opened(browser, rent, name=name) for name in ("One", "Two")]
        calls = [lambda one=one: browser.post(address(rent), one) for one in sent]

        answers = at_once(calls)

        assert sorted(answer.status_code for answer in answers) == [200, 302]
        name = Task.objects.get().name
        [shown] = [answer for answer in answers if answer.status_code == 200]
        assert errors(shown)[0].startswith(f"Now: “{name}”")
