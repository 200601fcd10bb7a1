"""What is done to the entries that are selected in a list, and which ones they are."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from backups import agenda, bulk, calendars
from backups.bulk import Action
from backups.calendars import WallClock
from backups.forms.base import day_field
from backups.forms.filters import TaskFilterForm
from backups.models import Backup

WEEK = timedelta(days=7)
OF_ALL = ("today", "tomorrow", "week", "day", "delete")
ACTS = {"task": (*OF_ALL, "tick", "untick", "undated", "3", "2", "1"), "event": OF_ALL}


class SelectionForm(forms.Form):
    """`entry` are ids of one kind, `group` whole groups of the tasks that `listed` filters."""

    act = forms.ChoiceField(
        error_messages={
            "required": gettext_lazy("Choose what to do with them."),
            "invalid_choice": gettext_lazy("This cannot be done to them."),
        },
    )
    day = day_field(gettext_lazy("Day"))

    def __init__(self, data: QueryDict, *, kind: str, clock: WallClock) -> None:
        self.kind, self.clock = kind, clock
        super().__init__(data)
        self.fields["act"].choices = [(act, act) for act in ACTS[kind]]

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("act") == "day" and not typed.get("day") and "day" not in self.errors:
            self.add_error("day", self.fields["day"].error_messages["required"])
        return typed

    @property
    def action(self) -> Action:
        """What the button that was pressed does. Raises RuleError `invalid` for a day too far."""
        act, today = self.cleaned_data["act"], self.clock.today
        if act in ("1", "2", "3"):
            return bulk.priority(int(act))
        plain = {"tick": bulk.TICK, "untick": bulk.UNTICK, "delete": bulk.DELETE}
        if act in plain:
            return plain[act]
        next_week = calendars.week(today + WEEK, self.clock.first_weekday)[0]
        days = {"today": today, "tomorrow": today + timedelta(days=1), "week": next_week}
        days |= {"day": self.cleaned_data["day"], "undated": None}
        return bulk.to_day(days[act], self.clock)

    def chosen(self, backup: Backup) -> set[tuple[str, UUID]]:
        """Return what is selected, each as its kind and id; what is no id is no entry."""
        found = {(self.kind, id) for text in self.data.getlist("entry") if (id := _id(text))}
        groups = set(self.data.getlist("group")) & set(agenda.GROUPS)
        if groups and self.kind == "task":
            listed = TaskFilterForm(QueryDict(self.data.get("listed", "")), clock=self.clock)
            within = agenda.in_groups(listed.tasks(backup), groups, self.clock)
            found |= {("task", id) for id in within.values_list("uuid", flat=True)}
        return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
