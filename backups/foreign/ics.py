"""iCalendar files (RFC 5545) of other programs: their events and to-dos, read line by line.

No file is ever in memory as a whole, and nothing in it is computed: of what repeats, the first
time is taken, and the rules of time zones are those that this server knows.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import vDDDTypes
from icalendar.parser import Contentline

from backups.calendars import UNKNOWN_DAY
from backups.foreign.text import (
    MOST_LINE_BYTES,
    fitted,
    lines,
    moment,
    own_id,
    zone_named,
)
from backups.imports import Found
from backups.kinds import DESCRIPTION_BYTES, NAME_BYTES
from planner.times import FOREVER

HEAD = b"BEGIN:VCALENDAR"
READ = {
    *("UID", "RECURRENCE-ID", "SUMMARY", "DESCRIPTION", "STATUS", "RRULE", "RDATE"),
    *("DTSTART", "DTEND", "DURATION", "DUE", "COMPLETED"),
}
ONE_DAY = timedelta(days=1)
UNSAID = ("priority",)
"""Other programs mean something else by it; devices would sort by it."""


class Property(NamedTuple):
    """A line of a component: its number, parameters and value."""

    line: int
    params: Any
    value: str


@dataclass
class Component:
    """An event or a to-do of a file: the line it begins at, and the first of each property."""

    name: str
    line: int
    properties: dict[str, Property] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return the value of a property, empty where there is none."""
        return self.properties[name].value if name in self.properties else ""


class UnreadableError(Exception):
    """Says which line of a component cannot be understood, and why."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line, self.detail = line, detail


def read_ics(file: BinaryIO, zone: ZoneInfo) -> Found:
    """Read events and to-dos; times without a zone are on the clocks of `zone`."""
    found = Found(unsaid=UNSAID)
    for component in _components(file, found):
        place = _("line %d") % component.line
        if component.text("STATUS").upper() == "CANCELLED":
            found.notes["cancelled"] += 1
            continue
        try:
            found.take(*MADE[component.name](component, zone, found), place)
        except UnreadableError as error:
            found.fail(_("line %d") % error.line, error.detail)
        except OverflowError:
            found.fail(place, str(UNKNOWN_DAY))
    return found


def _event(component: Component, zone: ZoneInfo, found: Found) -> tuple[str, dict]:
    entry = _named(component, found)
    start = _time(component, "DTSTART", zone, found)
    if start is None:
        raise UnreadableError(component.line, _("An event needs a start (DTSTART)."))
    end, length = _time(component, "DTEND", zone, found), _length(component)
    if end is None and length is None:
        if isinstance(start, datetime):
            raise UnreadableError(
                component.line, _("An event needs an end or a length (DTEND or DURATION).")
            )
        length = ONE_DAY
    begins = moment(start, zone)
    ends = moment(end, zone) if length is None else _later(start, length, zone)
    if ends < begins:
        raise UnreadableError(component.line, _("The event ends before it starts."))
    return "event", entry | {"starttime": begins, "duration": ends - begins}


def _todo(component: Component, zone: ZoneInfo, found: Found) -> tuple[str, dict]:
    entry = _named(component, found)
    due = _time(component, "DUE", zone, found)
    start, length = _time(component, "DTSTART", zone, found), _length(component)
    duedate = FOREVER
    if due is not None:
        duedate = moment(due, zone, ends_day=True)
    elif start is not None and length is not None:
        duedate = _later(start, length, zone)
    status = component.text("STATUS").upper()
    is_done = status == "COMPLETED" if status else "COMPLETED" in component.properties
    return "task", entry | {"completion": int(is_done), "priority": 1, "duedate": duedate}


MADE: dict[str, Callable[[Component, ZoneInfo, Found], tuple[str, dict]]] = {
    "VEVENT": _event,
    "VTODO": _todo,
}


def _named(component: Component, found: Found) -> dict[str, Any]:
    """Return what events and to-dos share."""
    if {"RRULE", "RDATE"} & component.properties.keys():
        found.notes["repeats"] += 1
    summary = component.text("SUMMARY")
    if not summary.strip():
        raise UnreadableError(component.line, _("It needs a name (SUMMARY)."))
    names = [component.text("UID") or summary + component.text("DTSTART")]
    if "RECURRENCE-ID" in component.properties:
        names = [names[0], f"#{component.text('RECURRENCE-ID')}"]
    return {
        "id": own_id(component.name, *names),
        "name": fitted(summary, NAME_BYTES, found),
        "description": fitted(component.text("DESCRIPTION"), DESCRIPTION_BYTES, found),
    }


def _time(component: Component, name: str, zone: ZoneInfo, found: Found) -> date | None:
    """Return a property's date, or its date and time with a zone."""
    if name not in component.properties:
        return None
    value = _value(component, name)
    if not isinstance(value, date):
        raise _not_understood(component, name)
    if not isinstance(value, datetime) or value.tzinfo:
        return value
    called = component.properties[name].params.get("TZID")
    known = zone_named(str(called)) if called else None
    if known is None:
        found.notes["unknown-zone" if called else "zoneless"] += 1
    return value.replace(tzinfo=known or zone)


def _length(component: Component) -> timedelta | None:
    if "DURATION" not in component.properties:
        return None
    value = _value(component, "DURATION")
    if not isinstance(value, timedelta):
        raise _not_understood(component, "DURATION")
    return value


def _later(start: date, length: timedelta, zone: ZoneInfo) -> int:
    """Return when a length is over: whole days end at the same time of day (RFC 5545, 3.3.6)."""
    if length.seconds == 0:
        return moment(start + length, zone)
    return moment(start, zone) + int(length.total_seconds())


def _value(component: Component, name: str) -> Any:
    try:
        return vDDDTypes.from_ical(component.text(name))
    except (ValueError, OverflowError):
        raise _not_understood(component, name) from None


def _not_understood(component: Component, name: str) -> UnreadableError:
    detail = _("%(name)s is not understood: “%(value)s”.")
    shown = component.text(name)[:40]
    return UnreadableError(component.properties[name].line, detail % {"name": name, "value": shown})


def _components(file: BinaryIO, found: Found) -> Iterator[Component]:
    """Yield the components that are read; those inside of others are passed over."""
    component, inner = None, 0
    for line, raw in _unfolded(file):
        head, _colon, called = raw.partition(b":")
        name = head.partition(b";")[0].strip().upper().decode(errors="replace")
        if component is None:
            kind = called.strip().upper().decode(errors="replace")
            component = Component(kind, line) if name == "BEGIN" and kind in MADE else None
        elif name == "BEGIN":
            inner += 1
        elif name == "END" and inner:
            inner -= 1
        elif name == "END":
            yield component
            component = None
        elif not inner and name in READ and name not in component.properties:
            _keep(component, name, line, raw, found)
    if component:
        found.fail(_("line %d") % component.line, _("This has no end: the file is cut off."))


def _keep(component: Component, name: str, line: int, raw: bytes, found: Found) -> None:
    try:
        _name, params, value = Contentline(raw.decode()).parts()
    except ValueError:
        found.fail(_("line %d") % line, _("The line is no iCalendar in UTF-8."))
    else:
        component.properties[name] = Property(line, params, value)


def _unfolded(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines with the numbers at which they begin: a long one is written on several."""
    begun, whole = 0, bytearray()
    for number, raw in lines(file):
        text = raw.rstrip(b"\r\n")
        if begun and text[:1] in (b" ", b"\t"):
            whole += text[1:] if len(whole) < MOST_LINE_BYTES else b""
            continue
        if begun:
            yield begun, bytes(whole)
        begun, whole = number, bytearray(text)
    if begun:
        yield begun, bytes(whole)
