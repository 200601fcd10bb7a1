"""The past of a plan: restore points, who changed what, any moment, and bringing it back."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from backups import history as log
from backups import past, points, restore, skips
from backups.calendars import WallClock, shown_day
from backups.files import FORMS
from backups.forms.base import name_field
from backups.items import Item
from backups.merge import day_named
from backups.models import Overruled
from backups.stills import Difference, listed, tally
from backups.templatetags.entries import KIND_NAMES, day_words
from backups.views.plans import (
    Plan,
    plan_page,
    push,
    tell,
    tell_differences,
    way_back,
    writer,
)
from planner.problems import RuleError
from planner.times import next_midnight

LATEST = 2**53
COMMITS = 20
LISTED = 200
"""So many differences and entries are shown; a file of the plan has them all."""


class PinForm(forms.Form):
    """What a restore point is called."""

    name = name_field(placeholder=gettext_lazy("Name of this moment"))


class RestoreForm(forms.Form):
    """The revision to bring back, and the one that the plan had in the preview."""

    revision = forms.IntegerField(min_value=0, max_value=LATEST)
    expected = forms.IntegerField(min_value=0, max_value=LATEST)


@require_safe
@plan_page
def history(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the restore points, and who changed what."""
    before = request.GET.get("before", "")
    revision = int(before) if before.isdecimal() and len(before) < 16 else None
    told_of = past.commits(plan.backup, before=revision, most=COMMITS + 1)
    context = {
        "plan": plan,
        "points": plan.backup.points.order_by("-created_at", "-pk"),
        "commits": told_of[:COMMITS],
        "earlier": told_of[COMMITS - 1].commit.revision if len(told_of) > COMMITS else None,
        "newest": revision is None,
        "form": PinForm(),
        "forms": [(name, form.words) for name, form in FORMS.items()],
        "ago": 1,
        "days": points.KEPT.days,
    }
    return render(request, "backups/history.html", context)


@require_safe
@plan_page
def moment(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show the plan as it stood at a point, a revision or the end of a day, beside today's."""
    try:
        revision, title = _asked(request, plan)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("backups:history")
    found = restore.preview(plan.backup, revision)
    stood = log.plan(plan.backup, revision)
    context = {
        "plan": plan,
        "title": title,
        "revision": revision,
        "ago": _ago(request),
        "days": points.KEPT.days,
        "differences": listed(found)[:LISTED],
        "total": len(found),
        "more": max(0, len(found) - LISTED),
        "summary": summary(found),
        "skips": skips.are_noted(plan.backup),
        "stood": [
            (words, [one.values["name"] for one in stood.values() if one.kind == kind])
            for kind, words in KIND_NAMES.items()
        ],
    }
    return render(request, "backups/moment.html", context)


@require_POST
@plan_page
def history_restore(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Bring a revision back, unless the plan changed since it was previewed."""
    form, actor = RestoreForm(request.POST), writer(request, plan)
    if not form.is_valid():
        raise Http404
    revision, expected = form.cleaned_data["revision"], form.cleaned_data["expected"]
    preview = f"{reverse('backups:moment')}?revision={revision}"
    if not points.is_kept(plan.backup, revision):
        raise Http404
    try:
        done = restore.restore(plan.backup, revision, actor, expected=expected)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect(preview)
    count = len(done.differences)
    words = ngettext("%(count)d entry is as it was.", "%(count)d entries are as they were.", count)
    return tell_differences(request, done, words, _("Nothing differs from the plan of now."))


@require_POST
@plan_page
def history_undo(request: HttpRequest, plan: Plan, revision: int) -> HttpResponse:
    """Take back what one commit did, where nobody changed it again."""
    actor = writer(request, plan)
    if not points.is_kept(plan.backup, revision - 1) or revision > plan.backup.revision:
        raise Http404
    try:
        done = restore.undo(plan.backup, revision, actor)
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect(way_back(request, "backups:history"))
    if done.differences:
        tell(request, _("It is undone."), done.revision)
    else:
        messages.warning(request, _("There is nothing left to undo: it was changed again since."))
    return redirect(way_back(request, "backups:history"))


@require_POST
@plan_page
def history_pin(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Keep the plan as it is now under a name."""
    form, actor = PinForm(request.POST), writer(request, plan)
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            points.pin_named(plan.backup, name, actor)
        except RuleError as error:
            messages.error(request, error.detail)
        else:
            messages.success(request, _("“%s” is kept.") % name)
    else:
        messages.error(request, form.errors["name"][0])
    return redirect("backups:history")


@require_POST
@plan_page
def history_remove(request: HttpRequest, plan: Plan, id: int) -> HttpResponse:
    """Forget a named restore point."""
    plan.check_writer()
    points.remove(get_object_or_404(plan.backup.points, pk=id, reason=points.Reason.NAMED))
    messages.success(request, _("The restore point is removed."))
    return redirect("backups:history")


@require_POST
@plan_page
def lost_use(request: HttpRequest, plan: Plan, lost: int) -> HttpResponse:
    """Bring a value back that lost to a newer state, as a change of now."""
    plan.check_writer()
    tried = get_object_or_404(Overruled.objects.filter(backup=plan.backup), pk=lost)
    pushed = push(request, plan, _item(tried))
    [result] = pushed.results
    if result.errors:
        messages.error(request, result.errors[0]["detail"])
    elif result.outcome == "applied":
        tell(request, _("It is as it was tried."), pushed.revision)
    return redirect(way_back(request, "backups:today"))


def summary(found: list[Difference]) -> list[str]:
    """Return in words how much a restore would do."""
    back, changed, gone = tally(found).values()
    parts = (
        (back, ngettext("%(count)d comes back", "%(count)d come back", back)),
        (changed, ngettext("%(count)d changes", "%(count)d change", changed)),
        (gone, ngettext("%(count)d goes", "%(count)d go", gone)),
    )
    return [words % {"count": count} for count, words in parts if count]


def _asked(request: HttpRequest, plan: Plan) -> tuple[int, str]:
    """Return the revision that the address asks for, and what to call it."""
    point, revision = request.GET.get("point", ""), request.GET.get("revision", "")
    if point.isdecimal() and len(point) < 19:
        found = get_object_or_404(plan.backup.points, pk=int(point))
        return found.revision, str(found)
    if revision.isdecimal() and len(revision) < 16 and int(revision) <= plan.backup.revision:
        if not points.is_kept(plan.backup, int(revision)):
            raise Http404
        return int(revision), _("Before that change")
    day = _day(request, plan.clock)
    end = min(next_midnight(day, plan.clock.zone) - 1, plan.clock.now)
    words = {"day": day_words(day, plan.clock)}
    title = _("Now") if day == plan.clock.today else _("%(day)s, end of the day") % words
    return points.revision_at(plan.backup, end), title


def _day(request: HttpRequest, clock: WallClock) -> date:
    """Return the day asked for, by its date or by how many days ago it is."""
    if asked := shown_day(request.GET.get("day", "")):
        return min(asked, clock.today)
    return clock.today - timedelta(days=_ago(request))


def _ago(request: HttpRequest) -> int:
    ago = request.GET.get("ago", "")
    return min(int(ago), points.KEPT.days) if ago.isdecimal() and len(ago) < 4 else 0


def _item(lost: Overruled) -> Item:
    """Return the change that makes what lost."""
    item = Item(lost.type, str(lost.uuid), restored=lost.reason == "deleted")
    if lost.field == "deleted":
        return item._replace(deleted=True)
    if (day := day_named(lost.field)) is not None:
        return item._replace(days={day: bool(lost.value)})
    return item._replace(fields={lost.field: lost.value})
