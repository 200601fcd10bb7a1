"""The place of each worker among those of its server: what its counters are kept under.

A worker is replaced after some thousands of requests. Counted under process ids, every one would
leave files behind for ever; who takes a place over goes on counting where the last one ended.
"""

import os
from collections.abc import Iterable
from itertools import count
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where the workers count."""

_own = "main"


def own() -> str:
    """Return the place of this process."""
    return _own


def sit(place: str) -> None:
    """Take a place, in the process whose it is."""
    global _own
    _own = place


def give(service: str, worker: Any, others: Iterable[Any]) -> None:
    """Give a worker the first place of a service that none of the others has, as its `place`."""
    taken = {other.place for other in others}
    places = (f"{service}-{number}" for number in count(1))
    worker.place = next(place for place in places if place not in taken)


def leave(worker: Any) -> None:
    """Take what a worker that has ended told of the present out of the sums."""
    if os.environ.get(FOLDER):
        mark_process_dead(worker.place)
