"""gunicorn for those who wait for news.

`gunicorn -c deploy/gunicorn_live.conf.py planner.asgi:application`
"""

from importlib import import_module
from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker


class Worker(UvicornWorker):
    """Leaves the date to the answers: uvicorn gives them that of the question, before the wait."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = UvicornWorker.CONFIG_KWARGS | {"date_header": False}


worker_class = Worker
# One process holds thousands; each more costs a connection that listens and one that asks.
workers = 1
timeout = 30
graceful_timeout = 30
# Longer than the proxy's, so that it never sends a request into a connection that is closing.
keepalive = 75
control_socket_disable = True
loglevel = "warning"


def pre_fork(server: Any, worker: Any) -> None:
    """Give a new worker a place to count in, as deploy/gunicorn.conf.py does."""
    import_module("planner.places").give("live", worker, server.WORKERS.values())


def post_fork(_server: Any, worker: Any) -> None:
    """Count in that place."""
    import_module("planner.places").sit(worker.place)


def child_exit(_server: Any, worker: Any) -> None:
    """Whoever waited at a worker that ended waits no more."""
    import_module("planner.places").leave(worker)
