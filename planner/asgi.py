"""The ASGI door, for those who wait for news; deploy/gunicorn_live.conf.py tells how it is run.

nginx sends it the two addresses of news alone. It can serve all others too, in one thread and as
`planner.wsgi` does, so that a server for development is one process without a proxy.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from asgiref.wsgi import WsgiToAsgi
from django.utils.module_loading import import_string

from planner import wsgi


def closed(app: Callable) -> Callable:
    """Close each answer of a WSGI application at its end, which asgiref leaves undone."""

    def wrapped(environ: dict[str, Any], start_response: Callable) -> Iterator[bytes]:
        with closing(app(environ, start_response)) as answer:
            yield from answer

    return wrapped


application = import_string("backups.waiting.Waiting")(WsgiToAsgi(closed(wsgi.application)))
