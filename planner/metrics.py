"""What Prometheus is told at /metrics: counters of this server, and gauges looked up when asked.

Where gunicorn has several processes, they count in files of the folder PROMETHEUS_MULTIPROC_DIR,
which deploy/gunicorn.conf.py sets; elsewhere in memory. An app has its own in its `metrics.py`.
No label may have a value that a client chose: each value is kept for ever.
"""

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from math import inf
from time import perf_counter

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import autodiscover_modules
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from planner import certificates, chores, copies, disks, pages, places, vitals
from planner.health import for_machines

log = logging.getLogger("planner.requests")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

Values = float | Iterable[tuple[str, float]]

disable_created_metrics()
if os.environ.get(places.FOLDER):
    values.ValueClass = values.MultiProcessValue(places.own)

REQUESTS = Counter("planner_http_requests", "Requests answered.", ("method", "route", "status"))
DURATION = Histogram(
    "planner_http_request_seconds", "Time to an answer's head.", ("route",), buckets=SECONDS
)
_gauges: dict[str, tuple[str, str, Callable[[], Values]]] = {}


def gauge(
    name: str, words: str, label: str = ""
) -> Callable[[Callable[[], Values]], Callable[[], Values]]:
    """Register a function that looks a gauge's value up; with a label, pairs of its values."""

    def register(look: Callable[[], Values]) -> Callable[[], Values]:
        if name in _gauges:
            raise ValueError(f"there is a gauge {name!r} already")
        _gauges[name] = (words, label, look)
        return look

    return register


class MeasureMiddleware:
    """Counts every answer, and how long it took, by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = perf_counter()
        answer = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "none"
        method = request.method if request.method in METHODS else "other"
        seconds = perf_counter() - begun
        _requests(method, route, answer.status_code).inc()
        _duration(route).observe(seconds)
        if log.isEnabledFor(logging.INFO):
            facts = {"method": method, "route": route, "status": answer.status_code}
            facts["milliseconds"] = round(1_000 * seconds, 1)
            log.info("%s /%s %s %s ms", *facts.values(), extra={"facts": facts})
        return answer


@for_machines
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all metrics in a form of Prometheus'; to who comes through a proxy, with 404."""
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return pages.not_found(request)
    encode, kind = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(_registry()), content_type=kind)


class LookedUp(Collector):
    """The gauges of all apps; while the database is away, only that it is."""

    def describe(self) -> Sequence[GaugeMetricFamily]:
        """Nothing is looked up to be registered."""
        return ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Look every gauge up."""
        autodiscover_modules("metrics")
        try:
            families = [_looked_up(name, *rest) for name, rest in sorted(_gauges.items())]
        except Error:
            connection.close_if_unusable_or_obsolete()
            families = []
        yield from families
        yield GaugeMetricFamily(
            "planner_database_up", "Whether the database answers.", value=bool(families)
        )


def _looked_up(name: str, words: str, label: str, look: Callable[[], Values]) -> GaugeMetricFamily:
    found = look()
    if not label:
        return GaugeMetricFamily(name, words, value=found)
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in found:
        family.add_metric([value], number)
    return family


def _registry() -> CollectorRegistry:
    """Return what this server's processes counted, and what is looked up."""
    if not os.environ.get(places.FOLDER):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(LookedUp())
    return registry


REGISTRY.register(LookedUp())


@gauge("planner_chore_age_seconds", "Time since a chore was last done to its end.", "chore")
def _chore_ages() -> list[tuple[str, float]]:
    return [(name, age.total_seconds()) for name, age in chores.ages()]


@gauge("planner_copy_age_seconds", "Time since the last nightly copy of the database was begun.")
def _copy_age() -> float:
    age = copies.age()
    return inf if age is None else age.total_seconds()


@gauge("planner_copy_log_stuck", "Whether PostgreSQL cannot copy its log of changes.")
def _log_stuck() -> bool:
    return copies.is_log_stuck()


@gauge("planner_disk_free_ratio", "Free part of a disk, by a folder on it.", "folder")
def _disks() -> list[tuple[str, float]]:
    return list(disks.room())


@gauge("planner_certificate_seconds", "Time until the certificate that nginx shows ends.")
def _certificate_left() -> float:
    left = certificates.remaining()
    return inf if left is None else left.total_seconds()


@gauge("planner_database_bytes", "Size of the database.")
def _database_bytes() -> int:
    size = "SELECT pg_database_size(current_database())"
    if connection.vendor == "sqlite":
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with connection.cursor() as cursor:
        cursor.execute(size)
        return cursor.fetchone()[0]


gauge("planner_database_connections", "Connections to the database, by their state.", "state")(
    vitals.connections
)
gauge("planner_database_deadlocks", "Deadlocks since PostgreSQL began to count.")(vitals.deadlocks)
gauge("planner_database_dead_ratio", "Dead part of a table's rows, where many are dead.", "table")(
    vitals.dead_parts
)
gauge("planner_database_oldest_transaction_seconds", "Age of Planner's oldest transaction.")(
    vitals.oldest_transaction
)


# The labels are few; looking them up takes the library longer than counting.
@cache
def _requests(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, status)


@cache
def _duration(route: str) -> Histogram:
    return DURATION.labels(route)
