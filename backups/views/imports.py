"""A file into the plan: chosen, previewed, taken in, and undone by one press."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.views.answers import form_methods
from backups import files, imports, waiting_imports
from backups.models import WaitingImport
from backups.stills import listed
from backups.views.plans import Plan, plan_page, tell_differences, writer
from planner.problems import RuleError

MODES = {
    imports.MERGE: gettext_lazy("Add it to the plan"),
    imports.REPLACE: gettext_lazy("Replace the plan by it"),
}
ACCEPTED = ".json,.db,.sqlite,.ics,.ical,.csv"
LISTED = 200


class ImportForm(forms.Form):
    """A file and what to do with it; times without a zone are on the clocks of `zone`."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A plan from here (JSON), a device's own database (SQLite), a calendar (ICS) or a "
            "project of Todoist (CSV)."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": gettext_lazy("Pick a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("What to do with it"),
        choices=list(MODES.items()),
        initial=imports.MERGE,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **named: Any) -> None:
        super().__init__(*args, **named)
        self.zone = zone

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large to be a plan, and what is none."""
        file = self.cleaned_data["file"]
        try:
            files.check_size(file)
            self.found = files.read_file(file, self.zone)
        except RuleError as error:
            raise ValidationError(error.detail) from None
        return file


@form_methods
@plan_page
def import_new(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Take a file, read it, and lead to its preview."""
    actor = writer(request, plan)
    form = ImportForm(request.POST or None, request.FILES or None, zone=plan.clock.zone)
    if form.is_valid():
        mode = form.cleaned_data["mode"]
        kept = waiting_imports.keep(plan.backup, actor, mode, form.found)
        return redirect("backups:import", kept.pk)
    return render(request, "backups/import_new.html", {"plan": plan, "form": form})


@form_methods
@plan_page
def import_one(request: HttpRequest, plan: Plan, uuid: UUID) -> HttpResponse:
    """Show what the file would change; on a yes, change it."""
    actor = writer(request, plan)
    own = WaitingImport.objects.filter(backup=plan.backup, person_id=actor.person_id)
    kept = get_object_or_404(own, pk=uuid)
    found = waiting_imports.found_in(kept)
    if request.method == "POST":
        return _take_in(request, plan, kept, found)
    differences = imports.preview(plan.backup, found, kept.mode)
    counts = imports.counted(found, differences)
    context = {
        "plan": plan,
        "mode": MODES[kept.mode],
        "summary": summary(counts),
        "nothing": nothing(counts),
        "differences": listed(differences)[:LISTED],
        "total": len(differences),
        "more": max(0, len(differences) - LISTED),
        "faults": found.faults,
        "notes": imports.noted(found),
    }
    return render(request, "backups/import.html", context)


def summary(counts: dict[str, int]) -> list[str]:
    """Return in words what is new, changed, gone, passed over and not understood."""
    same = ngettext("%(count)d is there already", "%(count)d are there already", counts["same"])
    words = {
        "new": _("%(count)d new"),
        "changed": _("%(count)d changed"),
        "gone": _("%(count)d gone"),
        "same": same,
        "bad": _("%(count)d not understood"),
    }
    return [words[name] % {"count": counts[name]} for name in words if counts[name]]


def nothing(counts: dict[str, int]) -> str:
    """Return in words why a file that changes nothing does so."""
    if not counts["same"]:
        return _("No entry of this file can be taken in.")
    if counts["bad"]:
        return _("The plan holds already what is understood of this file.")
    return _("The plan holds all of this file already.")


def _take_in(
    request: HttpRequest, plan: Plan, kept: WaitingImport, found: imports.Found
) -> HttpResponse:
    try:
        done = imports.import_plan(plan.backup, found, kept.mode, writer(request, plan))
    except RuleError as error:
        messages.error(request, error.detail)
        return redirect("backups:import", kept.pk)
    kept.delete()
    count = len(done.differences)
    words = ngettext("%(count)d entry is taken in.", "%(count)d entries are taken in.", count)
    return tell_differences(request, done, words, _("The plan holds all of this file already."))
