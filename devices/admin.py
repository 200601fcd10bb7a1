"""The inventory in the admin: make batches, find devices, block them. No plan, no secret."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from devices import inventory, lifecycle
from devices.forms.batches import MakeBatchForm
from devices.models import Batch, Device
from planner.problems import RuleError


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the rules write."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """Batches; adding one makes its units and answers with them as CSV, once."""

    list_display = ("name", "prefix", "units", "confirm_on_device", "created_at", "created_by")
    search_fields = ("name", "prefix")
    fields = ("name", "prefix", "confirm_on_device", "created_at", "created_by")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return super().get_queryset(request).annotate(units=Count("devices"))

    @admin.display(description=_("units"), ordering="units")
    def units(self, batch: Batch) -> int:
        return batch.units

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """Ask what to make; a good form answers with the codes and keys, never shown again."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = MakeBatchForm(request.POST or None)
        if form.is_valid():
            batch, units = form.make(request.user)
            self.log_addition(request, batch, [{"added": {}}])
            return _download(batch, units)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make a batch"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/devices/batch/make.html", context)


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin):
    """Devices; what opens one is stored as hashes, and not even those are shown."""

    list_display = ("serial", "state", "batch", "owners", "last_contact", "created_at")
    list_filter = ("state", "batch")
    list_select_related = ("batch", "last_seen")
    search_fields = ("serial",)
    search_help_text = _("By serial number, or its beginning")
    ordering = ("serial",)
    actions = ("block", "unblock")
    fields = ("serial", "batch", "state", "claimed_before", "owners", "last_contact", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        return super().get_queryset(request).annotate(people=Count("memberships"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_block_permission(self, request: HttpRequest) -> bool:
        """Blocking needs Django's own permission to change devices, though no field is edited."""
        return request.user.has_perm("devices.change_device")

    @admin.display(description=_("people"), ordering="people")
    def owners(self, device: Device) -> int:
        return device.people

    @admin.display(description=_("last contact"), ordering="last_seen__seen_at")
    def last_contact(self, device: Device) -> Any:
        return device.seen_at

    @admin.action(description=_("Block the selected devices"), permissions=["block"])
    def block(self, request: HttpRequest, devices: QuerySet[Device]) -> HttpResponse | None:
        return self._each(request, devices, "block", _("Block"), lifecycle.block)

    @admin.action(description=_("Unblock the selected devices"), permissions=["block"])
    def unblock(self, request: HttpRequest, devices: QuerySet[Device]) -> HttpResponse | None:
        return self._each(request, devices, "unblock", _("Unblock"), lifecycle.unblock)

    def _each(
        self, request: HttpRequest, devices: QuerySet[Device], action: str, verb: str, rule: Any
    ) -> HttpResponse | None:
        """Apply a rule to each device after a page that asks once more."""
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Are you sure?"),
                "opts": self.opts,
                "devices": devices,
                "action": action,
                "verb": verb,
                "checkbox": admin.helpers.ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/devices/device/confirm.html", context)
        done = 0
        for device in devices:
            try:
                rule(device)
            except RuleError as error:
                self.message_user(request, f"{device.serial}: {error.detail}", messages.WARNING)
            else:
                self.log_change(request, device, str(verb))
                done += 1
        text = ngettext("%d device is done.", "%d devices are done.", done) % done
        self.message_user(request, text, messages.SUCCESS)
        return None


def _download(batch: Batch, units: list[inventory.Unit]) -> HttpResponse:
    name = slugify(batch.name) or "batch"
    return HttpResponse(
        inventory.as_csv(units),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        },
    )
