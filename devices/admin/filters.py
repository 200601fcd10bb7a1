"""How staff narrow down a long list of devices."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from devices import figures
from devices.models import Batch, Device
from devices.models.units import LOW
from planner.acts import is_key

SHOWN = 20
DAYS = {"7": _("over 7 days"), "30": _("over 30 days")}


class ConditionFilter(admin.SimpleListFilter):
    """A filter of conditions: with the counts, all its choices are counted in one pass."""

    def condition(self, value: str) -> Q:
        """Return what is true of the devices of a choice."""
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> QuerySet[Device]:
        value = self.value()
        known = {choice for choice, _words in self.lookup_choices}
        return queryset.filter(self.condition(value)) if value in known else queryset

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet) -> dict[str, Count]:
        choices = enumerate(self.lookup_choices)
        return {
            f"{number}__c": Count(pk_attname, filter=self.condition(value))
            for number, (value, _words) in choices
        }


class SilentFilter(ConditionFilter):
    """Claimed devices that were not heard of."""

    title = _("silence of claimed devices")
    parameter_name = "silent"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [*DAYS.items(), ("never", _("never called"))]

    def condition(self, value: str) -> Q:
        return figures.silent(timedelta(days=int(value))) if value in DAYS else figures.UNHEARD


class BatteryFilter(ConditionFilter):
    """Devices whose battery was nearly empty when they were last heard of."""

    title = _("battery")
    parameter_name = "battery"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return [("low", _("under 20 %"))]

    def condition(self, value: str) -> Q:
        return Q(last_seen__battery_percent__lt=LOW)


class FirmwareFilter(ConditionFilter):
    """Devices by the firmware that they told; the versions of most devices to choose from."""

    title = _("firmware")
    parameter_name = "firmware"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        found = figures.versions(figures.counts().value)
        return [(value, label) for value, label, _number in found]

    def condition(self, value: str) -> Q:
        return Q(last_seen__firmware_version="" if value == figures.NOT_TOLD else value)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> QuerySet[Device]:
        """Narrow down to any version: one of few devices is not among the choices."""
        return queryset.filter(self.condition(self.value())) if self.value() else queryset


class BatchFilter(ConditionFilter):
    """Devices of one batch: of the newest, or of the one that the list of batches led here for."""

    title = _("batch")
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        newest = list(Batch.objects.order_by("-pk")[:SHOWN])
        asked = request.GET.get(self.parameter_name, "")
        if is_key(asked):
            newest += Batch.objects.filter(pk=asked).exclude(pk__in=[one.pk for one in newest])
        return [(str(batch.pk), batch.name) for batch in newest]

    def condition(self, value: str) -> Q:
        return Q(batch=value)
