"""The calendar: a month, a week, a day, and what comes."""

from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from backups import agenda, calendars, grid, timetable
from backups.boxes import EventBox, TaskBox
from backups.coming import what_comes
from backups.views.plans import Plan, day_asked, plan_page

SHOWN_A_DAY = 3
TASKS_LISTED, EVENTS_LISTED, HABITS_LISTED = 30, 20, 20
"""So many rows a day's lists show; the rest is counted, and stands on the pages of lists."""

WEEK_LISTED = 20
FULL_DAY = 10
"""With more on one of its days, a week is printed smaller."""


@dataclass(frozen=True)
class Box:
    """One day of a month or of a week's list, with what is on it."""

    day: date
    entries: list
    most: int = SHOWN_A_DAY

    @property
    def shown(self) -> list:
        return self.entries[: self.most]

    @property
    def more(self) -> int:
        """How many entries there is no room for."""
        return len(self.entries) - len(self.shown)


@require_safe
@plan_page
def calendar(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the month that the device is in."""
    return _month(request, plan, plan.clock.today.replace(day=1))


@require_safe
@plan_page
def month(request: HttpRequest, plan: Plan, year: int, month: int) -> HttpResponse:
    """Show a month; one that no calendar or no device has leads to the nearest."""
    nearest = calendars.nearest_month(year, month)
    if (nearest.year, nearest.month) != (year, month):
        return redirect("backups:calendar_month", nearest.year, nearest.month)
    return _month(request, plan, nearest)


@require_safe
@plan_page
def this_week(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the week that the device is in."""
    return _week(request, plan, plan.clock.today)


@require_safe
@plan_page
def week(request: HttpRequest, plan: Plan, day: str) -> HttpResponse:
    """Show the week that a day is in, hour by hour; what is no day leads to the nearest."""
    nearest = calendars.nearest_day(day, plan.clock.today)
    if nearest.isoformat() != day:
        return redirect("backups:calendar_week", nearest)
    return _week(request, plan, nearest)


@require_safe
@plan_page
def day(request: HttpRequest, plan: Plan, day: str) -> HttpResponse:
    """Show exactly what touches one day of the device; what is no day leads to the nearest."""
    asked = calendars.nearest_day(day, plan.clock.today)
    if asked.isoformat() != day:
        return redirect("backups:calendar_day", asked)
    entries = agenda.entries_by_day(plan.backup, plan.clock, [asked], whole=True)
    events = [entry for entry in entries[asked] if entry.kind.name == "event"]
    tasks = [entry for entry in entries[asked] if entry.kind.name == "task"]
    habits = grid.due(plan.backup, asked)
    context = {
        "plan": plan,
        "view": "day",
        "day": asked,
        "table": timetable.timetable(entries, plan.clock, timetable.DAY),
        "events": events[:EVENTS_LISTED],
        "more_events": len(events[EVENTS_LISTED:]),
        "tasks": tasks[:TASKS_LISTED],
        "more_tasks": len(tasks[TASKS_LISTED:]),
        "habits": grid.rows(plan.backup, plan.clock, [asked], habits[:HABITS_LISTED]),
        "more_habits": len(habits[HABITS_LISTED:]),
        "before": calendars.day_after(asked, -1),
        "after": calendars.day_after(asked),
    }
    return render(request, "backups/day.html", context)


@require_safe
@plan_page
def coming(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what comes from now on, or from the day that the address asks for."""
    first = max(day_asked(request, plan, "from"), plan.clock.today)
    found = what_comes(plan.backup, plan.clock, first)
    context = {"plan": plan, "view": "agenda", "day": first, "found": found}
    return render(request, "backups/coming.html", context)


def _month(request: HttpRequest, plan: Plan, first: date) -> HttpResponse:
    clock = plan.clock
    weeks = calendars.month_weeks(first.year, first.month, clock.first_weekday)
    days = [day for week in weeks for day in week]
    entries = agenda.entries_by_day(plan.backup, clock, days)
    boxes = {day: Box(day, entries[day]) for day in days}
    is_present = (first.year, first.month) == (clock.today.year, clock.today.month)
    context = {
        "plan": plan,
        "view": "month",
        "month": first,
        "day": clock.today if is_present else first,
        "weekdays": weeks[0],
        "weeks": [[boxes[day] for day in week] for week in weeks],
        "busy": [
            Box(day, _by_time(entries[day]))
            for day in days
            if entries[day] and day.month == first.month and not (is_present and day < clock.today)
        ],
        "before": calendars.month_after(first, -1),
        "after": calendars.month_after(first),
        "year_before": calendars.month_after(first, -12),
        "year_after": calendars.month_after(first, 12),
    }
    return render(request, "backups/calendar.html", context)


def _week(request: HttpRequest, plan: Plan, asked: date) -> HttpResponse:
    days = calendars.week(asked, plan.clock.first_weekday)
    entries = agenda.entries_by_day(plan.backup, plan.clock, days)
    habits = grid.habits(plan.backup).exclude(goal=0)[:HABITS_LISTED]
    context = {
        "plan": plan,
        "view": "week",
        "day": asked,
        "days": days,
        "last": days[-1],
        "table": timetable.timetable(entries, plan.clock, timetable.WEEK),
        "boxes": [Box(day, _by_time(entries[day]), WEEK_LISTED) for day in days],
        "is_full": any(len(entries[day]) > FULL_DAY for day in days),
        "habits": grid.rows(plan.backup, plan.clock, days, habits),
        "is_present": plan.clock.today in days,
        "before": calendars.day_after(asked, -7),
        "after": calendars.day_after(asked, 7),
    }
    return render(request, "backups/week.html", context)


def _by_time(entries: list[EventBox | TaskBox]) -> list[EventBox | TaskBox]:
    """Return what is on a day in the order of the clock, for lists that tell the times."""
    return sorted(entries, key=attrgetter("at"))
