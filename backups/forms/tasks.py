"""The task form."""

from datetime import time as clock_time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups.calendars import LAST_MINUTE
from backups.forms.base import EntryForm, day_field, description_field, name_field, time_field
from backups.models import Task
from planner.times import FOREVER


class TaskForm(EntryForm):
    name = name_field()
    day = day_field(gettext_lazy("Date"))
    time = time_field(gettext_lazy("Time"))
    undated = forms.BooleanField(label=gettext_lazy("No date"), required=False)
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        choices=sorted(Task.Priority.choices),
        coerce=int,
        initial=Task.Priority.LOW,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    description = description_field()

    sources = {"day": "duedate", "time": "duedate", "undated": "duedate"}

    def shown(self, entry: Task) -> dict[str, Any]:
        due = self.clock.local(entry.duedate) if entry.has_date else None
        return {
            "name": entry.name,
            "description": entry.description,
            "priority": entry.priority,
            "undated": due is None,
            "day": due and due.date(),
            "time": due and _shown_time(due.time()),
        }

    def clean(self) -> dict[str, Any]:
        self.duedate = FOREVER
        cleaned = self.cleaned_data
        if cleaned.get("undated") or {"day", "time"} & set(self.errors):
            return cleaned
        if cleaned.get("day") is None:
            self.add_error("day", _("Choose a day, or tick “No date”."))
            return cleaned
        time = cleaned.get("time") or LAST_MINUTE
        self.duedate = self.moment("day", "time", cleaned["day"], time)
        return cleaned

    def values(self) -> dict[str, int | str]:
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "description": typed["description"],
            "priority": typed["priority"],
            "duedate": self.duedate,
        }


def _shown_time(time: clock_time) -> clock_time | None:
    time = time.replace(second=0)
    return None if time == LAST_MINUTE else time
