"""The fields that the forms of all kinds share, and the form they are put into.

Dates and times are those of the device's clock. A form carries what it showed, so that only what
its person changed is written, and an edit that somebody else made meanwhile stays.
"""

from datetime import date
from datetime import time as clock_time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.base import too_long
from backups.calendars import UNKNOWN_DAY, WallClock
from backups.forms.clashes import ClashingForm
from backups.kinds import DESCRIPTION_BYTES, NAME_BYTES
from planner.times import FOREVER
from planner.wire import text_fault

FIRST_DAY, LAST_DAY = "1970-01-01", "2038-01-19"
EARLIEST, LATEST = date(1969, 12, 31), date(2039, 12, 31)


class ByteText(forms.CharField):
    """Text with a limit in bytes of UTF-8: a device stores bytes, not characters."""

    default_error_messages = {
        "required": gettext_lazy("Give it a name."),
        "bad-text": gettext_lazy("This holds a character that cannot be stored."),
    }

    def __init__(self, *, max_bytes: int, **options: Any) -> None:
        super().__init__(**options)
        self.max_bytes = max_bytes
        self.widget.attrs["data-bytes"] = max_bytes

    def to_python(self, value: Any) -> str:
        # Browsers send line ends as two characters; a device would count and store both.
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        fault = text_fault(value, self.max_bytes, blank=not self.required)
        if fault == "too-long":
            raise too_long(value, self.max_bytes)
        if fault:
            raise ValidationError(self.error_messages["bad-text"], fault)


def name_field(**attrs: str) -> ByteText:
    """Return the field of an entry's name; `attrs` are further attributes of its input."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "done", **attrs})
    return ByteText(max_bytes=NAME_BYTES, label=gettext_lazy("Name"), widget=widget)


def description_field() -> ByteText:
    return ByteText(
        max_bytes=DESCRIPTION_BYTES,
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def day_field(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(
        format="%Y-%m-%d", attrs={"type": "date", "min": FIRST_DAY, "max": LAST_DAY}
    )
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=widget,
        error_messages={"required": gettext_lazy("Choose a day.")},
    )


def _check_day(day: date) -> None:
    """Refuse years in which no clock can be asked for the time; a form judges to the second."""
    if not EARLIEST <= day <= LATEST:
        raise ValidationError(UNKNOWN_DAY)


def time_field(
    label: str, *, required: bool = False, hint: str = "", **attrs: str | int
) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", **attrs}),
        error_messages={"required": gettext_lazy("Choose a time.")},
    )


class EntryForm(ClashingForm):
    """What the forms of all kinds share: `clock` is the device's, `entry` what is edited."""

    def __init__(self, *args: Any, clock: WallClock, entry: Any = None, **options: Any) -> None:
        self.clock, self.entry = clock, entry
        self.opens_at = "" if entry else "name"
        options["initial"] = self.shown(entry) if entry else options.get("initial") or {}
        super().__init__(*args, label_suffix="", **options)
        for field in self.fields.values():
            field.show_hidden_initial = entry is not None
            if isinstance(field, forms.DateField):
                field.validators.append(_check_day)

    def shown(self, entry: Any) -> dict[str, Any]:
        """Return the form's values for an entry."""
        raise NotImplementedError

    def edits(self) -> dict[str, int | str]:
        """Return the fields that were changed on this page; of a new entry, all."""
        if self.entry is None:
            return self.values()
        changed = {self.sources.get(name, name) for name in self.changed_data}
        return {name: value for name, value in self.values().items() if name in changed}

    def refuse(self, name: str, words: str) -> None:
        """Show what a rule has against one of the entry's fields."""
        self.add_error(name if name in self.fields else None, words)

    def lock(self) -> None:
        """Show without a way to change anything."""
        for field in self.fields.values():
            field.disabled = True

    def moment(self, day_field: str, time_field: str, day: date, time: clock_time) -> int | None:
        """Return the unix seconds of a local date and time; None with an error."""
        seconds = self.clock.seconds(day, time)
        if seconds is None:
            words = _("%(time)s does not exist that day: the clocks go forward then.")
            self.add_error(time_field, words % {"time": f"{time:%H:%M}"})
        elif not 0 <= seconds < FOREVER:
            self.add_error(day_field, UNKNOWN_DAY)
            return None
        return seconds
