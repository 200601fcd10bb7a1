"""gunicorn as Planner wants it: `gunicorn -c deploy/gunicorn.conf.py planner.wsgi:application`."""

import gc
from importlib import import_module
from typing import Any

worker_class = "gthread"
workers = 2
# A full pull must not make the polls of other devices wait.
threads = 4
preload_app = True
timeout = 30
graceful_timeout = 30
keepalive = 30
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_field_size = 8190
# Its default is a file in the home folder, which two servers on one machine would share.
control_socket_disable = True
loglevel = "warning"


def when_ready(_server: Any) -> None:
    """Keep what was loaded before the workers fork out of every collection of theirs."""
    gc.freeze()


def post_worker_init(_worker: Any) -> None:
    """Gather what no request waits for."""
    _later().start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Write what was gathered."""
    _later().flush()


def _later() -> Any:
    # Before there is a worker the project's folder may not be where modules are looked for.
    return import_module("planner.later")
