"""News of plans: told when the transaction that makes them is committed, or looked up.

`backups.changes` tells, `backups.sources` hears.
"""

import logging
from collections.abc import Collection, Sequence
from functools import partial

from django.db import DatabaseError, InterfaceError, connection, transaction

from backups.models import Backup
from planner.later import Later
from planner.logging import kind_of

CHANNEL = "planner_news"
log = logging.getLogger("planner.news")


def announce(plan: int) -> None:
    """Tell everybody who waits for this backup's plan, once the transaction is committed.

    Told inside it, every commit of the database would wait for the one before to be on disk. A
    crash between the two costs a wake-up, and no more: whoever waits asks again before long.
    SQLite has no way to tell another process; there, who waits looks at the file's version.
    """
    if connection.vendor == "postgresql":
        transaction.on_commit(partial(told.add, plan))


def _notify(plans: Sequence[int]) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_notify(%s, plan::text) FROM unnest(%s) AS plan",
                [CHANNEL, list(set(plans))],
            )
    except (DatabaseError, InterfaceError) as error:
        log.warning("could not tell of news: %s", kind_of(error))


told = Later(_notify, soon=True)


def revisions(plans: Collection[int]) -> dict[int, int]:
    """Return the revisions of those of the plans that are not closed, by the backups' ids."""
    open_plans = Backup.objects.filter(pk__in=plans, closed_at=None)
    return dict(open_plans.values_list("pk", "revision"))
