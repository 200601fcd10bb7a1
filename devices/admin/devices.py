"""Devices in the admin: found, serviced, printed. No plan, no secret."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from devices import describing, rekeying
from devices.admin import units, updating
from devices.admin.actions import ACTS
from devices.admin.filters import BatchFilter, BatteryFilter, FirmwareFilter, SilentFilter
from devices.admin.views import SavedViewsAdmin
from devices.inventory import Unit
from devices.models import Device, Membership
from devices.signals import device_inspected
from planner.acts import ActsAdmin
from planner.lists import ExportAdmin, LongList, ReadOnlyAdmin
from planner.templatetags.words import ago, full_moment

MOST_MATCHES = 100
CONTACT = "last_seen__seen_at"


class DeviceList(LongList):
    """Ordered by the last contact, it lists what was heard of: nothing else has a place there."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        found = super().get_queryset(request, exclude_parameters)
        is_by_contact = {CONTACT, f"-{CONTACT}"} & set(found.query.order_by)
        return found.filter(last_seen__isnull=False) if is_by_contact else found


@admin.register(Device)
class DeviceAdmin(SavedViewsAdmin, ActsAdmin, ExportAdmin, ReadOnlyAdmin):
    """Devices; what opens one is stored as hashes, and not even those are shown."""

    list_display = (
        *("serial", "state", "batch", "owners"),
        *("last_contact", "firmware", "battery"),
    )
    list_filter = ("state", SilentFilter, BatteryFilter, FirmwareFilter, BatchFilter)
    list_select_related = ("batch", "last_seen")
    search_fields = ("serial",)
    search_help_text = _("By serial number or its beginning, or by a person's name or address")
    ordering = ("serial",)
    readonly_fields = (
        *("serial", "batch", "state", "claimed_before", "code_made_at", "members"),
        *("owner_s_yes", "last_contact", "firmware", "battery", "created_at"),
    )
    fields = (*readonly_fields, *describing.FIELDS)
    acts = ACTS
    known_as = "serial"
    change_list_template = "admin/devices/device/list.html"
    export_columns = (
        ("serial", lambda device: device.serial),
        ("batch", lambda device: device.batch.name),
        ("state", lambda device: device.state),
        ("people", lambda device: device.people),
        ("made", lambda device: device.created_at.date().isoformat()),
        ("last_seen", lambda device: device.seen_at and device.seen_at.isoformat("T", "seconds")),
        ("firmware", lambda device: _told(device, "firmware_version")),
        ("battery", lambda device: _told(device, "battery_percent")),
        ("location", lambda device: device.location),
        ("note", lambda device: device.note),
    )
    change_form_template = "admin/devices/device/device.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Device]:
        members = Membership.objects.filter(device=OuterRef("pk")).order_by().values("device")
        people = Coalesce(Subquery(members.values(number=Count("pk"))), 0)
        return super().get_queryset(request).annotate(people=people)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[LongList]:
        return DeviceList

    def get_urls(self) -> list[URLPattern]:
        wrap, site = self.admin_site.admin_view, self.admin_site
        labels = wrap(partial(units.labels_view, site=site))
        update = wrap(csrf_exempt(partial(updating.update_view, site=site)))
        return [
            path("labels/", labels, name="devices_device_labels"),
            path("update/", update, name="devices_device_update"),
            *super().get_urls(),
        ]

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Labels are printed by whoever may make codes."""
        labels = reverse("admin:devices_device_labels"), _("Print labels")
        update = reverse("admin:devices_device_update"), _("Change by CSV")
        return [
            *super().tools(request),
            *([update] if self.has_change_permission(request) else []),
            *([labels] if units.may_print(request) else []),
        ]

    def show_made(self, request: HttpRequest, made: list[Unit]) -> HttpResponse:
        """Answer with new codes and keys, once."""
        return units.show(request, self.admin_site, _("Shown once: codes and keys"), made)

    def has_change_permission(self, request: HttpRequest, obj: Device | None = None) -> bool:
        """Where a unit lies and a note are all that is changed here without an action."""
        return request.user.has_perm("devices.change_device")

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        describing.describe(obj, by=request.user, **form.cleaned_data)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Find devices by the beginning of a serial, or by whose they are."""
        words = search_term.strip()
        if not words:
            return queryset, False
        theirs = Membership.objects.filter(user__in=list(User.objects.named(words)))
        keys = list(theirs.values_list("device", flat=True)[:MOST_MATCHES])
        return queryset.filter(Q(serial__startswith=words.upper()) | Q(pk__in=keys)), False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        told = device_inspected.send(Device, device=context["original"])
        context["syncs"] = [sync for _who, syncs in told for sync in syncs]
        return super().render_change_form(request, context, *args, **options)

    @admin.display(description=_("people"))
    def owners(self, device: Device) -> int:
        return device.people

    @admin.display(description=_("people"))
    def members(self, device: Device) -> str:
        people = device.memberships.select_related("user").order_by("created_at")
        return ", ".join(f"{one.user} ({one.get_role_display()})" for one in people) or "–"

    @admin.display(description=_("owner's yes to re-key"))
    def owner_s_yes(self, device: Device) -> str:
        asked = rekeying.open_request(device)
        if asked is None:
            return "–"
        words = _("given, until %s") if asked.granted_at else _("asked for, until %s")
        return words % full_moment(asked.expires_at)

    @admin.display(description=_("last contact"), ordering=CONTACT)
    def last_contact(self, device: Device) -> str:
        exact = f"{device.seen_at:%Y-%m-%d %H:%M} UTC" if device.seen_at else ""
        return format_html('<span title="{}">{}</span>', exact, ago(device.seen_at))

    @admin.display(description=_("firmware"))
    def firmware(self, device: Device) -> str:
        return _told(device, "firmware_version") or "–"

    @admin.display(description=_("battery"))
    def battery(self, device: Device) -> str:
        told = _told(device, "battery_percent")
        return f"{told} %" if isinstance(told, int) else "–"


def _told(device: Device, fact: str) -> Any:
    last_seen = getattr(device, "last_seen", None)
    return getattr(last_seen, fact, "")
