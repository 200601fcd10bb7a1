"""The page on which a new device takes an old one's place, and the end of a kept plan."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.sudo import recently_confirmed
from accounts.views.answers import form_methods
from backups import exports, history, kept
from backups.forms.replacement import ReplaceForm
from backups.models import Backup
from devices.models import Device
from devices.views.choosing import find_for


@form_methods
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose an old plan, look at what would come, press once; for the owner of both alone."""
    new = find_for(request, pk, "replace")
    if not new.is_claimed:
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET
    form = ReplaceForm(new, request.user, asked or None)
    if request.method == "POST" and form.is_valid() and form.replace():
        messages.success(request, _("Done. %s has it after its next sync.") % new)
        return redirect("devices:device", pk)
    context = {"device": new, "form": form, "preview": form.chosen and form.preview()}
    return render(request, "backups/replace.html", context, status=form.status)


@require_safe
def download(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Answer the whole plan as a file, while it is read."""
    device = get_object_or_404(Device.objects.of(request.user), pk=pk, claim__isnull=False)
    backup = Backup.objects.of(device)
    parts = exports.as_json(history.stills(backup, backup.revision))
    name = slugify(device.name) or "plan"
    return StreamingHttpResponse(
        parts,
        content_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.json"',
            "Cache-Control": "no-store",
        },
    )


@form_methods
@recently_confirmed
def erase_kept(request: HttpRequest, claim: UUID) -> HttpResponse:
    """Ask once more, then erase a kept plan for good."""
    plan = get_object_or_404(kept.of(request.user), backup__claim=claim)
    if request.method == "POST":
        kept.erase(plan)
        messages.success(request, _("The plan of %s is erased.") % plan)
        return redirect("devices:devices")
    return render(request, "backups/kept_erase.html", {"plan": plan})
