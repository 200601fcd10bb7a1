"""The least a poll can cost: a WSGI application that does one SELECT by primary key."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.yardsticks import connect

QUERY = "SELECT revision FROM backups_backup WHERE id = %s"
local = threading.local()


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """Answer the revision of the backup that the path names."""
    with _cursor() as cursor:
        cursor.execute(QUERY, (int(environ["PATH_INFO"].strip("/")),))
        body = str(cursor.fetchone()[0]).encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


def _cursor() -> Any:
    if not hasattr(local, "connection"):
        local.connection = connect(os.environ["DATABASE_URL"])
        local.connection.autocommit = True
    return local.connection.cursor()
