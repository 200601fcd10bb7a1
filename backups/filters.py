"""Which entries a list shows, and in what order: the query of `/api/tasks/` and its siblings."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from backups.models import ENTRY_MODELS, Backup
from planner.times import FOREVER
from planner.wire import Digits, checked

LONGEST_SEARCH = 127
PAGING = ("page", "page_size")
ORDERINGS = {
    "task": ("duedate", "priority", "name"),
    "event": ("starttime", "duration", "name"),
    "habit": ("name",),
}
USUAL = {"event": "starttime", "habit": "name"}


def _moment(help_text: str) -> Digits:
    return Digits(required=False, min_value=0, max_value=FOREVER, help_text=help_text)


class EntryFilter(serializers.Serializer):
    """`q` finds a part of the name or the description in any case; `ordering` names a field.

    A minus before the field's name turns the order round.
    """

    kind = ""
    q = serializers.CharField(required=False, max_length=LONGEST_SEARCH, trim_whitespace=False)
    ordering = serializers.CharField(required=False, max_length=16)

    def to_internal_value(self, asked: Mapping[str, str]) -> dict[str, Any]:
        if unknown := sorted(set(asked) - {*self.fields, *PAGING}):
            # A mistyped filter must not show everything.
            detail = serializers.ErrorDetail(_("This is no filter here."), "unknown-field")
            raise serializers.ValidationError(dict.fromkeys(unknown, [detail]))
        return super().to_internal_value(asked)

    def validate_ordering(self, value: str) -> str:
        allowed = ORDERINGS[self.kind]
        if value.removeprefix("-") not in allowed:
            raise serializers.ValidationError(
                _("This is one of: %s.") % ", ".join(allowed), "unknown-ordering"
            )
        return value


class TaskFilter(EntryFilter):
    """Tasks by completion, by priority and by when they are due, in unix seconds."""

    kind = "task"
    completion = Digits(required=False, min_value=0, max_value=1)
    priority = Digits(required=False, min_value=1, max_value=3)
    due_from = _moment("The first second that counts.")
    due_before = _moment("The first second that counts no more.")


class EventFilter(EntryFilter):
    """Events that go on at any time of a span, in unix seconds."""

    kind = "event"
    ends_after = _moment("Events that are over by then are left out.")
    starts_before = _moment("Events that have not begun by then are left out.")


class HabitFilter(EntryFilter):
    """Habits by their name."""

    kind = "habit"


FILTERS = {each.kind: each for each in (TaskFilter, EventFilter, HabitFilter)}
CONDITIONS: Mapping[str, Callable[[Any], Q]] = {
    "completion": lambda value: Q(completion=value),
    "priority": lambda value: Q(priority=value),
    "due_from": lambda value: Q(duedate__gte=value, duedate__lt=FOREVER),
    "due_before": lambda value: Q(duedate__lt=value),
    "ends_after": lambda value: Q(ends__gt=value),
    "starts_before": lambda value: Q(starttime__lt=value),
}


def listed(kind: str, backup: Backup, asked: Mapping[str, str]) -> QuerySet:
    """Return the living entries that the query asks for, in its order or in the usual one.

    Raises DRF's ValidationError that names a filter whose value is not right.
    """
    wanted = checked(FILTERS[kind](data=asked))
    entries = ENTRY_MODELS[kind].objects.of(backup).alive()
    if kind == "event":
        entries = entries.alias(ends=F("starttime") + F("duration"))
    for name, condition in CONDITIONS.items():
        if name in wanted:
            entries = entries.filter(condition(wanted[name]))
    if "q" in wanted:
        entries = entries.filter(_found(kind, wanted["q"]))
    return _ordered(kind, entries, wanted.get("ordering"))


def _found(kind: str, text: str) -> Q:
    found = Q(name__icontains=text)
    return found if kind == "habit" else found | Q(description__icontains=text)


def _ordered(kind: str, entries: QuerySet, ordering: str | None) -> QuerySet:
    if ordering is None and kind == "task":
        return entries.device_order()
    return entries.order_by(ordering or USUAL[kind], "uuid")
