"""One thing done to all entries that are selected in a list: the same for tasks and events."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups import bulk
from backups.forms.selection import SelectionForm
from backups.views.editing import Pages
from backups.views.plans import Plan, back, tell, writer
from planner.problems import RuleError


def change(request: HttpRequest, plan: Plan, pages: Pages) -> HttpResponse:
    """Do what was asked to all selected entries, in one commit that one Undo takes back."""
    form = SelectionForm(request.POST, kind=pages.kind, clock=plan.clock)
    actor = writer(request, plan)
    try:
        chosen = form.chosen(plan.backup) if form.is_valid() else set()
        if not chosen:
            messages.error(request, _fault(form))
        else:
            done = bulk.apply(plan.backup, chosen, form.action, actor)
            _tell(request, pages.kind, form.cleaned_data["act"], done)
    except RuleError as error:
        messages.error(request, error.detail)
    return back(request, pages.listed)


def _fault(form: SelectionForm) -> str:
    if not form.is_valid():
        return next(iter(form.errors.values()))[0]
    if form.kind == "event":
        return _("Select at least one event.")
    return _("Select at least one task.")


def _tell(request: HttpRequest, kind: str, act: str, done: bulk.Done) -> None:
    if not done.changed:
        messages.info(request, _("Nothing changed: they were so already, or are gone."))
        return
    count = done.changed
    match kind, act == "delete":
        case "event", True:
            words = ngettext("%(count)d event is deleted.", "%(count)d events are deleted.", count)
        case "event", False:
            words = ngettext("%(count)d event is moved.", "%(count)d events are moved.", count)
        case _, True:
            words = ngettext("%(count)d task is deleted.", "%(count)d tasks are deleted.", count)
        case _:
            words = ngettext("%(count)d task is changed.", "%(count)d tasks are changed.", count)
    tell(request, words % {"count": count}, done.revision)
