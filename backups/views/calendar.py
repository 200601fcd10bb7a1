"""The month, and one day of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from backups import agenda, calendars
from backups.views.plans import Plan, plan_page

SHOWN_A_DAY = 3


@dataclass(frozen=True)
class Box:
    """One day of a month, with what is on it."""

    day: date
    entries: list

    @property
    def shown(self) -> list:
        return self.entries[:SHOWN_A_DAY]

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
def day(request: HttpRequest, plan: Plan, day: str) -> HttpResponse:
    """Show exactly what touches one day of the device."""
    asked = calendars.shown_day(day)
    if asked is None:
        return redirect("backups:calendar")
    entries = agenda.entries_by_day(plan.backup, plan.clock, [asked])[asked]
    context = {
        "plan": plan,
        "day": asked,
        "events": [entry for entry in entries if entry.kind.name == "event"],
        "tasks": [entry for entry in entries if entry.kind.name == "task"],
        "habits": agenda.habits_due(plan.backup, plan.clock, asked),
        "before": calendars.shown_day(str(asked - timedelta(days=1))),
        "after": calendars.shown_day(str(asked + timedelta(days=1))),
    }
    return render(request, "backups/day.html", context)


def _month(request: HttpRequest, plan: Plan, first: date) -> HttpResponse:
    weeks = calendars.month_weeks(first.year, first.month, plan.clock.first_weekday)
    days = [day for week in weeks for day in week]
    entries = agenda.entries_by_day(plan.backup, plan.clock, days)
    boxes = {day: Box(day, entries[day]) for day in days}
    context = {
        "plan": plan,
        "month": first,
        "weekdays": weeks[0],
        "weeks": [[boxes[day] for day in week] for week in weeks],
        "busy": [box for box in boxes.values() if box.entries and box.day.month == first.month],
        "before": calendars.month_after(first, -1),
        "after": calendars.month_after(first),
    }
    return render(request, "backups/calendar.html", context)
