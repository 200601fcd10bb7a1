"""The week grid, its ticks, and the page of a habit."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from accounts import profile
from backups.models import Habit, HabitDay
from planner.times import day_seconds
from tests.backups.pages.plan import at, errors, habit, put

LIST = reverse("backups:habits")
NEW = reverse("backups:habit_new")
TUESDAY, THURSDAY = "16", "4"
OF_A_HABIT = 14


def address(name="habit"):
    return reverse(f"backups:{name}", args=[Habit.objects.get().uuid])


def day_address(day):
    return reverse("backups:habit_day", args=[Habit.objects.get().uuid, day])


def ticked():
    done = HabitDay.objects.filter(done=True).order_by("day")
    return list(done.values_list("day", flat=True))


def states(response):
    return [cell.state for cell in response.context["rows"][0].cells]


def test_without_habits_the_page_offers_three(browser):
    response = browser.get(LIST)

    assert response.content.count(f"{NEW}?name=".encode()) == 3


def test_an_example_is_already_typed(browser):
    form = browser.get(NEW, {"name": "Read ten pages"}).context["form"]

    assert form["name"].value() == "Read ten pages"


@pytest.mark.parametrize(
    ("days", "goal"),
    [
        (["64"], 0x40),
        (["32"], 0x20),
        (["1"], 0x01),
        ([TUESDAY, THURSDAY], 20),
        (["64", "32", "16", "8", "4", "2", "1"], 127),
        ([TUESDAY, TUESDAY], 16),
    ],
)
def test_the_weekdays_are_the_devices_mask(browser, days, goal):
    response = browser.post(NEW, {"name": "Run", "goal": days})

    assert response.status_code == 302
    assert Habit.objects.get().goal == goal


def test_the_weekdays_stand_in_the_order_of_the_reader_s_week(browser, alice):
    profile.change(alice, preferences={"week_start": "sunday"})

    choices = browser.get(NEW).context["form"].fields["goal"].choices

    assert [str(name) for _mask, name in choices] == [
        "Sun",
        "Mon",
        "Tue",
        "Wed",
        "Thu",
        "Fri",
        "Sat",
    ]
    assert [mask for mask, _name in choices] == [64, 32, 16, 8, 4, 2, 1]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "Walk"}, "Choose at least one day of the week."),
        ({"name": "", "goal": ["1"]}, "Give it a name."),
        ({"name": "Run", "goal": ["1"]}, "Another habit has this name."),
        (
            {"name": "Walk", "goal": ["128"]},
            "Select a valid choice. 128 is not one of the available choices.",
        ),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(browser, backup, typed, said):
    put(backup, habit("Run"))

    response = browser.post(NEW, typed)

    assert (response.status_code, errors(response)) == (200, [said])
    assert response.context["form"]["name"].value() == typed["name"]
    assert Habit.objects.count() == 1


def test_the_name_of_a_deleted_habit_is_free_and_its_undo_finds_another(browser, backup):
    put(backup, habit("Run"))
    restore = address("habit_restore")
    browser.post(address("habit_delete"))
    browser.post(NEW, {"name": "Run", "goal": ["1"]})

    browser.post(restore)

    assert sorted(Habit.objects.values_list("name", flat=True)) == ["Run", "Run (2)"]


def test_an_edit_keeps_the_ticks(browser, backup):
    put(backup, habit("Run", 127, {day_seconds(date(2026, 10, 13)): True}))

    shown = {"initial-name": "Run", "initial-goal": [64, 32, 16, 8, 4, 2, 1]}
    browser.post(address(), shown | {"name": "Jog", "goal": [TUESDAY]})

    assert Habit.objects.values_list("name", "goal").get() == ("Jog", 16)
    assert ticked() == [day_seconds(date(2026, 10, 13))]


def test_the_grid_tells_the_states_of_a_week_apart(browser, backup):
    days = {day_seconds(date(2026, 10, day)): True for day in (12, 13)}
    put(backup, habit("Run", 0x10 | 0x08 | 0x04, days))

    response = browser.get(LIST)

    assert states(response) == ["extra", "done", "due", "ahead", "ahead-off"] + ["ahead-off"] * 2
    assert "Monday, 12 October 2026: done, though not due" in response.content.decode()


def test_the_week_before_shows_what_was_missed(browser, backup):
    put(backup, habit("Run", 0x10, {day_seconds(date(2026, 10, 7)): True}))

    response = browser.get(LIST, {"week": "2026-10-07"})

    assert states(response) == ["off", "missed", "extra", "off", "off", "off", "off"]


def test_the_last_seven_days_end_today(browser, backup):
    put(backup, habit())

    days = browser.get(LIST, {"view": "last"}).context["days"]

    assert (days[0], days[-1], len(days)) == (date(2026, 10, 8), date(2026, 10, 14), 7)


@pytest.mark.parametrize(
    ("moment", "today"),
    [("2026-10-14 23:59", date(2026, 10, 14)), ("2026-10-15 00:01", date(2026, 10, 15))],
)
def test_today_is_the_day_of_the_device(browser, backup, moment, today):
    put(backup, habit())

    with time_machine.travel(at(moment), tick=False):
        cells = browser.get(LIST).context["rows"][0].cells

    assert [cell.day for cell in cells if cell.state == "due"] == [today]


def test_ticking_twice_is_one_tick(browser, backup):
    put(backup, habit())

    for _ in range(2):
        response = browser.post(day_address("2026-10-14"), {"done": "1"})

    backup.refresh_from_db()
    assert response.url == f"{LIST}#e-{Habit.objects.get().uuid}"
    assert (ticked(), backup.revision) == ([day_seconds(date(2026, 10, 14))], 2)


def test_taking_a_tick_back_clears_only_that_day(browser, backup):
    days = [day_seconds(date(2026, 10, day)) for day in (12, 13, 14)]
    put(backup, habit("Run", 127, dict.fromkeys(days, True)))

    browser.post(day_address("2026-10-13"), {"done": "0"})

    assert ticked() == [days[0], days[2]]


def test_a_day_that_has_not_come_is_refused(browser, backup):
    put(backup, habit())

    response = browser.post(day_address("2026-10-15"), {"done": "1"}, follow=True)

    assert "That day has not come yet." in response.content.decode()
    assert ticked() == []


@pytest.mark.parametrize("day", ["2026-02-30", "today", "1969-12-31", "20261014"])
def test_a_day_that_does_not_exist_is_not_found(browser, backup, day):
    put(backup, habit())

    assert browser.post(day_address(day), {"done": "1"}).status_code == 404


def test_a_deleted_habit_and_its_ticks_come_back(browser, backup):
    put(backup, habit("Run", 127, {day_seconds(date(2026, 10, 13)): True}))
    browser.post(address("habit_delete"))
    assert browser.get(LIST).context["rows"] == []

    browser.post(address("habit_restore"))

    assert states(browser.get(LIST))[:3] == ["missed", "done", "due"]


def test_a_tick_can_be_undone(browser, backup):
    put(backup, habit("Run", 127, {day_seconds(date(2026, 10, 13)): True}))
    browser.post(day_address("2026-10-14"), {"done": "1"})
    page = browser.get(LIST)
    undo = re.search(r'action="(/history/\d+/undo/)"', page.content.decode())[1]

    browser.post(undo)

    assert "Today: “Run” is done." in page.content.decode()
    assert ticked() == [day_seconds(date(2026, 10, 13))]


def test_a_habit_is_added_in_the_last_row_of_the_grid(browser, backup):
    put(backup, habit("Run"))
    content = browser.get(LIST).content.decode()
    masks = re.findall(r'form="add-habit" name="goal" value="(\d+)" checked', content)

    browser.post(NEW, {"name": "Walk", "goal": masks})

    assert masks == ["32", "16", "8", "4", "2"]
    assert Habit.objects.get(name="Walk").goal == 0x3E


def test_the_page_of_a_habit_tells_how_it_goes(browser, backup):
    days = {day_seconds(date(2026, 10, day)): True for day in (5, 6, 8, 12, 13)}
    put(backup, habit("Run", 0x20 | 0x10, days))

    page = browser.get(address())
    context = page.context

    # Each day of the map leads to its month, where it can be filled in.
    assert page.content.decode().count('#days" tabindex="-1"') == 13
    assert (context["streak"], context["best"], context["times"]) == (4, 4, 5)
    assert [(one.rate.done, one.rate.due, one.extra) for one in context["months"][:1]] == [
        (4, 4, 1)
    ]
    assert context["percent"] == round(100 * (1 - 0.5 ** (4 / (13 * (2 / 7) ** 0.5))))


def test_a_past_month_can_be_filled_and_leads_back_to_it(browser, backup):
    put(backup, habit("Run"))
    page = browser.get(address(), {"month": "2026-02"})

    response = browser.post(
        day_address("2026-02-03"), {"done": "1", "next": f"{address()}?month=2026-02"}
    )

    assert page.context["month"] == date(2026, 2, 1)
    assert response.url.startswith(f"{address()}?month=2026-02")
    assert ticked() == [day_seconds(date(2026, 2, 3))]


@pytest.mark.parametrize("month", ["2027-01", "nonsense", "2026-13", "0"])
def test_a_month_that_cannot_be_filled_leads_to_the_present_one(browser, backup, month):
    put(backup, habit("Run"))

    assert browser.get(address(), {"month": month}).context["month"] == date(2026, 10, 1)


def test_the_grid_stays_light_with_many_habits(browser, backup):
    put(backup, *(habit(f"Habit with a name of usual length {n}") for n in range(120)))

    response = browser.get(LIST)

    assert len(response.context["rows"]) == 30
    assert len(response.content) < 100_000


@pytest.mark.parametrize("count", [1, 400])
def test_the_page_of_a_habit_costs_the_same_for_any_number_of_ticks(
    browser, backup, django_assert_num_queries, count
):
    first = day_seconds(date(2026, 10, 13))
    put(backup, habit("Run", 127, {first - n * 86_400: True for n in range(count)}))

    with django_assert_num_queries(OF_A_HABIT):
        response = browser.get(address())

    assert len(response.content) < 100_000
