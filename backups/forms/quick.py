"""The line at the top of lists, and the field for many lines: plain words become entries."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.forms.base import too_long
from backups import drafts
from backups.calendars import FIRST_DAY, LAST_DAY, UNKNOWN_DAY, WallClock
from backups.drafts import Draft
from backups.kinds import NAME_BYTES
from backups.phrases import Reader
from planner import formats

LONGEST_LINE = 1_000
MOST_LINES = 200
KINDS = ((drafts.TASK, gettext_lazy("Task")), (drafts.EVENT, gettext_lazy("Event")))

EXAMPLES = {
    drafts.TASK: gettext_lazy("Add: buy milk tomorrow 17:00"),
    drafts.EVENT: gettext_lazy("Add: choir Friday 19:30-21:00"),
}


class ReadForm(forms.Form):
    """What both have: `kind` and `day` are what a line becomes that says neither."""

    kind = forms.ChoiceField(choices=KINDS, required=False, widget=forms.HiddenInput)
    day = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clock: WallClock, **options: Any) -> None:
        self.reader = Reader(clock, get_language() or "en", formats.date_order())
        super().__init__(*args, label_suffix="", auto_id="quick_%s", **options)

    def clean_day(self) -> date | None:
        """Refuse a day that devices do not know, where the whole form tells what is wrong."""
        day = self.cleaned_data["day"]
        if day and not FIRST_DAY <= day <= LAST_DAY:
            self.add_error(None, UNKNOWN_DAY)
            return None
        return day

    def read(self, line: str) -> Draft:
        """Return what a line says, as this reader means it."""
        typed = self.cleaned_data
        kind = typed.get("kind") or drafts.TASK
        return drafts.draft(line, self.reader, kind=kind, day=typed.get("day"))


class QuickForm(ReadForm):
    """One line, with an example of what its list takes."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_LINE,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "enterkeyhint": "done",
                "data-quick": "",
            }
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        example = EXAMPLES.get(self["kind"].value(), EXAMPLES[drafts.TASK])
        self.fields["name"].widget.attrs["placeholder"] = example

    def clean_name(self) -> str:
        typed = self.cleaned_data["name"]
        lines = drafts.lines(typed)
        if len(lines) != 1:
            raise ValidationError(self.fields["name"].error_messages["required"], "required")
        self.draft = self.read(lines[0])
        _refuse(self.draft)
        return typed


class LinesForm(ReadForm):
    """Many lines: one entry from each."""

    lines = forms.CharField(
        label=gettext_lazy("One task on each line"),
        max_length=LONGEST_LINE * MOST_LINES,
        help_text=gettext_lazy(
            "Days, times and !1 to !3 are read; from 12:00-13:00 on a line becomes an event."
        ),
        error_messages={"required": gettext_lazy("Write or paste at least one line.")},
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    drafts: list[Draft] = []

    def clean_lines(self) -> str:
        text = self.cleaned_data["lines"]
        lines = drafts.lines(text)
        if not lines:
            raise ValidationError(self.fields["lines"].error_messages["required"])
        # Counted before they are read: a hundred thousand would take seconds.
        if len(lines) > MOST_LINES:
            words = ngettext("%(count)d line at a time.", "At most %(count)d lines.", MOST_LINES)
            raise ValidationError(words % {"count": MOST_LINES})
        self.drafts = [self.read(line) for line in lines]
        return text

    @property
    def is_fit(self) -> bool:
        """Whether every line can be written."""
        return all(draft.entry and not draft.fault for draft in self.drafts)


def _refuse(draft: Draft) -> None:
    if draft.fault == "too-long":
        raise too_long(draft.reading.name, NAME_BYTES)
    if draft.fault:
        raise ValidationError(_("This holds a character that cannot be stored."), "bad-text")
