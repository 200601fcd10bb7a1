"""The list of events, and what can be done to one."""

from datetime import time, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backups import agenda
from backups.forms.events import EventForm
from backups.forms.quick import QuickForm
from backups.models import Event
from backups.templatetags.entries import event_words
from backups.views import editing
from backups.views.editing import Pages
from backups.views.plans import Plan, day_asked, plan_page


def meanwhile_words(plan: Plan, uuid: UUID) -> str:
    """Return what else goes on during an event: "At the same time: Dinner (Today 20:30 – …)"."""
    found = agenda.meanwhile(plan.backup, EVENTS.find(plan, uuid))
    told = ", ".join(f"{editing.short(one.name)} ({event_words(one, plan.clock)})" for one in found)
    return _("At the same time: %(events)s") % {"events": told} if told else ""


EVENTS = Pages("event", Event, EventForm, "backups:events", meanwhile_words)
A_PAGE = 80
"""So many rows, with those that are over, weigh less than 100 kB."""
USUAL_MINUTES = 60
form_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@plan_page
def events(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what goes on and what comes, day by day; what is over is folded."""
    ahead = Paginator(agenda.events_ahead(plan.backup, plan.clock), A_PAGE)
    page = ahead.get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "page": page,
        "days": agenda.events_by_day(page, plan.clock),
        "past": agenda.events_past(plan.backup, plan.clock),
        "quick": QuickForm(clock=plan.clock, initial={"kind": "event"}),
    }
    return render(request, "backups/events.html", context)


@form_methods
@plan_page
def event_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add an event."""
    soon = plan.clock.local(plan.clock.now) + timedelta(hours=1)
    initial = {
        "name": request.GET.get("name", ""),
        "day": day_asked(request, plan),
        "start": _start_asked(request) or soon.time().replace(minute=0, second=0, microsecond=0),
        "length": USUAL_MINUTES,
    }
    return editing.add(request, plan, EVENTS, initial)


def _start_asked(request: HttpRequest) -> time | None:
    try:
        return time.fromisoformat(request.GET.get("start", "")).replace(second=0, tzinfo=None)
    except ValueError:
        return None


@form_methods
@plan_page
def event(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Show and change an event, and tell what else goes on meanwhile."""
    meanwhile = agenda.meanwhile(plan.backup, EVENTS.find(plan, uuid))
    return editing.edit(request, plan, EVENTS, uuid, meanwhile=meanwhile)


@require_safe
@plan_page
def events_meanwhile(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what else goes on during an event whose times are being typed."""
    if not plan.may_write:
        raise PermissionDenied
    event = EventForm(request.GET, clock=plan.clock).span
    if event:
        event.uuid = _id_asked(request)
    meanwhile = agenda.meanwhile(plan.backup, event) if event else []
    return render(request, "backups/_meanwhile.html", {"plan": plan, "meanwhile": meanwhile})


def _id_asked(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("but", ""))
    except ValueError:
        return None


@require_POST
@plan_page
def event_delete(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Delete an event."""
    return editing.delete(request, plan, EVENTS, uuid)


@require_POST
@plan_page
def event_restore(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Bring a deleted event back."""
    return editing.restore(request, plan, EVENTS, uuid)
