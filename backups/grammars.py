"""The words in which people say when: one table for each language. Pure; `quick_add` reads them."""

from collections.abc import Mapping
from typing import NamedTuple


class Grammar(NamedTuple):
    """A language's words, in lower case; patterns are of regular expressions.

    `weekdays` number their names as `date.weekday` does; `short_weekdays` count only as they are
    written there, since in small letters they are other words as well. `before` may stand before a
    day or a time, `following` means the one of the week after, `every` that no single day is meant,
    `hour` follows a bare number of the clock; `bare_hour` tells that "at 8" is said of eight in the
    morning.
    """

    days: Mapping[str, int]
    weekdays: Mapping[str, int]
    short_weekdays: Mapping[str, int]
    months: Mapping[str, int]
    times: Mapping[str, int]
    one: str
    before_day: str
    before_time: str
    following: str
    every: str
    next_week: str
    next_month: str
    within: str
    lasting: str
    since: str
    until: str
    of: str
    hour: str
    bare_hour: bool
    units: Mapping[str, str]
    levels: Mapping[str, int]


def _numbered(*names: str, first: int = 0) -> dict[str, int]:
    return {
        name: number for number, each in enumerate(names, first) for name in each.split() if name
    }


ENGLISH = Grammar(
    days={"today": 0, "tomorrow": 1, "tmrw": 1, "day after tomorrow": 2},
    weekdays=_numbered(
        "monday",
        "tuesday tue tues",
        "wednesday",
        "thursday thu thur thurs",
        "friday fri",
        "saturday",
        "sunday",
    ),
    short_weekdays=_numbered("Mon", "", "Wed", "", "", "Sat", "Sun"),
    months=_numbered(
        *("january jan", "february feb", "march mar", "april apr", "may", "june jun"),
        *("july jul", "august aug", "september sep sept", "october oct", "november nov"),
        "december dec",
        first=1,
    ),
    times={"noon": 12, "midday": 12},
    one="an?|one",
    before_day="on|by|due|this",
    before_time="at|by|@",
    following="next",
    every="every|each",
    next_week="next week",
    next_month="next month",
    within="in",
    lasting="for",
    since="from",
    until="to|until|till",
    of="of",
    hour=r"o['’]clock",
    bare_hour=False,
    units={
        "minutes?|mins?": "minutes",
        "hours?|hrs?|h": "hours",
        "days?": "days",
        "weeks?": "weeks",
        "months?": "months",
    },
    levels={"high": 3, "medium": 2, "low": 1},
)
GERMAN = Grammar(
    days={"heute": 0, "morgen": 1, "übermorgen": 2, "uebermorgen": 2},
    weekdays=_numbered(
        "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag sonnabend", "sonntag"
    ),
    short_weekdays=_numbered("Mo Mo.", "Di Di.", "Mi Mi.", "Do Do.", "Fr Fr.", "Sa Sa.", "So So."),
    months=_numbered(
        *("januar jan jänner", "februar feb", "märz mär maerz", "april apr", "mai", "juni jun"),
        *("juli jul", "august aug", "september sep sept", "oktober okt", "november nov"),
        "dezember dez",
        first=1,
    ),
    times={"mittags": 12},
    one="einem|einer|ein|eine",
    before_day="am|bis|bis zum|diesen|zum",
    before_time="um|bis",
    following="nächste[nrs]?|naechste[nrs]?",
    every="jede[mnrs]?",
    next_week="nächste woche|naechste woche",
    next_month="nächsten monat|naechsten monat",
    within="in",
    lasting="für|fuer",
    since="von",
    until="bis",
    of="",
    hour="uhr",
    bare_hour=True,
    units={
        "minuten?|min": "minutes",
        "stunden?|std|h": "hours",
        "tage?n?": "days",
        "wochen?": "weeks",
        "monate?n?": "months",
    },
    levels={"hoch": 3, "mittel": 2, "niedrig": 1},
)
GRAMMARS = {"en": ENGLISH, "de": GERMAN}
