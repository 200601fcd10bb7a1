"""Days on which a habit is excused: on its page, in the grid, and nowhere on the wire."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from backups import skips
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Habit
from planner.times import day_seconds
from tests.backups.pages.plan import habit, put

LIST = reverse("backups:habits")
DONE = {day_seconds(date(2026, 10, day)): True for day in (8, 9, 11, 12)}


@pytest.fixture
def run(backup) -> Habit:
    """A habit of every day that was missed on Saturday, 10, and Tuesday, 13 October."""
    put(backup, habit("Run", 127, DONE))
    return Habit.objects.get()


def skip(browser, run, first, last="", **more):
    response = browser.post(
        reverse("backups:habit_skip", args=[run.uuid]), {"first": first, "last": last, **more}
    )
    return str(list(get_messages(response.wsgi_request))[-1])


def page(browser, run):
    return browser.get(reverse("backups:habit", args=[run.uuid])).context


def skipped():
    return [day.day for day in sorted(skips.of(Habit.objects.get()))]


def test_a_skipped_day_breaks_no_row_and_can_count_again(browser, run):
    assert (page(browser, run)["streak"], page(browser, run)["best"]) == (0, 2)

    assert skip(browser, run, "2026-10-10") == "1 day of “Run” is skipped."
    assert skip(browser, run, "2026-10-13") == "1 day of “Run” is skipped."
    assert (page(browser, run)["streak"], page(browser, run)["best"]) == (4, 4)
    assert page(browser, run)["weekday_rates"][1][1].due == 0

    assert skip(browser, run, "2026-10-13", skip="0") == "1 day of “Run” counts again."
    assert (page(browser, run)["streak"], skipped()) == (0, [10])


def test_the_grid_and_today_show_what_is_skipped(browser, run):
    skip(browser, run, "2026-10-13", "2026-10-16")

    row = browser.get(LIST).context["rows"][0]

    assert [cell.state for cell in row.cells] == [
        "done",
        "skipped",
        "skipped",
        "ahead-skipped",
        "ahead-skipped",
        "ahead",
        "ahead",
    ]
    assert [cell.open for cell in row.cells] == [True] * 3 + [False] * 4
    assert row.streak == 2
    assert browser.get(reverse("backups:today")).context["habits"] == []
    browser.post(reverse("backups:habit_day", args=[run.uuid, "2026-10-13"]), {"done": "1"})
    assert browser.get(LIST).context["rows"][0].cells[1].state == "done"


def test_no_device_hears_of_it(browser, run, backup):
    before = Backup.objects.values().get(), Habit.objects.values("revision", "wire").get()

    skip(browser, run, "2026-10-10", "2026-10-13")

    assert before == (Backup.objects.values().get(), Habit.objects.values("revision", "wire").get())


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", "Choose a day."),
        ("2026-02-30", "", "Enter a valid date."),
        ("2026-10-13", "2026-10-12", "It would end before it starts."),
        ("2026-10-13", "2027-10-15", "At most a year at once."),
    ],
)
def test_wrong_days_are_refused(browser, run, first, last, said):
    assert skip(browser, run, first, last) == said
    assert skipped() == []


def test_so_many_days_are_too_many(run, backup, monkeypatch):
    monkeypatch.setattr(skips, "MOST", 3)

    with pytest.raises(skips.RuleError):
        skips.skip(
            backup, run.uuid, date(2026, 1, 1), date(2026, 1, 4), Actor.server("tests"), on=True
        )


def test_the_form_offers_the_last_day_that_was_missed(browser, run):
    assert page(browser, run)["skip"].initial == {"first": date(2026, 10, 13)}
    skip(browser, run, "2026-10-13")
    assert page(browser, run)["skip"].initial == {"first": date(2026, 10, 10)}


def test_skips_outlive_changes_and_undo_and_are_taken_along(browser, run, backup):
    skip(browser, run, "2026-10-10")

    browser.post(reverse("backups:habit_delete", args=[run.uuid]))
    browser.post(reverse("backups:habit_restore", args=[run.uuid]))

    assert skipped() == [10]
    assert skips.as_json(backup) == b'{"%b":["2026-10-10"]}' % str(run.uuid).encode()


def test_a_restore_keeps_skips_as_they_are_and_says_so(browser, run, backup):
    said = "Skipped days of habits stay as they are now."
    moment = f"{reverse('backups:moment')}?revision=1"
    assert said not in browser.get(moment).content.decode()
    put(backup, Item("habit", str(run.uuid), {"name": "Walk"}))
    skip(browser, run, "2026-10-10")

    assert said in browser.get(moment).content.decode()
    browser.post(reverse("backups:history_restore"), {"revision": 1, "expected": 2})

    assert (Habit.objects.get().name, skipped()) == ("Run", [10])


def test_the_days_of_a_habit_that_is_erased_are_forgotten(run, backup):
    actor, day = Actor.server("tests"), date(2026, 10, 10)
    skips.skip(backup, run.uuid, day, day, actor, on=True)
    put(backup, Item("habit", str(run.uuid), deleted=True))

    skips.forget(backup, 1)
    assert skipped() == [10]
    skips.forget(backup, 2)
    assert skipped() == []
