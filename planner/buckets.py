"""Atomic token buckets: how often somebody may guess.

One statement decides and spends, so that parallel tries cannot pass a limit together. A bucket is
spent in autocommit before the request's own transaction: a failure that rolls back still counts.
"""

import hashlib
import math
import time
from dataclasses import dataclass
from ipaddress import IPv6Address

from django.db import connection, transaction
from django.utils.translation import gettext as _

from planner.lately import SKEW
from planner.models import Bucket
from planner.problems import RuleError

NEVER = 100 * 365 * 86_400.0
"""A `period` in seconds for buckets that do not fill again."""

SPEND = """
INSERT INTO planner_bucket (key, full_at) VALUES (%(key)s, %(now)s + %(step)s)
ON CONFLICT (key) DO UPDATE SET full_at = %(step)s + CASE
  WHEN planner_bucket.full_at BETWEEN %(now)s AND %(latest)s
  THEN planner_bucket.full_at ELSE %(now)s END
WHERE planner_bucket.full_at + %(step)s <= %(now)s + %(period)s + 0.001
OR planner_bucket.full_at > %(latest)s
RETURNING full_at
"""
REFUND = "UPDATE planner_bucket SET full_at = full_at - %(step)s WHERE key = %(key)s"


@dataclass(frozen=True)
class Limit:
    """`capacity` tries, of which each comes back after `period / capacity` seconds.

    What seems to come back later than any try can was spent by a clock that has been set back
    since, and is forgotten: nobody waits until that clock is right. Not so where a try is spent
    `for_good`.
    """

    kind: str
    capacity: int
    period: float
    for_good: bool = False

    def spend(self, subject: str) -> None:
        """Take one try of `subject`, or raise RuleError `throttled` with the seconds to wait."""
        if transaction.get_connection().in_atomic_block and not _is_test_transaction():
            raise RuntimeError("a bucket is spent before the transaction, not inside it")
        arguments = self._arguments(subject)
        with connection.cursor() as cursor:
            cursor.execute(SPEND, arguments)
            if cursor.fetchone() is not None:
                return
        raise RuleError("throttled", _("Too many tries."), retry_after=self._wait(subject))

    def refund(self, subject: str) -> None:
        """Give one try back: it turned out to be no guess."""
        with connection.cursor() as cursor:
            cursor.execute(REFUND, self._arguments(subject))

    def forget(self, subject: str) -> None:
        """Give all tries back, as if there had been none."""
        Bucket.objects.filter(key=self._key(subject)).delete()

    def is_used(self, subject: str) -> bool:
        """Return whether `subject` has spent a try that has not come back yet."""
        return Bucket.objects.filter(key=self._key(subject), full_at__gt=time.time()).exists()

    def _wait(self, subject: str) -> int:
        bucket = Bucket.objects.filter(key=self._key(subject)).first()
        if bucket is None:
            # Forgotten at this moment: the next try goes through.
            return 1
        step = self.period / self.capacity
        return max(1, math.ceil(bucket.full_at + step - self.period - time.time()))

    def _arguments(self, subject: str) -> dict:
        now = time.time()
        return {
            "key": self._key(subject),
            "now": now,
            "step": self.period / self.capacity,
            "period": self.period,
            "latest": math.inf if self.for_good else now + self.period + SKEW.total_seconds(),
        }

    def _key(self, subject: str) -> str:
        # Hashed, because subjects are serials, names and addresses of any length.
        return hashlib.sha256(f"{self.kind}:{_as_counted(subject)}".encode()).hexdigest()


def _as_counted(subject: str) -> str:
    """Return an IPv6 address as its network of 64 bits: one caller has all of that (RFC 6177)."""
    try:
        address = IPv6Address(subject)
    except ValueError:
        return subject
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}/64")


def _is_test_transaction() -> bool:
    return all(
        getattr(block, "_from_testcase", False)
        for block in transaction.get_connection().atomic_blocks
    )


def sweep() -> int:
    """Delete the buckets that are full again, as if they had never been; return how many."""
    return Bucket.objects.filter(full_at__lt=time.time()).delete()[0]
