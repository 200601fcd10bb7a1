"""What the server tells of syncs."""

from collections import Counter as Tally
from collections.abc import Iterable

from django.db.models import Sum
from prometheus_client import Counter, Gauge, Histogram

from backups.models import Backup
from planner.metrics import gauge

ROWS = (1, 10, 100, 1_000, 10_000)

SYNCS = Counter("planner_syncs", "Syncs of devices, by how they ended.", ("result",))
CHANGES = Counter("planner_sync_changes", "Changes that came up, by their outcome.", ("outcome",))
SENT = Histogram("planner_sync_entries_sent", "Entries that a sync took down.", buckets=ROWS)
WAITING = Gauge(
    "planner_waiting_connections",
    "Callers who wait for news of a plan.",
    multiprocess_mode="livesum",
)


def count(result: str, outcomes: Iterable[str], down: int) -> None:
    """Count one sync: how it ended, what became of what came up, how many entries went down."""
    SYNCS.labels(result).inc()
    SENT.observe(down)
    for outcome, number in Tally(outcomes).items():
        CHANGES.labels(outcome).inc(number)


@gauge("planner_entries", "Entries of all plans, by whether they live.", "state")
def _entries() -> list[tuple[str, int]]:
    held = Backup.objects.aggregate(live=Sum("live_count"), dead=Sum("dead_count"))
    return [(state, number or 0) for state, number in held.items()]
