"""The page that changes what is written down about many units, by a CSV file shown before."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect

from devices import describing
from devices.admin.units import NOT_KEPT
from devices.describing import Report
from devices.forms.batches import ConfirmUpdateForm, UpdateForm
from devices.models import Device
from planner.uploads import InMemoryUpload

SHOWN = 200


def update_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask for a file, show what it changes, and change it; `importing` says why it is so made."""
    if not request.user.has_perm("devices.change_device"):
        raise PermissionDenied
    request.upload_handlers = [InMemoryUpload(request)]
    return _update(request, site)


@csrf_protect
def _update(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if "digest" in request.POST:
        return _confirmed(request, site)
    form = UpdateForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _page(request, site, "update", {"form": form})
    text = form.cleaned_data["file"]
    return _preview(request, site, text, describing.update(text, by=request.user))


def _confirmed(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Change what was shown; what would be something else by now is shown again."""
    form = ConfirmUpdateForm(request.POST)
    text, shown = request.POST.get("text", ""), request.POST["digest"]
    told = {"reason": form.cleaned_data["reason"], "shown": shown} if form.is_valid() else {}
    found = describing.update(text, by=request.user, **told)
    is_shown = found.digest == shown
    if not (told and is_shown and not found.faults):
        if told and not is_shown:
            messages.warning(request, _("This has changed meanwhile: look again."))
        return _preview(request, site, text, found, form if is_shown else None)
    count = len(found.changes)
    words = ngettext("%d unit is changed.", "%d units are changed.", count) % count
    messages.success(request, words)
    return redirect("admin:devices_device_changelist")


def _preview(
    request: HttpRequest,
    site: AdminSite,
    text: str,
    report: Report,
    form: ConfirmUpdateForm | None = None,
) -> HttpResponse:
    context = {
        "report": report,
        "changes": list(report.changes.items())[:SHOWN],
        "faults": report.faults[:SHOWN],
        "left_out": max(0, max(len(report.changes), len(report.faults)) - SHOWN),
        "form": form or ConfirmUpdateForm(initial={"text": text, "digest": report.digest}),
    }
    return _page(request, site, "update_preview", context)


def _page(
    request: HttpRequest, site: AdminSite, name: str, context: dict[str, Any]
) -> HttpResponse:
    shown = {**site.each_context(request), "title": _("Change by CSV"), "opts": Device._meta}
    template = f"admin/devices/device/{name}.html"
    return TemplateResponse(request, template, {**shown, **context}, headers=NOT_KEPT)
