"""Units in clear: shown once by the answer that made them, and on the sheets printed from it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from devices import inventory, labels, printing
from devices.forms.servicing import LabelsForm
from devices.inventory import Unit
from devices.models import Device

NOT_KEPT = {"Cache-Control": "no-store"}


def may_print(request: HttpRequest) -> bool:
    """Whoever may make units or codes may print them."""
    return any(map(request.user.has_perm, ("devices.add_batch", "devices.recode_device")))


def show(request: HttpRequest, site: AdminSite, title: str, units: Iterable[Unit]) -> HttpResponse:
    """Answer with units in clear, to be kept or printed from this very page."""
    return _page(request, site, "admin/devices/device/units.html", title, _in_clear(units))


def shown(request: HttpRequest, units: Iterable[Unit]) -> str:
    """Return the part of a page that shows units in clear."""
    return render_to_string("admin/devices/device/_units.html", _in_clear(units), request)


def _in_clear(units: Iterable[Unit]) -> dict[str, Any]:
    units = list(units)
    return {
        "form": LabelsForm(initial={"units": inventory.as_csv(units)}),
        "has_codes": bool(units) and all(unit.code for unit in units),
    }


@sensitive_post_parameters("units")
def labels_view(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask for units in clear; answer with their labels as a page, as PDF, or as CSV again."""
    if not may_print(request):
        raise PermissionDenied
    form = LabelsForm(request.POST or None)
    if not form.is_valid():
        context = {"form": form}
        title = _("Print labels")
        return _page(request, site, "admin/devices/device/labels.html", title, context)
    if request.POST.get("as") == "csv":
        units = inventory.as_csv(form.cleaned_data["units"])
        return _file(units, "units.csv", "text/csv; charset=utf-8")
    why = {name: form.cleaned_data[name] for name in ("sheet", "reason")}
    printing.note(form.chosen, by=request.user, **why)
    return _printed(request, form)


def _printed(request: HttpRequest, form: LabelsForm) -> HttpResponse:
    wanted = form.cleaned_data
    sheet = labels.SHEETS[wanted["sheet"]]
    pages = labels.pages(
        sheet,
        [(unit.serial, unit.code) for unit in form.chosen],
        claim_page=request.build_absolute_uri(reverse("devices:claim")),
        skip=wanted["skip"],
    )
    if request.POST.get("as") == "pdf":
        made = printing.pdf(sheet, pages, cut_marks=wanted["cut_marks"])
        return _file(made, "labels.pdf", "application/pdf")
    context = {"sheet": sheet, "name": wanted["sheet"], "cut_marks": wanted["cut_marks"]}
    context["pages"] = [[(label, *_outline(label)) for label in page] for page in pages]
    return TemplateResponse(request, "admin/devices/device/sheet.html", context, headers=NOT_KEPT)


def _outline(label: labels.Label) -> tuple[float, str]:
    modules, path = labels.outline(labels.qr(label.link))
    return round(label.side / modules, 5), path


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', **NOT_KEPT}
    return HttpResponse(content, content_type=kind, headers=headers)


def _page(
    request: HttpRequest, site: AdminSite, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    shown = {**site.each_context(request), "title": title, "opts": Device._meta, **context}
    return TemplateResponse(request, template, shown, headers=NOT_KEPT)
