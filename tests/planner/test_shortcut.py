"""The short way for devices answers as the ordinary way does, and refuses what it refuses."""

import gzip
import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from tests.backups.api import Api, event, habit, task
from tests.factories import make_device

ALWAYS = {"X-Request-ID", "Content-Length", "X-Content-Type-Options", "Cache-Control"}
# They protect pages, and forms in a browser; an answer to a bearer token is neither.
OF_BROWSERS = {
    *("Content-Security-Policy", "Cross-Origin-Opener-Policy", "Referrer-Policy"),
    *("X-Frame-Options", "Strict-Transport-Security"),
}


@pytest.fixture
def api(unit, device) -> Api:
    made = Api.of_device(unit)
    made.push(task=[task() for _ in range(20)], event=[event()], habit=[habit()])
    return made


@pytest.fixture
def both(settings):
    """Send a call both ways; return (status, headers, body) of each."""

    def send(api: Api, method: str, path: str, body: bytes = b"", **headers: str) -> list:
        shown, now = [], datetime.now(UTC)
        for ways in (("/api/sync/",), ()):
            settings.SHORTCUTS = ways
            # A cursor between two pages carries the second of the first one.
            with time_machine.travel(now, tick=False):
                answer = api.send(method, path, body, **headers)
                raw = answer.getvalue()
            kept = {k: v for k, v in answer.headers.items() if k not in OF_BROWSERS}
            assert kept.keys() >= ALWAYS - ({"Content-Length"} if answer.streaming else set())
            shown.append((answer.status_code, kept, raw))
        return shown

    return send


def without_what_always_differs(answer: tuple) -> tuple:
    status, headers, raw = answer
    plain = gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" else raw
    try:
        body = json.loads(plain)
    except ValueError:
        body = plain.decode()
    if isinstance(body, dict):
        for name in ("server_time", "next_poll", "request_id"):
            body.pop(name, None)
    apart = {"X-Request-ID", "Content-Length", "ETag"}
    vary = {part.strip() for part in headers.get("Vary", "").split(",")} - {"Cookie", "origin", ""}
    kept = {k: v for k, v in headers.items() if k not in apart} | {"Vary": vary}
    return status, kept, body


CALLS = [
    pytest.param("GET", "/api/sync/", b"", {}, id="full refresh"),
    pytest.param("GET", "/api/sync/?limit=3", b"", {}, id="page"),
    pytest.param("GET", "/api/sync/", b"", {"accept-encoding": "gzip"}, id="gzip"),
    pytest.param("GET", "/api/sync/", b"", {"accept": "application/x-ndjson"}, id="lines"),
    pytest.param("HEAD", "/api/sync/", b"", {}, id="head"),
    pytest.param("OPTIONS", "/api/sync/", b"", {}, id="options"),
    pytest.param("GET", "/api/sync/?since=nonsense", b"", {}, id="bad cursor"),
    pytest.param("GET", "/api/sync/?limit=x", b"", {}, id="bad query"),
    pytest.param("DELETE", "/api/sync/", b"", {}, id="wrong method"),
    pytest.param("POST", "/api/sync/", b'{"task": []}', {}, id="empty push"),
    pytest.param("POST", "/api/sync/", b"", {}, id="empty body"),
    pytest.param("POST", "/api/sync/", b"{", {}, id="broken body"),
    pytest.param("POST", "/api/sync/", b" " * 1_100_000, {}, id="large body"),
    pytest.param("GET", "/api/sync/", b"", {"authorization": "Bearer x"}, id="bad token"),
    pytest.param("GET", "/api/sync/", b"", {"authorization": "bearer"}, id="no token"),
    pytest.param("GET", "/api/sync/", b"", {"authorization": "Basic eDp5"}, id="other scheme"),
    pytest.param("GET", "/api/sync/", b"", {"authorization": ""}, id="empty header"),
]


@pytest.mark.parametrize(("method", "path", "body", "headers"), CALLS)
def test_both_ways_answer_the_same(api, both, method, path, body, headers):
    short, ordinary = both(api, method, path, body, **headers)

    assert without_what_always_differs(short) == without_what_always_differs(ordinary)


def test_both_ways_answer_the_same_when_nothing_is_new(api, both):
    tag = api.get("/api/sync/")["ETag"]

    short, ordinary = both(api, "GET", "/api/sync/", b"", **{"if-none-match": tag})

    assert (short[0], short[2]) == (ordinary[0], ordinary[2])


def test_an_answer_of_the_short_way_carries_what_every_answer_carries(api):
    answer = api.get("/api/sync/")

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert int(answer["Content-Length"]) == len(answer.content)
    assert len(answer["X-Request-ID"]) == 32
    assert set(answer.headers) & OF_BROWSERS == set()


def test_the_ordinary_way_serves_who_comes_with_cookies(api):
    answer = Api().get("/api/sync/")

    assert answer.status_code == 401
    assert set(answer.headers) >= {"Content-Security-Policy", "X-Frame-Options"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", ""])
def test_an_unknown_host_is_refused(api, host):
    answer = api.get("/api/sync/", host=host)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert answer["X-Request-ID"] == answer.json()["request_id"]


def test_without_tls_production_answers_nothing(api, settings):
    settings.SECURE_SSL_REDIRECT = True
    # Django's middleware reads its settings once, at a client's first request.
    api.client = Client()

    plain = api.get("/api/sync/")
    secure = api.get("/api/sync/", **{"x-forwarded-proto": "https"})

    assert (plain.status_code, plain.json()["code"]) == (403, "forbidden")
    assert secure.status_code == 200


def test_the_short_way_takes_the_token_of_a_person_too(alice, device, api):
    person = Api.of_person(alice, device)

    assert person.pull()["task"] == api.pull()["task"]


def test_a_token_opens_its_own_plan_alone(bob, api):
    other = make_device(bob)

    assert Api.of_person(bob, other).pull()["task"] == []
