"""What a search found, in words and marks."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

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
def marked(text: str, query: str) -> SafeString:
    """Return a text with its hits as marks."""
    return _drawn(searching.pieces(text, query))


@register.filter
def around(text: str, query: str) -> SafeString:
    """Return what stands around the first hit of a long text, with marks."""
    parts = list(searching.pieces(text, query))
    before = len(parts[0].text) if parts and not parts[0].is_hit and len(parts) > 1 else 0
    begin = max(0, before - BEFORE)
    cut = text[begin : begin + AROUND]
    shown = ("…" if begin else "") + cut + ("…" if begin + AROUND < len(text) else "")
    return _drawn(parts) if shown == text else marked(shown, query)


def _drawn(parts: Iterable[Piece]) -> SafeString:
    drawn = (f"<mark>{escape(text)}</mark>" if is_hit else escape(text) for text, is_hit in parts)
    return SafeString("".join(drawn))


@register.filter
def hit_words(entry: Entry, clock: WallClock) -> str:
    """Return when an entry is; nothing for what has no date."""
    if isinstance(entry, Event):
        return event_words(entry, clock)
    return due_words(entry, clock) if isinstance(entry, Task) and entry.has_date else ""
