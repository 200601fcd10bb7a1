"""What was done to devices and by whom, in the admin: read, filtered, exported, never changed."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from devices.models import AuditEntry, Device
from devices.models.audit import ACTIONS
from planner.lists import ExportAdmin, ReadOnlyAdmin

MOST_MATCHES = 100


class ActionFilter(admin.SimpleListFilter):
    """Actions from the table of words: asking the rows would read them all."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        return list(ACTIONS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ExportAdmin, ReadOnlyAdmin):
    """Every action of staff, owners and devices."""

    list_display = ("at", "what", "serial", "who", "person", "changed", "reason")
    list_filter = (ActionFilter, "by_person", "at")
    list_select_related = ("device", "by", "person")
    search_fields = ("device__serial",)
    search_help_text = _(
        "By the beginning of a serial number, a person's name or address, or a request's id"
    )
    ordering = ("-pk",)
    fields = ("at", "what", "device", "who", "person", "before", "after", "reason", "request_id")
    export_columns = (
        ("time", lambda entry: entry.at.isoformat(timespec="seconds")),
        ("action", lambda entry: entry.action),
        ("serial", lambda entry: entry.device.serial if entry.device else ""),
        ("by", lambda entry: entry.by.username if entry.by else str(entry.actor)),
        ("to", lambda entry: entry.person.username if entry.person else ""),
        ("before", lambda entry: _json(entry.before)),
        ("after", lambda entry: _json(entry.after)),
        ("reason", lambda entry: entry.reason),
        ("request_id", lambda entry: entry.request_id),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Look up whom and what the words name first: then indexes find the rows."""
        words = search_term.strip()
        if not words:
            return queryset, False
        people = _keys(User.objects.named(words))
        devices = _keys(Device.objects.filter(serial__startswith=words.upper()))
        named = Q(by__in=people) | Q(person__in=people) | Q(device__in=devices)
        return queryset.filter(named | Q(request_id=words)), False

    @admin.display(description=_("action"), ordering="action")
    def what(self, entry: AuditEntry) -> str:
        return entry.action_words

    @admin.display(description=_("device"))
    def serial(self, entry: AuditEntry) -> str:
        return entry.device.serial if entry.device else ""

    @admin.display(description=_("done by"))
    def who(self, entry: AuditEntry) -> str:
        return entry.actor

    @admin.display(description=_("what changed"))
    def changed(self, entry: AuditEntry) -> str:
        fields = {**entry.before, **entry.after}
        return "; ".join(
            f"{field}: {_shown(entry.before, field)} → {_shown(entry.after, field)}"
            for field in fields
        )


def _shown(values: dict[str, Any], field: str) -> str:
    return str(values.get(field, "—"))


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:MOST_MATCHES])
