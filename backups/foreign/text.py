"""Text files of strangers: their lines, texts cut to what devices hold, ids that come out alike."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import BinaryIO
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from backups.calendars import LAST_MINUTE
from backups.imports import Found
from backups.items import is_id

BOM = b"\xef\xbb\xbf"
MOST_LINE_BYTES = 64 * 1024
"""The rest of a longer line is passed over: no device holds as much."""
ZONE_PARTS = 3
"""As in America/Argentina/Ushuaia; what stands before them names a program."""
ELLIPSIS = "…"
NAMESPACE = UUID("5f0b2d0c-6d5e-5c43-9f0e-2a6f8d1f9a37")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
LINE_ENDS = re.compile("\r\n?|\n")


def lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield a file's lines, none of great length, with their ends and their numbers from 1 on."""
    number, rest = 0, False
    while piece := file.readline(MOST_LINE_BYTES):
        if not rest:
            number += 1
            yield number, piece.removeprefix(BOM) if number == 1 else piece
        rest = not piece.endswith(b"\n")


def own_id(*names: str) -> str:
    """Return the id of what has these names in its program, the same each time.

    An id of a plan stays what it is, so that an exported entry is met again.
    """
    known = names[-1].lower()
    return known if is_id(known) else str(uuid5(NAMESPACE, "\0".join(names)))


def fitted(text: str, most: int, found: Found) -> str:
    """Return a text without what no device shows, cut to so many bytes."""
    raw = CONTROLS.sub("", LINE_ENDS.sub("\n", text)).encode()
    if len(raw) <= most:
        return raw.decode()
    found.notes["shortened"] += 1
    return raw[: most - len(ELLIPSIS.encode())].decode(errors="ignore").rstrip() + ELLIPSIS


def moment(value: date, zone: ZoneInfo, *, ends_day: bool = False) -> int:
    """Return a local date, or date and time, in unix seconds.

    A date alone is where its day begins, or with `ends_day` the day's last minute.
    """
    if not isinstance(value, datetime):
        time = LAST_MINUTE if ends_day else datetime.min.time()
        value = datetime.combine(value, time)
    known = value if value.tzinfo else value.replace(tzinfo=zone)
    return int(known.timestamp())


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone that a program names, by its name of IANA's or of Windows; None for others.

    Some programs write their own name before it, as in /example.org/Europe/Berlin.
    """
    parts = name.strip("/").rsplit("/", ZONE_PARTS)[-ZONE_PARTS:]
    for begin in range(len(parts)):
        asked = "/".join(parts[begin:])
        if (known := WINDOWS_TO_OLSON.get(asked, asked)) in _zones():
            return ZoneInfo(known)
    return None


@cache
def _zones() -> set[str]:
    return available_timezones()
