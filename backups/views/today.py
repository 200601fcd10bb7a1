"""Today: the day first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backups import agenda, grid
from backups.forms.quick import QuickForm
from backups.views.plans import Plan, plan_page

MOST = 20
"""So many events and habits of a day are shown."""


@require_safe
@plan_page
def today(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the tasks, events and habits of the device's day."""
    clock, backup = plan.clock, plan.backup
    day = clock.today
    events = agenda.events_of_days(backup, clock, day, day)
    habits = grid.rows_due(backup, clock, day)
    context = {
        "plan": plan,
        "day": day,
        "coming": agenda.next_event(backup, clock),
        "overdue": agenda.overdue(backup, clock),
        "tasks": agenda.tasks_of_day(backup, clock, day),
        "events": list(events)[:MOST],
        "more_events": max(0, len(events) - MOST),
        "habits": habits[:MOST],
        "more_habits": max(0, len(habits) - MOST),
        "quick": QuickForm(clock=clock, initial={"day": day}),
        "samples": _samples(plan),
    }
    return render(request, "backups/today.html", context)


def _samples(plan: Plan) -> tuple[str, ...]:
    """Return what a person whose plan is empty may begin with."""
    if plan.backup.live_count or not plan.may_write:
        return ()
    return _("Water the plants"), _("Call grandma"), _("Tidy the desk")
