"""The week grid of habits, and what can be done to one."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backups import agenda, calendars
from backups.forms.habits import HabitForm
from backups.items import Item
from backups.models import Habit
from backups.views import editing
from backups.views.editing import Pages
from backups.views.plans import Plan, back, day_asked, plan_page, write
from planner.times import day_seconds

HABITS = Pages("habit", Habit, HabitForm, "backups:habits")
A_WEEK = timedelta(days=7)
MONDAY_TO_FRIDAY = (0x20, 0x10, 0x08, 0x04, 0x02)
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@plan_page
def habits(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show every habit on each day of a week, or of the last seven days."""
    today, asked = plan.clock.today, day_asked(request, plan, "week")
    last_seven = request.GET.get("view") == "last"
    days = calendars.week(asked, plan.clock.first_weekday)
    if last_seven:
        days = [today - timedelta(days=6 - number) for number in range(7)]
    context = {
        "plan": plan,
        "days": days,
        "rows": agenda.habit_rows(plan.backup, plan.clock, days),
        "last_seven": last_seven,
        "this_week": today in days,
        "before": days[0] - A_WEEK,
        "after": days[0] + A_WEEK,
        "examples": (_("Drink a glass of water"), _("Read ten pages"), _("Go for a walk")),
    }
    return render(request, "backups/habits.html", context)


@form_methods
@plan_page
def habit_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add a habit."""
    initial = {"name": request.GET.get("name", ""), "goal": MONDAY_TO_FRIDAY}
    return editing.add(request, plan, HABITS, initial)


@form_methods
@plan_page
def habit(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Show and change a habit."""
    return editing.edit(request, plan, HABITS, uuid)


@require_POST
@plan_page
def habit_day(request: HttpRequest, plan: Plan, uuid: UUID, day: str) -> HttpResponse:
    """Tick or clear one day of a habit; a day that has not come is refused."""
    HABITS.find(plan, uuid)
    date = calendars.shown_day(day)
    if date is None:
        raise Http404
    if date > plan.clock.today:
        messages.error(request, _("That day has not come yet."))
    else:
        done = request.POST.get("done") == "1"
        write(request, plan, Item("habit", str(uuid), days={day_seconds(date): done}))
    return back(request, HABITS.listed, uuid)


@require_POST
@plan_page
def habit_delete(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Delete a habit."""
    return editing.delete(request, plan, HABITS, uuid)


@require_POST
@plan_page
def habit_restore(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Bring a deleted habit back."""
    return editing.restore(request, plan, HABITS, uuid)
