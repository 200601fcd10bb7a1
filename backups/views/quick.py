"""Adding by plain words: one line, what it would become, and many lines at once."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.views.answers import form_methods
from backups import drafts
from backups.drafts import Draft
from backups.forms.quick import LinesForm, QuickForm, ReadForm
from backups.templatetags.entries import in_words
from backups.views.editing import short
from backups.views.plans import Plan, back, plan_page, tell, way_back, writer
from planner.problems import RuleError


@require_POST
@plan_page
def quick(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Add what one line says, and tell how it was understood."""
    form = QuickForm(request.POST, clock=plan.clock)
    plan.check_writer()
    if not form.is_valid():
        return _show(request, plan, "quick", form)
    if form.draft.entry is None:
        asked = {"name": form.draft.reading.name, **_next(request)}
        return redirect(f"{reverse('backups:event_new')}?{urlencode(asked)}")
    try:
        revision, ids = drafts.add(plan.backup, [form.draft], writer(request, plan))
    except RuleError as error:
        form.add_error(None, error.detail)
        return _show(request, plan, "quick", form)
    edit = reverse(f"backups:{form.draft.kind}", args=ids)
    tell(request, _added(form.draft, plan), revision, f"{edit}?{urlencode(_next(request))}")
    return back(request, "backups:today", ids[0])


@require_safe
@plan_page
def quick_preview(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what a line would become, beside the field it is typed into."""
    plan.check_writer()
    form = QuickForm(request.GET, clock=plan.clock)
    form.is_valid()
    return render(request, "backups/_read.html", {"plan": plan, "form": form})


@form_methods
@plan_page
def quick_lines(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Show what many lines would become; add them in one push."""
    plan.check_writer()
    form = LinesForm(request.POST or None, clock=plan.clock)
    if form.is_valid() and "add" in request.POST and form.is_fit:
        try:
            revision, _ids = drafts.add(plan.backup, form.drafts, writer(request, plan))
        except RuleError as error:
            form.add_error(None, error.detail)
        else:
            tell(request, _count_added(len(form.drafts)), revision)
            return back(request, "backups:tasks")
    return _show(request, plan, "lines", form)


def _show(request: HttpRequest, plan: Plan, name: str, form: ReadForm) -> HttpResponse:
    return render(request, f"backups/{name}.html", {"plan": plan, "form": form, **_next(request)})


def _count_added(count: int) -> str:
    words = ngettext("%(count)d entry is added.", "%(count)d entries are added.", count)
    return words % {"count": count}


def _added(draft: Draft, plan: Plan) -> str:
    words = {"name": short(draft.reading.name), "when": in_words(draft.entry, plan.clock)}
    return _("“%(name)s” is added: %(when)s.") % words


def _next(request: HttpRequest) -> dict[str, str]:
    return {"next": way_back(request, "backups:today")}
