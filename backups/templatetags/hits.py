"""What a search found, in words and marks."""

from collections.abc import Iterable

from django import template

from backups import searching
from backups.calendars import WallClock
from backups.models import Entry, Event, Task
from backups.searching import Piece
from backups.templatetags.entries import KIND_NAMES, due_words, event_words

register = template.Library()
BEFORE, AROUND = 40, 160


@register.filter
def kind_name(kind: str) -> str:
    """Return the heading of a kind."""
    return KIND_NAMES[kind]


@register.filter
def hits(text: str, query: str) -> list[Piece]:
    """Return the parts of a text, hits told apart."""
    return list(searching.pieces(text, query))


@register.filter
def excerpt(text: str, query: str) -> Iterable[Piece]:
    """Return what stands around the first hit of a long text."""
    parts = hits(text, query)
    before = len(parts[0].text) if parts and not parts[0].is_hit and len(parts) > 1 else 0
    begin = max(0, before - BEFORE)
    cut = text[begin : begin + AROUND]
    shown = ("…" if begin else "") + cut + ("…" if begin + AROUND < len(text) else "")
    return parts if shown == text else hits(shown, query)


@register.filter
def hit_words(entry: Entry, clock: WallClock) -> str:
    """Return when an entry is; nothing for what has no date."""
    if isinstance(entry, Event):
        return event_words(entry, clock)
    return due_words(entry, clock) if isinstance(entry, Task) and entry.has_date else ""
