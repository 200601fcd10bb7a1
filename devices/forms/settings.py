"""A device's name and settings, as its people choose them.

The form carries what it showed: only what was changed on the page is written, and where somebody
else changed the same meanwhile, both are shown and nothing is written.
"""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.base import RuleForm, ZoneField
from accounts.models import User
from accounts.zones import in_words
from devices import lifecycle, roles
from devices.device_settings import DAY, HOUR
from devices.forms.name import NameField
from devices.models import Device
from devices.screen import shown_moment
from planner.problems import RuleError

LATEST_START = time(12)
PREVIEWED = ("time_zone", "hour_format", "show_seconds", "date_order")


def few(label: str, **options: Any) -> forms.TypedChoiceField:
    """Return a field of a few choices, all in sight."""
    return forms.TypedChoiceField(
        label=label, widget=forms.RadioSelect({"class": "choices"}), **options
    )


def minutes(label: str, low: int, high: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )


def flag(label: str, hint: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=hint, required=False)


class SettingsForm(RuleForm):
    """The name of a device and every setting that its screen has."""

    name = NameField()
    time_zone = ZoneField(
        help_text=gettext_lazy("The days of its plan begin and end by it."),
        error_messages={"invalid_choice": gettext_lazy("The device knows no such time zone.")},
    )
    hour_format = few(
        gettext_lazy("Clock"),
        coerce=int,
        choices=[(24, gettext_lazy("24 hours")), (12, gettext_lazy("12 hours"))],
    )
    show_seconds = flag(gettext_lazy("Show seconds"))
    date_order = few(
        gettext_lazy("Dates"),
        choices=[
            ("DMY", gettext_lazy("14 Oct")),
            ("MDY", gettext_lazy("Oct 14")),
            ("YMD", gettext_lazy("2026-10-14")),
        ],
    )
    week_start = few(
        gettext_lazy("The week begins on"),
        choices=[
            ("monday", gettext_lazy("Monday")),
            ("saturday", gettext_lazy("Saturday")),
            ("sunday", gettext_lazy("Sunday")),
        ],
    )
    day_start = forms.TimeField(
        label=gettext_lazy("The day begins at"),
        help_text=gettext_lazy("From 00:00 to 12:00. Before it, the tablet still shows yesterday."),
        widget=forms.TimeInput({"type": "time", "max": "12:00"}, format="%H:%M"),
    )
    text_size = few(
        gettext_lazy("Text size"),
        choices=[
            ("s", gettext_lazy("Small")),
            ("m", gettext_lazy("Medium")),
            ("l", gettext_lazy("Large")),
        ],
    )
    theme = few(
        gettext_lazy("Theme"),
        choices=[("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))],
    )
    power_saving = flag(
        gettext_lazy("Power saving"), gettext_lazy("The screen sleeps sooner; it syncs less often.")
    )
    focus_minutes = minutes(gettext_lazy("Focus, minutes"), 1, 180)
    break_minutes = minutes(gettext_lazy("Break, minutes"), 1, 60)
    pomodoro = flag(
        gettext_lazy("Guided focus"),
        gettext_lazy("The tablet leads through focus and breaks by turns."),
    )
    keep_completed = forms.TypedChoiceField(
        label=gettext_lazy("Keep finished tasks for"),
        coerce=int,
        choices=[
            (0, gettext_lazy("Not at all: delete at once")),
            (6 * HOUR, gettext_lazy("6 hours")),
            (12 * HOUR, gettext_lazy("12 hours")),
            (DAY, gettext_lazy("1 day")),
            (3 * DAY, gettext_lazy("3 days")),
            (7 * DAY, gettext_lazy("1 week")),
        ],
    )

    def __init__(self, device: Device, posted: dict | None = None) -> None:
        self.device = device
        super().__init__(posted, initial=_shown(device), label_suffix="")
        may_change = roles.may(device.role, "change")
        for field in self.fields.values():
            field.show_hidden_initial = may_change
            field.disabled = not may_change

    @property
    def preview(self) -> str:
        """What the clock of the device's screen shows now, by what is chosen here."""
        chosen = getattr(self, "cleaned_data", {})
        return shown_moment({name: chosen.get(name, self.initial[name]) for name in PREVIEWED})

    def clean_day_start(self) -> time:
        begins = self.cleaned_data["day_start"]
        if begins > LATEST_START:
            raise ValidationError(_("Choose a time from 00:00 to 12:00."))
        return begins

    def clean(self) -> None:
        """Refuse what somebody else set otherwise meanwhile; saving it once more overrules them."""
        for name in self.changed_data:
            now = self.initial[name]
            if name in self.cleaned_data and now not in (self._seen(name), self.cleaned_data[name]):
                words = _("Somebody set this to “%s” meanwhile. Save again to have yours instead.")
                self.add_error(name, words % self._in_words(name, now))
                self._see(name, now)

    def save(self, by: User) -> bool:
        """Write what was changed on this page, or say why not."""
        changes = {name: self.cleaned_data[name] for name in self.changed_data}
        name = changes.pop("name", None)
        if "day_start" in changes:
            begins = changes["day_start"]
            changes["day_start"] = begins.hour * HOUR + begins.minute * 60 + begins.second
        revision = self.device.settings_revision
        try:
            lifecycle.change(self.device, by=by, name=name, settings=changes, expected=revision)
        except RuleError as error:
            self.refuse(error)
        return self.is_valid()

    def _seen(self, name: str) -> object:
        """Return what this page showed when it was opened; it may have come without."""
        key = self.add_initial_prefix(name)
        if key not in self.data:
            return self.initial[name]
        try:
            return self.fields[name].clean(self.data[key])
        except ValidationError:
            return None

    def _see(self, name: str, value: object) -> None:
        self.data = self.data.copy()
        self.data[self.add_initial_prefix(name)] = str(value)

    def _in_words(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return _("on") if value else _("off")
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if name == "time_zone":
            return in_words(str(value))
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


def _shown(device: Device) -> dict[str, Any]:
    shown = {"name": device.name, **device.shown_settings}
    hours, rest = divmod(shown["day_start"], HOUR)
    return shown | {"day_start": time(hours, rest // 60, rest % 60)}
