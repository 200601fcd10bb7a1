"""The page that brings in a factory's file, and tells how far it is while it works."""

from collections.abc import Iterator

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect

from devices import factory, inventory
from devices.admin.growing import grown, progress
from devices.admin.units import NOT_KEPT
from devices.factory import Progress, Report
from devices.forms.batches import ImportForm
from devices.forms.servicing import LabelsForm
from devices.models import Batch
from planner.uploads import InMemoryUpload

FAULTS_SHOWN = 50


def import_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask for a file; answer with a page that grows while its units are stored.

    It is exempt from the usual check of the form's token and makes it itself: the file's handler
    must stand before anything reads the form.
    """
    if not request.user.has_perm("devices.add_batch"):
        raise PermissionDenied
    request.upload_handlers = [InMemoryUpload(request)]
    return _import(request, site)


@csrf_protect
def _import(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if (first := site.confirmation(request)) is not None:
        return first
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {**site.each_context(request), "title": _("Import units"), "opts": Batch._meta}
    if not form.is_valid():
        page = "admin/devices/batch/import.html"
        return TemplateResponse(request, page, {**context, "form": form}, headers=NOT_KEPT)
    wanted = form.cleaned_data
    steps = factory.bring_in(wanted.pop("file"), **wanted, by=request.user)
    return grown(request, site, _("Import units"), _told(request, steps))


def _told(request: HttpRequest, steps: Iterator[Progress | Report]) -> Iterator[str]:
    for step in steps:
        yield progress(*step) if isinstance(step, Progress) else _report(request, step)


def _report(request: HttpRequest, report: Report) -> str:
    context = {
        "report": report,
        "faults": report.faults[:FAULTS_SHOWN],
        "left_out": max(0, len(report.faults) - FAULTS_SHOWN),
        "form": LabelsForm(initial={"units": inventory.as_csv(report.units)}),
        "has_codes": True,
    }
    return render_to_string("admin/devices/batch/_report.html", context, request)
