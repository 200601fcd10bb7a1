"""How staff narrow down a long list of devices."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from devices import figures

LOW = 20
"""Per cent of battery."""


class SilentFilter(admin.SimpleListFilter):
    """Claimed devices that were not heard of."""

    title = _("silent, though claimed")
    parameter_name = "silent"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [("7", _("over 7 days")), ("30", _("over 30 days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("7", "30"):
            return queryset
        return figures.silent(queryset, timedelta(days=int(self.value())))


class BatteryFilter(admin.SimpleListFilter):
    """Devices whose battery was nearly empty when they were last heard of."""

    title = _("battery")
    parameter_name = "battery"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [("low", _("under 20 %"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        is_low = self.value() == "low"
        return queryset.filter(last_seen__battery_percent__lt=LOW) if is_low else queryset


class FirmwareFilter(admin.SimpleListFilter):
    """Devices by the firmware that they told; the versions of most devices to choose from."""

    title = _("firmware")
    parameter_name = "firmware"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        found = figures.versions(figures.counts().value)
        return [(value, label) for value, label, _number in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if not self.value():
            return queryset
        version = "" if self.value() == figures.NOT_TOLD else self.value()
        return queryset.filter(last_seen__firmware_version=version)
