"""The habit form: a name and the days of the week."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from backups import calendars
from backups.forms.base import EntryForm, day_field, name_field
from backups.models import Habit
from planner.times import SUNDAY_MASK, weekday_mask

WEEKDAY_NAMES = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)


class HabitForm(EntryForm):
    name = name_field()
    goal = forms.TypedMultipleChoiceField(
        label=gettext_lazy("On these days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices weekdays"}),
        error_messages={"required": gettext_lazy("Choose at least one day of the week.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        days = calendars.week(self.clock.today, self.clock.first_weekday)
        self.fields["goal"].choices = [
            (weekday_mask(day), WEEKDAY_NAMES[day.weekday()]) for day in days
        ]

    def shown(self, entry: Habit) -> dict[str, Any]:
        masks = (SUNDAY_MASK >> number for number in range(7))
        return {"name": entry.name, "goal": [mask for mask in masks if entry.goal & mask]}

    def values(self) -> dict[str, int | str]:
        return {"name": self.cleaned_data["name"], "goal": sum(set(self.cleaned_data["goal"]))}


class SkipForm(forms.Form):
    """The days on which a habit is to count for nothing; the last may be left out."""

    first = day_field(gettext_lazy("Skip from"), required=True)
    last = day_field(pgettext_lazy("the last day", "To"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="skip_%s", **options)

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        first = typed.get("first")
        typed["last"] = typed.get("last") or first
        if first and typed["last"] < first:
            self.add_error("last", _("It would end before it starts."))
        return typed
