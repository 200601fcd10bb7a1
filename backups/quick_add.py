"""A line of plain words, read as a task or an event. Pure; the quick-add form calls this module.

Only the end of a line is read, and of its beginning what cannot be meant otherwise: "The 5th Wave"
and "Read Tomorrow's paper" are names. What is not understood stays in the name, and so does all
that stands in quotation marks.
"""

import re
from collections.abc import Iterator
from datetime import date
from datetime import time as clock_time
from typing import Any, NamedTuple

from backups.grammars import GRAMMARS
from backups.phrases import Reader, Rule, rules

LONGEST = 7
"""So many words belong together at most: "on Tuesday, 14th of October 2026"."""

MOST_WORDS = 500
LEVEL = re.compile(r"!(?:([1-3])|(\w+))")
SEPARATORS = ",;"
EVERY = re.compile("|".join(grammar.every for grammar in GRAMMARS.values()))


class Part(NamedTuple):
    """Words of the line and what they were taken for: day, time, span, length or priority."""

    kind: str
    words: str


class Reading(NamedTuple):
    """What a line says. `ends` is the end of a span, `minutes` a length, `parts` what was taken.

    A line of nothing but a date keeps it as its name, too: a name is never empty.
    """

    name: str
    day: date | None = None
    time: clock_time | None = None
    ends: clock_time | None = None
    minutes: int | None = None
    priority: int | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_span(self) -> bool:
        """Whether it says from when to when, as only events do."""
        return self.time is not None and (self.ends is not None or self.minutes is not None)


def read(line: str, reader: Reader) -> Reading:
    """Return what a line says to this reader. It never raises, and loses no word."""
    words = line.split()
    if len(words) > MOST_WORDS:
        return Reading(line.strip())
    found, parts = _level(words)
    for at_end in (True, False):
        while taken := _taken(words, found, reader, at_end=at_end):
            size, part, meaning = taken
            words = words[:-size] if at_end else words[size:]
            found |= meaning
            parts.append(part)
    if not parts:
        return Reading(line.strip())
    name = " ".join(words).rstrip(SEPARATORS)
    return Reading(name or line.strip(), **found, parts=tuple(parts))


def _level(words: list[str]) -> tuple[dict[str, Any], list[Part]]:
    """Take the first priority out of the words, wherever it stands."""
    for number, word in enumerate(words):
        match = LEVEL.fullmatch(word.lower())
        if match and (level := int(match[1] or _named_level(match[2]))):
            del words[number]
            return {"priority": level}, [Part("priority", word)]
    return {}, []


def _named_level(name: str) -> int:
    return max(grammar.levels.get(name, 0) for grammar in GRAMMARS.values())


def _taken(
    words: list[str], found: dict[str, Any], reader: Reader, *, at_end: bool
) -> tuple[int, Part, dict[str, Any]] | None:
    """Return the longest run of words at one end that says something new, and what."""
    for size in range(min(LONGEST, len(words)), 0, -1):
        # Entries do not repeat: of "Bins every Monday" the one that comes is not what is meant.
        if at_end and EVERY.fullmatch(" ".join(words[-size - 1 : -size]).lower()):
            continue
        phrase = " ".join(words[-size:] if at_end else words[:size])
        for rule, meaning in _meanings(phrase.rstrip(SEPARATORS), reader):
            if (at_end or rule.is_sure) and not meaning.keys() & found.keys():
                return size, Part(rule.kind, phrase), meaning
    return None


def _meanings(phrase: str, reader: Reader) -> Iterator[tuple[Rule, dict[str, Any]]]:
    lower = phrase.lower()
    for rule in rules(reader.language):
        match = rule.pattern.fullmatch(phrase if rule.is_exact else lower)
        if match and (meaning := rule.meaning(match, reader)):
            yield rule, meaning
