"""The ways in which people say when, as patterns, and what each means. Pure; for `quick_add`."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from datetime import time as clock_time
from functools import cache
from typing import Any, NamedTuple

from backups import calendars
from backups.calendars import FIRST_YEAR, LAST_YEAR, WallClock
from backups.grammars import GRAMMARS, Grammar

CLOCK = r"([0-9]{1,2})(?::([0-9]{2}))? ?(am|pm|a\.m\.|p\.m\.)?"
MINUTES = {"minutes": 1, "hours": 60}


class Reader(NamedTuple):
    """Whose line is read: their clock, their language, and their order of a date."""

    clock: WallClock
    language: str = "en"
    date_order: str = "DMY"


class Rule(NamedTuple):
    """A way to say something: its kind, its pattern, and what a match means (None: nothing).

    What is `sure` is read at the beginning of a line as well.
    """

    kind: str
    pattern: re.Pattern[str]
    meaning: Callable[[re.Match[str], "Reader"], dict[str, Any] | None]
    is_sure: bool = False
    is_exact: bool = False


@cache
def rules(language: str) -> tuple[Rule, ...]:
    """Return the rules of all languages; short words of other languages mean nothing."""
    rules = [
        Rule("day", re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})"), _iso, is_sure=True),
        Rule("day", re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/([0-9]{4}|[0-9]{2}))?"), _slashed),
    ]
    for name, grammar in GRAMMARS.items():
        rules += [*_days(grammar), *_dates(grammar), *_times(grammar), *_lengths(grammar)]
        if name == language:
            rules.append(_short_weekdays(grammar))
    return tuple(rules)


def _days(g: Grammar) -> Iterator[Rule]:
    before, weekdays = f"(?:(?:{g.before_day}) )?", "|".join(g.weekdays)
    near = re.compile(f"{before}({'|'.join(map(re.escape, g.days))})")
    yield Rule("day", near, lambda match, reader: _on(_after(reader, g.days[match[1]])), True)
    named = re.compile(f"{before}(?:({g.following}) )?({weekdays})")
    yield Rule("day", named, lambda match, reader: _weekday(reader, g.weekdays[match[2]], match[1]))
    yield Rule("day", re.compile(before + f"(?:{g.next_week})"), _next_week)
    yield Rule("day", re.compile(before + f"(?:{g.next_month})"), _next_month)
    units = "|".join(g.units)
    later = re.compile(f"(?:{g.within}) ([0-9]{{1,3}}|{g.one}) ({units})")
    yield Rule(
        "day", later, lambda match, reader: _later(reader, _count(match[1]), _unit(g, match[2]))
    )


def _short_weekdays(g: Grammar) -> Rule:
    names = "|".join(map(re.escape, g.short_weekdays))
    pattern = re.compile(f"(?:(?:{g.before_day}) )?(?:({g.following}) )?({names})")
    return Rule(
        "day",
        pattern,
        lambda match, reader: _weekday(reader, g.short_weekdays[match[2]], match[1]),
        is_exact=True,
    )


def _dates(g: Grammar) -> Iterator[Rule]:
    names = [*g.weekdays, *(name.lower() for name in g.short_weekdays)]
    before = f"(?:(?:{g.before_day}) )?(?:(?:{'|'.join(map(re.escape, names))}),? )?"
    year, month = "([0-9]{4})", f"({'|'.join(g.months)})\\.?"
    dotted = re.compile(before + r"([0-9]{1,2})\.([0-9]{1,2})\.(?: ?([0-9]{4}|[0-9]{2}))?")
    yield Rule("day", dotted, lambda match, reader: _date(reader, *match.groups()), True)
    day_first = re.compile(
        f"{before}([0-9]{{1,2}})(?:st|nd|rd|th|\\.)? (?:(?:{g.of}) )?{month},?(?: {year})?"
    )
    yield Rule(
        "day",
        day_first,
        lambda match, reader: _date(reader, match[1], g.months[match[2]], match[3]),
    )
    month_first = re.compile(f"{before}{month} ([0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? {year})?")
    yield Rule(
        "day",
        month_first,
        lambda match, reader: _date(reader, match[2], g.months[match[1]], match[3]),
    )


def _times(g: Grammar) -> Iterator[Rule]:
    before, clock = f"(?:(?:{g.before_time}) ?)?", f"{CLOCK}(?: ?({g.hour}))?"
    yield Rule("time", re.compile(before + clock), _time, is_sure=True)
    dotted = re.compile(f"{before}([0-9]{{1,2}})\\.([0-9]{{2}})() ?({g.hour})")
    yield Rule("time", dotted, _time, is_sure=True)
    named = re.compile(f"{before}({'|'.join(g.times)})")
    yield Rule("time", named, lambda match, _: {"time": clock_time(g.times[match[1]])})
    if g.bare_hour:
        bare = re.compile(f"(?:{g.before_time}) ([0-9]{{1,2}})()()()")
        yield Rule("time", bare, lambda match, _: _at(_clock(match[1], "00", "")))
    span = re.compile(f"(?:(?:{g.since}) )?{clock} ?(?:[-–—]|{g.until}) ?{clock}")
    yield Rule("span", span, _span, is_sure=True)


def _lengths(g: Grammar) -> Iterator[Rule]:
    units = "|".join(unit for unit, meaning in g.units.items() if meaning in MINUTES)
    plain = re.compile(f"(?:{g.lasting}) ([0-9]{{1,3}}(?:[.,][0-9])?|{g.one}) ?({units})")
    yield Rule(
        "length",
        plain,
        lambda match, _: _lasts(_count(match[1]) * MINUTES[_unit(g, match[2])]),
    )
    both = re.compile(f"(?:{g.lasting}) ([0-9]{{1,2}}) ?h(?:ours?)? ?([0-9]{{1,2}}) ?(?:min|m)?")
    yield Rule("length", both, lambda match, _: _lasts(int(match[1]) * 60 + int(match[2])))


def _on(day: date | None) -> dict[str, Any] | None:
    return {"day": day} if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _at(time: clock_time | None) -> dict[str, Any] | None:
    return {"time": time} if time else None


def _lasts(minutes: float) -> dict[str, Any] | None:
    return {"minutes": int(minutes)} if minutes >= 1 else None


def _after(reader: Reader, days: float) -> date:
    return reader.clock.today + timedelta(days=int(days))


def _count(text: str) -> float:
    return float(text.replace(",", ".")) if text[0].isdigit() else 1


def _unit(g: Grammar, word: str) -> str:
    return next(unit for pattern, unit in g.units.items() if re.fullmatch(pattern, word))


def _weekday(reader: Reader, number: int, following: str | None) -> dict[str, Any] | None:
    """A weekday is the next one after today; the following one is in the week after this one."""
    if following:
        first = _monday_or_so(reader)
        return _on(first + timedelta(days=(number - first.weekday()) % 7))
    return _on(_after(reader, (number - reader.clock.today.weekday() - 1) % 7 + 1))


def _monday_or_so(reader: Reader) -> date:
    return calendars.week(_after(reader, 7), reader.clock.first_weekday)[0]


def _next_week(_match: re.Match[str], reader: Reader) -> dict[str, Any] | None:
    return _on(_monday_or_so(reader))


def _next_month(_match: re.Match[str], reader: Reader) -> dict[str, Any] | None:
    return _on(calendars.month_after(reader.clock.today.replace(day=1)))


def _later(reader: Reader, count: float, unit: str) -> dict[str, Any] | None:
    if unit in MINUTES:
        at = reader.clock.local(reader.clock.now + int(count) * MINUTES[unit] * 60)
        return {"day": at.date(), "time": at.time().replace(second=0)}
    if unit == "months":
        return _on(_months_after(reader.clock.today, int(count)))
    return _on(_after(reader, count * (7 if unit == "weeks" else 1)))


def _months_after(day: date, count: int) -> date | None:
    """Return the same day of a later month, or its last one where it is shorter."""
    first = calendars.month_after(day.replace(day=1), count)
    if first is None:
        return None
    fitting = (_checked(first.year, first.month, day.day - less) for less in range(4))
    return next(filter(None, fitting), None)


def _iso(match: re.Match[str], _reader: Reader) -> dict[str, Any] | None:
    return _on(_checked(*map(int, match.groups())))


def _slashed(match: re.Match[str], reader: Reader) -> dict[str, Any] | None:
    first, second, year = match.groups()
    is_month_first = reader.date_order == "MDY"
    day, month = (second, first) if is_month_first else (first, second)
    return _date(reader, day, month, year)


def _date(reader: Reader, day: str, month: str | int, year: str | None) -> dict[str, Any] | None:
    """A date without a year is the next one, today included."""
    if year:
        return _on(_checked(int(year) % 2000 + 2000 if len(year) == 2 else int(year), month, day))
    today = reader.clock.today
    # A leap day comes within eight years, also around 2100.
    days = (_checked(today.year + number, month, day) for number in range(9))
    return _on(next((found for found in days if found and found >= today), None))


def _checked(year: int, month: str | int, day: str | int) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _time(match: re.Match[str], _reader: Reader) -> dict[str, Any] | None:
    hour, minute, half, word = match.groups()
    # A number alone is a number: "Buy 12".
    return _at(_clock(hour, minute, half)) if minute or half or word else None


def _span(match: re.Match[str], _reader: Reader) -> dict[str, Any] | None:
    hour, minute, half, word, to_hour, to_minute, to_half, to_word = match.groups()
    if not (to_minute or to_half or to_word) and not (minute and half):
        return None
    end = _clock(to_hour, to_minute, to_half)
    starts = [_clock(hour, minute, half)]
    if to_half and not half:
        # "11-1pm" begins in the morning, "1-2pm" does not.
        starts = [_clock(hour, minute, each) for each in (to_half, "am")]
    start = next((each for each in starts if each and end and each < end), starts[0])
    if start is None or end is None or start == end:
        return None
    return {"time": start, "ends": end}


def _clock(hour: str, minute: str | None, half: str | None) -> clock_time | None:
    hours, minutes = int(hour), int(minute or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.startswith("p") else 0)
    return clock_time(hours, minutes) if hours < 24 and minutes < 60 else None
