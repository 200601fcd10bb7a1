"""gunicorn as Planner wants it: `gunicorn -c deploy/gunicorn.conf.py planner.wsgi:application`."""

import gc
import json
import os
import tempfile
import uuid
from email.utils import formatdate
from http import HTTPStatus
from importlib import import_module
from socket import socket
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
TOO_LONG = (errors.LimitRequestLine, errors.LimitRequestHeaders)


class Worker(ThreadWorker):
    """Refuses what is no HTTP in the form of the API's own problems (RFC 9457), as nginx does."""

    def handle_error(self, req: Any, client: socket, addr: Any, exc: Exception) -> None:
        # It logs the error; without a socket it sends nothing.
        super().handle_error(req, None, addr, exc)
        try:
            client.sendall(_refusal(exc))
        except OSError:
            self.log.debug("a refusal could not be sent")


def _refusal(error: Exception) -> bytes:
    if isinstance(error, OURS) or not isinstance(error, errors.ParseException):
        said = ("internal", 500, "Something went wrong on the server", "Tell us the request_id.")
    elif isinstance(error, TOO_LONG):
        said = ("invalid", 431, "Some fields are not right", "The address or a header is too long.")
    else:
        said = ("invalid", 400, "Some fields are not right", "The request cannot be read.")
    slug, status, title, detail = said
    problem = {"type": f"/problems/{slug}", "code": slug, "title": title, "status": status}
    problem |= {"detail": detail, "request_id": uuid.uuid4().hex}
    body = json.dumps(problem, separators=(",", ":")).encode()
    headers = {
        "Date": formatdate(usegmt=True),
        "Content-Type": "application/problem+json",
        "Content-Length": len(body),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Request-ID": problem["request_id"],
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


worker_class = Worker
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

# Where the workers count for /metrics; all services of one machine may share a folder.
SERVICE = os.environ.get("PLANNER_SERVICE", "web")
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="planner-metrics-")


def when_ready(_server: Any) -> None:
    """Keep what was loaded before the workers fork out of every collection of theirs."""
    gc.freeze()


def pre_fork(server: Any, worker: Any) -> None:
    """Give a new worker a place to count in."""
    _ours("places").give(SERVICE, worker, server.WORKERS.values())


def post_fork(_server: Any, worker: Any) -> None:
    """Count in that place."""
    _ours("places").sit(worker.place)


def post_worker_init(_worker: Any) -> None:
    """Gather what no request waits for."""
    _ours("later").start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Write what was gathered."""
    _ours("later").flush()


def _ours(name: str) -> Any:
    # Before there is a worker the project's folder may not be where modules are looked for.
    return import_module(f"planner.{name}")
