"""Devices in the admin: found, serviced, printed. No plan, no secret."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from devices.admin import units
from devices.admin.actions import ServicingAdmin
from devices.models import Device, Membership
from planner.lists import ReadOnlyAdmin


@admin.register(Device)
class DeviceAdmin(ServicingAdmin, ReadOnlyAdmin):
    """Devices; what opens one is stored as hashes, and not even those are shown."""

    list_display = ("serial", "state", "batch", "owners", "last_contact", "created_at")
    list_filter = ("state", "batch")
    list_select_related = ("batch", "last_seen")
    search_fields = ("serial",)
    search_help_text = _("By serial number, or its beginning")
    ordering = ("serial",)
    fields = ("serial", "batch", "state", "claimed_before", "owners", "last_contact", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        members = Membership.objects.filter(device=OuterRef("pk")).order_by().values("device")
        people = Coalesce(Subquery(members.values(number=Count("pk"))), 0)
        return super().get_queryset(request).annotate(people=people)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(partial(units.labels_view, site=self.admin_site))
        return [path("labels/", view, name="devices_device_labels"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("people"), ordering="people")
    def owners(self, device: Device) -> int:
        return device.people

    @admin.display(description=_("last contact"), ordering="last_seen__seen_at")
    def last_contact(self, device: Device) -> Any:
        return device.seen_at
