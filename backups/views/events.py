"""The list of events, and what can be done to one."""

from datetime import time, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views.answers import form_methods
from backups import agenda, changes
from backups.actors import Actor
from backups.forms.events import EventForm, MoveForm
from backups.forms.quick import QuickForm
from backups.items import Item
from backups.models import Event
from backups.outcomes import Pushed
from backups.templatetags.entries import event_words
from backups.views import editing, selecting
from backups.views.editing import Pages
from backups.views.plans import Plan, back, day_asked, plan_page, tell, writer
from planner.problems import RuleError


def meanwhile_words(plan: Plan, uuid: UUID) -> str:
    """Return what else goes on during an event: "At the same time: Dinner (Today 20:30 – …)"."""
    found = agenda.meanwhile(plan.backup, EVENTS.find(plan, uuid))
    told = ", ".join(f"{editing.short(one.name)} ({event_words(one, plan.clock)})" for one in found)
    return _("At the same time: %(events)s") % {"events": told} if told else ""


EVENTS = Pages("event", Event, EventForm, "backups:events", meanwhile_words)
A_PAGE = 70
"""So many rows, with those that are over, weigh less than 100 kB."""
USUAL_MINUTES = 60


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


@require_POST
@plan_page
def events_change(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Do one thing to all selected events, in one commit that one Undo takes back."""
    return selecting.change(request, plan, EVENTS)


@form_methods
@plan_page
def event_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add an event."""
    soon = plan.clock.local(plan.clock.now) + timedelta(hours=1)
    initial = {
        "name": request.GET.get("name", ""),
        "day": day_asked(request, plan) if "day" in request.GET else soon.date(),
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
    plan.check_writer()
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
def event_move(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Move an event by days and minutes, unless it is no longer where the page showed it."""
    EVENTS.find(plan, uuid)
    actor, form = writer(request, plan), MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("It cannot be moved like that."))
        return back(request, EVENTS.listed, uuid)
    try:
        pushed = _move(plan, uuid, form, actor)
    except RuleError as error:
        if error.slug not in ("invalid", "precondition-failed"):
            raise
        messages.error(request, error.detail)
        return back(request, EVENTS.listed, uuid)
    if pushed.results[0].outcome == "applied":
        event = EVENTS.find(plan, uuid)
        words = {"name": editing.short(event.name), "when": event_words(event, plan.clock)}
        text = _("“%(name)s” is moved: %(when)s.") % words
        tell(request, f"{text} {meanwhile_words(plan, uuid)}".strip(), pushed.revision)
    return back(request, EVENTS.listed, uuid)


@transaction.atomic
def _move(plan: Plan, uuid: UUID, form: MoveForm, actor: Actor) -> Pushed:
    changes.lock(plan.backup, actor)
    fields = form.fields_of(EVENTS.find(plan, uuid), plan.clock)
    return changes.push(plan.backup, [Item("event", str(uuid), fields)], actor)


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
