"""The event form: a start, and an end or a length."""

from datetime import date, datetime
from datetime import time as clock_time
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backups import agenda, moving
from backups.calendars import UNKNOWN_DAY, WallClock
from backups.forms.base import EntryForm, day_field, description_field, name_field, time_field
from backups.models import Event
from planner.problems import RuleError
from planner.times import FOREVER, midnight, next_midnight

MINUTE = 60
A_DAY = 24 * 60
MOST_DAYS = 366
STEP = 300
"""Arrows change a time by so many seconds; any other can be typed."""

TIMES = {"all_day", "day", "start", "end", "end_day", "length"}


class EventForm(EntryForm):
    name = name_field()
    day = day_field(gettext_lazy("Date"), required=True)
    all_day = forms.BooleanField(label=gettext_lazy("All day"), required=False)
    start = time_field(gettext_lazy("Start"), step=STEP)
    end = time_field(gettext_lazy("End"), step=STEP)
    end_day = day_field(gettext_lazy("Last day"), hint=gettext_lazy("If it ends on another day."))
    length = forms.IntegerField(
        label=gettext_lazy("Length in minutes"),
        required=False,
        max_value=FOREVER // MINUTE,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("Instead of an end."),
        # From nought on, so that arrows step to whole fives.
        widget=forms.NumberInput(attrs={"min": 0, "step": STEP // MINUTE}),
    )
    description = description_field()

    sources = {
        "day": "starttime",
        "all_day": "starttime",
        "start": "starttime",
        "end": "duration",
        "end_day": "duration",
        "length": "duration",
    }
    joined = {"duration": "starttime"}

    def shown(self, entry: Event) -> dict[str, Any]:
        start, end = self.clock.local(entry.starttime), self.clock.local(entry.endtime)
        if agenda.is_all_day(entry, self.clock):
            first, last = agenda.event_days(entry, self.clock)
            named = {"name": entry.name, "description": entry.description, "day": first}
            return {**named, "all_day": True, "end_day": last if last != first else None}
        return {
            "name": entry.name,
            "description": entry.description,
            "day": start.date(),
            "start": start.time().replace(second=0),
            "end": end.time().replace(second=0),
            "end_day": end.date() if end.date() != start.date() else None,
        }

    def clean(self) -> dict[str, Any]:
        typed, changed = self.cleaned_data, set(self.changed_data)
        if TIMES & set(self.errors):
            return typed
        if typed["all_day"]:
            self._take_days(typed["day"], typed["end_day"] or typed["day"])
            return typed
        if typed["start"] is None:
            self.add_error("start", self.fields["start"].error_messages["required"])
            return typed
        if self.entry:
            self.starttime, self.duration = self.entry.starttime, self.entry.duration
        # What was not touched stays to the second, also in an hour that comes twice.
        if not self.entry or {"day", "start"} & (changed | self.moved):
            self.starttime = self.moment("day", "start", typed["day"], typed["start"])
        if (not self.entry or TIMES & changed) and self.starttime is not None:
            self.duration = self._duration(typed)
        return typed

    def _take_days(self, first: date, last: date) -> None:
        """Take the whole of the days from first to last on the device's clock."""
        self.starttime = max(0, midnight(first, self.clock.zone))
        end = next_midnight(last, self.clock.zone)
        self.duration = end - self.starttime
        if last < first:
            self.add_error("end_day", _("It would end before it starts."))
        elif end > FOREVER:
            self.add_error("day", UNKNOWN_DAY)

    @property
    def span(self) -> Event | None:
        """An unsaved event of the times that were typed; None where they are wrong."""
        if TIMES & set(self.errors):
            return None
        return Event(starttime=self.starttime, duration=self.duration)

    def edits(self) -> dict[str, int | str]:
        # The end is shown as a time of its own: another start alone moves no end.
        edits = super().edits()
        if self.entry and "starttime" in edits and "duration" not in edits:
            edits["duration"] = self.duration
        return edits

    def _duration(self, typed: dict[str, Any]) -> int:
        end_changed = bool({"end", "end_day"} & set(self.changed_data))
        if typed["length"] and not (end_changed and "length" not in self.changed_data):
            return self._from_length(typed["length"], both=end_changed and typed["end"] is not None)
        if typed["end"] is None:
            self.add_error("end", _("Give an end or a length."))
            return 0
        return self._from_end(typed["end_day"] or typed["day"], typed["end"])

    def _from_length(self, minutes: int, *, both: bool) -> int:
        duration = minutes * MINUTE
        if self.starttime + duration > FOREVER:
            self.add_error("length", UNKNOWN_DAY)
        elif both:
            return self._from_both(duration)
        return duration

    def _from_both(self, duration: int) -> int:
        """Return the seconds to the end, with which the length has to agree, by any clock."""
        typed = self.cleaned_data
        last = typed["end_day"] or typed["day"]
        shown = datetime.combine(last, typed["end"]) - datetime.combine(
            typed["day"], typed["start"]
        )
        until_end = self._from_end(last, typed["end"])
        if until_end > 0 and duration not in (until_end, shown.total_seconds()):
            self.add_error("length", _("End and length do not agree: give one of them."))
        return until_end

    def _from_end(self, day: date, time: clock_time) -> int:
        end = self.moment("end_day", "end", day, time)
        if end is not None and end <= self.starttime:
            self.add_error("end", _("It would end before it starts. Does it end on another day?"))
        return (end or 0) - self.starttime

    def values(self) -> dict[str, int | str]:
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "description": typed["description"],
            "starttime": self.starttime,
            "duration": self.duration,
        }


class MoveForm(forms.Form):
    """By how much an event is moved, and where it stood on the page that asks for it."""

    starttime = forms.IntegerField(min_value=0, max_value=FOREVER)
    days = forms.IntegerField(min_value=-MOST_DAYS, max_value=MOST_DAYS, required=False)
    minutes = forms.IntegerField(min_value=-A_DAY, max_value=A_DAY, required=False)

    def fields_of(self, event: Event, clock: WallClock) -> dict[str, int]:
        """Return what is written. Raises RuleError `precondition-failed` or `invalid`."""
        typed = self.cleaned_data
        if typed["starttime"] // MINUTE != event.starttime // MINUTE:
            raise RuleError("precondition-failed", _("Somebody moved it meanwhile. Look again."))
        days, minutes = typed["days"] or 0, typed["minutes"] or 0
        return moving.fields_of(event, clock, days=days, minutes=minutes)
