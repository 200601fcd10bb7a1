"""Today: the day first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backups import agenda, grid
from backups.forms.quick import QuickForm
from backups.views.plans import Plan, plan_page

LATE_LISTED, TASKS_LISTED, EVENTS_LISTED, HABITS_LISTED = 20, 30, 20, 20
"""So many rows the lists show; the rest is counted, and stands on the pages of lists."""


@require_safe
@plan_page
def today(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the tasks, events and habits of the device's day."""
    clock, backup = plan.clock, plan.backup
    day = clock.today
    events = agenda.beginning(agenda.events_of_days(backup, clock, day, day), EVENTS_LISTED)
    habits = grid.due(backup, day)
    context = {
        "plan": plan,
        "day": day,
        "coming": agenda.next_event(backup, clock),
        "overdue": agenda.beginning(agenda.overdue(backup, clock), LATE_LISTED),
        "tasks": agenda.beginning(agenda.tasks_of_day(backup, clock, day), TASKS_LISTED),
        "events": events.items,
        "more_events": events.more,
        "habits": grid.rows(backup, clock, [day], habits[:HABITS_LISTED]),
        "more_habits": len(habits[HABITS_LISTED:]),
        "quick": QuickForm(clock=clock, initial={"day": day}),
        "samples": _samples(plan),
    }
    return render(request, "backups/today.html", context)


def _samples(plan: Plan) -> tuple[str, ...]:
    """Return what a person whose plan is empty may begin with."""
    if plan.backup.live_count or not plan.may_write:
        return ()
    return _("Water the plants"), _("Call grandma"), _("Tidy the desk")
