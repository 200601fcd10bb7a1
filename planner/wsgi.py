"""The WSGI door, for gunicorn: `gunicorn planner.wsgi:application`."""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planner.settings")
MOST = 1024 * 1024 + 1


def with_length(app: Callable) -> Callable:
    """Give a chunked body its length: Django reads a request without one as empty.

    At most one byte over the body limit is read, enough for the 413.
    """

    def wrapped(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if not environ.get("CONTENT_LENGTH") and environ.get("wsgi.input_terminated"):
            raw = environ["wsgi.input"].read(MOST)
            environ["CONTENT_LENGTH"] = str(len(raw))
            environ["wsgi.input"] = io.BytesIO(raw)
        return app(environ, start_response)

    return wrapped


application = with_length(get_wsgi_application())
