"""What a Sentry is told of a fault: read by a server that stands in its place, over HTTP."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest

from tests.planner.test_start import PRODUCTION, SETUP, run

SCRIPT = """
import django; django.setup()
import sentry_sdk
from django.test import RequestFactory
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from types import ModuleType
import sys

@csrf_exempt
@login_not_required
def fails(request, word):
    canary = "canary-variable"
    raise ValueError("canary-message " + canary)

routes = ModuleType("routes")
routes.urlpatterns = [path("broken/<slug:word>/", fails)]
routes.handler500 = lambda request: HttpResponse(status=500)
sys.modules["routes"] = routes
from django.conf import settings
settings.ROOT_URLCONF = "routes"
handler = WSGIHandler()
environ = RequestFactory().post(
    "/broken/word/?canary-query=1", {"field": "canary-body"}, secure=True,
    headers={"Authorization": "Bearer canary-token", "Cookie": "session=canary-cookie"},
    SERVER_NAME="planner.example",
).environ
answer = handler(environ, lambda status, headers: print(status))
sentry_sdk.flush(10)
"""


class Sink(BaseHTTPRequestHandler):
    """Keeps what is sent to it."""

    def do_POST(self):  # noqa: N802 - the name of the base class
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Encoding"] == "br"
        self.server.got.append(brotli.decompress(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture
def sentry():
    """A server that takes events, and its address as Sentry writes it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_fault_is_told_with_its_place_and_nothing_that_was_sent(tmp_path, sentry):
    dsn = f"http://public@127.0.0.1:{sentry.server_port}/1"

    done = run(tmp_path, "-c", SCRIPT, **PRODUCTION, SENTRY_DSN=dsn)

    assert "500 Internal Server Error" in done.stdout, done.stderr
    [envelope] = [body for body in sentry.got if b'"event"' in body]
    event = json.loads(envelope.splitlines()[2])
    [fault] = event["exception"]["values"]
    assert (fault["type"], fault["stacktrace"]["frames"][-1]["function"]) == ("ValueError", "fails")
    assert event["transaction"] == "/broken/{word}/"
    assert b"canary" not in b"".join(sentry.got)


def test_without_an_address_nobody_is_told(tmp_path):
    script = f"{SETUP}; import sentry_sdk; print(sentry_sdk.is_initialized())"

    assert run(tmp_path, "-c", script, **PRODUCTION).stdout == "False\n"
