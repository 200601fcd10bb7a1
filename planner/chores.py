"""Chores: what the server does by itself from time to time. `manage.py chores` does what is due.

An app writes its chores in its `chores.py`. A chore is safe to repeat: after a crash it is done
again. Who begins one takes its row for a time, so that no two runs do the same chore at once.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connection
from django.db.models import Model
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from planner import buckets
from planner.lately import lately
from planner.models import Chore
from planner.problems import gone

HOUR, DAY = 3_600, 86_400
EARLY = timedelta(minutes=5)
"""A timer is never quite on time: this much too early a chore is due all the same."""
LEASE = timedelta(hours=3)
"""After this time a run that never told its end has crashed."""

Work = Callable[[], int | None]
Row, Result = TypeVar("Row", bound=Model), TypeVar("Result")
log = logging.getLogger("planner.chores")
_registered: dict[str, tuple[timedelta, Work]] = {}


@dataclass(frozen=True)
class Done:
    """What became of one chore: done, failed, or left because it was not due.

    `rows` is how many rows it was about, where it counts them.
    """

    name: str
    outcome: str
    rows: int | None = None


def chore(name: str, *, every: int) -> Callable[[Work], Work]:
    """Register a function as a chore that is due `every` so many seconds; it may return a count."""

    def register(work: Work) -> Work:
        if name in _registered:
            raise ValueError(f"there is a chore {name!r} already")
        _registered[name] = (timedelta(seconds=every), work)
        return work

    return register


def run_due(*, all_of_them: bool = False) -> Iterator[Done]:
    """Do the chores that are due, by name, and yield what became of each.

    One that fails is logged, tried again at the next run, and stands in nobody's way.
    """
    autodiscover_modules("chores")
    for name, (every, work) in sorted(_registered.items()):
        began = timezone.now()
        if not _take(name, began, timedelta(0) if all_of_them else every - EARLY):
            yield Done(name, "left")
            continue
        try:
            rows = work()
        except Exception:
            log.exception("the chore %s has failed", name)
            _give_back(name, began, ran_at=None)
            yield Done(name, "failed")
        else:
            _give_back(name, began, ran_at=began)
            yield Done(name, "done", rows)


def each(rows: Iterable[Row], work: Callable[[Row], Result]) -> Iterator[Result]:
    """Yield what `work` returns for each row; one that fails stands in no other's way.

    A row that was deleted meanwhile is passed over. Any other failure is logged, and raised once
    all rows are done, so that the chore counts as failed.
    """
    failure = None
    for row in rows:
        try:
            result = work(row)
        except ObjectDoesNotExist:
            continue
        except Exception as error:
            if gone(error):
                continue
            log.exception("a chore has failed at %s %s", type(row).__name__, row.pk)
            failure = error
        else:
            yield result
    if failure:
        raise failure


def ages() -> list[tuple[str, timedelta]]:
    """Return how long ago each chore was last done to its end, for those that ever were."""
    now = timezone.now()
    done = Chore.objects.exclude(ran_at=None).order_by("name")
    return [(name, now - ran_at) for name, ran_at in done.values_list("name", "ran_at")]


def overdue(times: int) -> list[tuple[str, timedelta]]:
    """Return the chores that were not done for so many times as long as they should be."""
    autodiscover_modules("chores")
    return [
        (name, age)
        for name, age in ages()
        if name in _registered and age > times * _registered[name][0]
    ]


def _take(name: str, now: datetime, wait: timedelta) -> bool:
    """Begin a chore unless another run is at it or it is not due: one conditional UPDATE."""
    Chore.objects.bulk_create([Chore(name=name)], ignore_conflicts=True)
    waits = lately("taken_at", LEASE, now) | lately("ran_at", wait, now)
    return Chore.objects.filter(name=name).exclude(waits).update(taken_at=now) == 1


def _give_back(name: str, taken_at: datetime, *, ran_at: datetime | None) -> None:
    try:
        told = {"taken_at": None} | ({"ran_at": ran_at} if ran_at else {})
        Chore.objects.filter(name=name, taken_at=taken_at).update(**told)
    except Error:
        # The next run has a new connection; until the lease ends, this chore waits.
        log.exception("the end of the chore %s could not be told", name)
        connection.close()


@chore("full-buckets", every=HOUR)
def sweep_buckets() -> int:
    """Forget the limits that nobody has touched for long."""
    return buckets.sweep()
