"""Plans as iCalendar (RFC 5545): events as they are, tasks as to-dos. Pure.

Habits have no place there: a weekday's tick is neither an event nor a to-do.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Component, Event, Todo

from backups.stills import Still
from planner.times import FOREVER

HEAD = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Planner//EN\r\n"
TAIL = b"END:VCALENDAR\r\n"
PRIORITIES = {3: 1, 2: 5, 1: 9}
"""RFC 5545 counts from 1, the most urgent, to 9."""

# A text of RFC 5545 holds none of these, and some parsers end a line at others than CR LF.
LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def as_ics(stills: Iterable[Still], *, made_at: int) -> Iterator[bytes]:
    """Yield a plan as an iCalendar file, an entry at a time; `made_at` is in unix seconds."""
    yield HEAD
    for still in stills:
        if still.kind in MADE:
            component = MADE[still.kind](still)
            component.add("uid", still.id)
            component.add("dtstamp", _moment(made_at))
            component.add("summary", _text(still.values["name"]))
            if still.values["description"]:
                component.add("description", _text(still.values["description"]))
            yield component.to_ical()
    yield TAIL


def _event(still: Still) -> Component:
    event, start = Event(), _moment(still.values["starttime"])
    event.add("dtstart", start)
    event.add("duration", timedelta(seconds=still.values["duration"]))
    return event


def _todo(still: Still) -> Component:
    todo = Todo()
    if still.values["duedate"] != FOREVER:
        todo.add("due", _moment(still.values["duedate"]))
    todo.add("priority", PRIORITIES[still.values["priority"]])
    todo.add("status", "COMPLETED" if still.values["completion"] else "NEEDS-ACTION")
    return todo


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _text(text: str) -> str:
    return CONTROLS.sub("", LINE_ENDS.sub("\n", text))


MADE = {"event": _event, "task": _todo}
