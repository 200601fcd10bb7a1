"""Devices in the admin: found, blocked, unblocked. No plan, no secret."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from devices import lifecycle
from devices.models import Device
from planner.lists import ReadOnlyAdmin
from planner.problems import RuleError


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
                rule(device, by=request.user)
            except RuleError as error:
                self.message_user(request, f"{device.serial}: {error.detail}", messages.WARNING)
            else:
                self.log_change(request, device, str(verb))
                done += 1
        text = ngettext("%d device is done.", "%d devices are done.", done) % done
        self.message_user(request, text, messages.SUCCESS)
        return None
