"""What a form does when its entry was changed elsewhere while it was open: nothing is lost.

A form carries what it showed. A part that was changed both here and elsewhere is a clash: then
nothing is written, and the form stands on the entry as it is now, with what was typed kept.
"""

from functools import cached_property
from typing import Any

from django import forms

TAKE = "take"


class ClashingForm(forms.Form):
    """`entry` is what is edited, None for a new one."""

    sources: dict[str, str] = {}
    """Which field of the entry a form's field speaks of, where their names differ."""

    joined: dict[str, str] = {}
    """Fields of the entry that mean little without another, which stands for both."""

    entry: Any = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.takes: list[str] = []
        if self.is_bound and self.entry:
            self._take({self._part(name) for name in self.data.getlist(TAKE)})

    def values(self) -> dict[str, int | str]:
        """Return the entry's fields from what was typed."""
        raise NotImplementedError

    @cached_property
    def clashes(self) -> list[str]:
        """The parts of the entry that this page and somebody else changed, each otherwise."""
        if not (self.is_valid() and self.entry and self.entry.alive):
            return []
        typed = {self._part(name) for name in self.changed_data}
        moved = {self._part(name) for name in self.moved}
        return [part for part in self._parts if part in typed & moved & self._differing()]

    @cached_property
    def moved(self) -> set[str]:
        """The fields in which the entry is no longer what this page showed."""
        return {name for name in self.fields if self._has_moved(name)}

    def tell_clash(self, part: str, words: str) -> None:
        """Show beside a part what it is now, with the way to take that."""
        anchor = next(name for name in self.fields if self._part(name) == part)
        self.takes.append(anchor)
        self.add_error(anchor, words)

    def stand_on_now(self) -> None:
        """Go on from the entry as it is now: what was not changed here follows it."""
        typed = {self._part(name) for name in self.changed_data}
        for name in self.fields:
            self._put(self.add_initial_prefix(name), name)
            if self._part(name) not in typed:
                self._put(self.add_prefix(name), name)

    @property
    def _parts(self) -> dict[str, None]:
        return dict.fromkeys(map(self._part, self.fields))

    def _part(self, name: str) -> str:
        source = self.sources.get(name, name)
        return self.joined.get(source, source)

    def _differing(self) -> set[str]:
        now = self.entry
        return {
            self._part(name) for name, value in self.values().items() if value != getattr(now, name)
        }

    def _has_moved(self, name: str) -> bool:
        field, key = self.fields[name], self.add_initial_prefix(name)
        if key not in self.data:
            return False
        seen = self._widget_data_value(field.hidden_widget(), key)
        return field.has_changed(field.to_python(self.initial.get(name)), seen)

    def _take(self, parts: set[str]) -> None:
        """Let these parts be as the entry is now, whatever was typed."""
        self.data = self.data.copy()
        for name in self.fields:
            if self._part(name) in parts:
                self._put(self.add_initial_prefix(name), name)
                self._put(self.add_prefix(name), name)

    def _put(self, key: str, name: str) -> None:
        """Send what the entry holds now in a field, under a key, as browsers do."""
        now = self.initial.get(name)
        values = now if isinstance(now, list) else [now]
        self.data.setlist(key, ["" if value is None else str(value) for value in values])
