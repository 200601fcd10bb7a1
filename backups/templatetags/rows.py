"""What a row or a box shows of an entry: where it leads, its mark, how urgent it is."""

from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backups.boxes import EventBox, TaskBox
from backups.models import Entry, Task
from planner import formats

register = template.Library()
ANY = str(UUID(int=0))
BLOCK = SafeString('<span class="block"></span>')


@register.filter
def address(entry: Entry | EventBox | TaskBox) -> str:
    """Return the address of an entry's page."""
    return _address(entry.kind.name).replace(ANY, str(entry.uuid))


@formats.once
def _address(kind: str) -> str:
    return reverse(f"backups:{kind}", args=[ANY])


@register.filter
def mark(entry: Entry | EventBox | TaskBox) -> SafeString:
    """Return an entry as a mark: a square for an event, a ring for a task."""
    if entry.kind.name == "event":
        return BLOCK
    return _ring(entry.priority, " is-done" if entry.completion else "")


@formats.once
def _ring(priority: int, done: str) -> SafeString:
    return format_html('<span class="ring p{}{}"></span>', priority, done)


@register.filter
def level(task: Task) -> str:
    """Return how urgent a task is, in words."""
    return _level(task.priority)


@formats.once
def _level(priority: int) -> str:
    return str(Task.Priority(priority).label)
