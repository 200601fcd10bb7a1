"""What is wrong with an installation, in plain words: `manage.py doctor` asks every diagnosis.

An app writes its own in its `diagnoses.py`: functions that yield what they found.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import Error, connection
from django.utils.module_loading import autodiscover_modules

from planner.logging import kind_of

log = logging.getLogger("planner.doctor")


@dataclass(frozen=True)
class Finding:
    """One thing that was found: `fault` breaks promises, `risk` may; and what to do about it."""

    level: str
    words: str
    remedy: str


def fault(words: str, remedy: str) -> Finding:
    """Return a finding about what must be mended."""
    return Finding("fault", words, remedy)


def risk(words: str, remedy: str) -> Finding:
    """Return a finding about what should be looked at."""
    return Finding("risk", words, remedy)


REMEDY = (
    "Is PostgreSQL running, and is DATABASE_URL right? Are all migrations applied?"
    " Its own log says more (/var/log/postgresql)."
)

Diagnosis = Callable[[], Iterable[Finding]]
_registered: list[tuple[str, Diagnosis]] = []


def diagnosis(about: str) -> Callable[[Diagnosis], Diagnosis]:
    """Register a function that looks at one side of the installation."""

    def register(look: Diagnosis) -> Diagnosis:
        _registered.append((about, look))
        return look

    return register


def examine() -> Iterator[tuple[str, list[Finding]]]:
    """Yield what was looked at, and what was found: nothing, where all is well.

    What cannot be looked at because the database does not answer is a fault of its own.
    """
    autodiscover_modules("diagnoses")
    for about, look in _registered:
        try:
            found = list(look())
        except Error as error:
            connection.close_if_unusable_or_obsolete()
            found = [fault(f"The database did not answer: {kind_of(error)}.", REMEDY)]
        yield about, found
