"""Every error is a problem document on the API and a page elsewhere, and tells no more."""

import json
import time
from collections.abc import Callable

import orjson
import pytest
from django.core.exceptions import PermissionDenied
from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.http import Http404, HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import exceptions, serializers
from rest_framework.exceptions import ErrorDetail

from planner import problems
from planner.problems import RuleError, problem
from planner.slugs import KINDS
from planner.wire import StrictSerializer, StrictText, checked
from tests.planner import urls

SECRET = "hunter2 stands in the trace"  # What no answer may show.
JSON = "application/problem+json"

pytestmark = pytest.mark.urls("tests.planner.urls")


@pytest.fixture
def fail() -> Callable[..., HttpResponse]:
    """Call an address whose view raises this error."""

    def call(error: Exception, path: str = "/api/fail/", method: str = "GET") -> HttpResponse:
        urls.raised[:] = [error]
        return Client(raise_request_exception=False).generic(method, path)

    return call


def said(answer: HttpResponse) -> tuple[int, str]:
    assert answer["Content-Type"] == JSON, answer.content
    return answer.status_code, answer.json()["code"]


# --- The document --------------------------------------------------------------------------


def test_a_problem_says_all_that_rfc_9457_wants():
    answer = problem("not-found", "There is no such task.")

    assert (answer.status_code, answer["Content-Type"]) == (404, JSON)
    assert json.loads(answer.content) == {
        "type": "/problems/not-found",
        "code": "not-found",
        "title": str(KINDS["not-found"].title),
        "status": 404,
        "detail": "There is no such task.",
        "request_id": "-",
    }


def test_a_problem_without_a_detail_repeats_its_title():
    body = json.loads(problem("forbidden").content)

    assert body["detail"] == body["title"]


@pytest.mark.parametrize("slug", KINDS)
def test_every_slug_is_small_flat_and_has_its_page(client, slug):
    answer = problem(slug, "é" * 5_000)
    body = json.loads(answer.content)

    assert answer.status_code == KINDS[slug].status
    assert len(answer.content) < 1_000
    assert not [value for value in body.values() if isinstance(value, dict | list)]
    page = client.get(body["type"])
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert slug in page.content.decode()


def test_an_unknown_slug_has_no_page(client):
    assert client.get("/problems/no-such-thing").status_code == 404


texts = st.text(st.characters(codec=None, exclude_categories=()), max_size=2_000)


@given(slug=st.sampled_from(sorted(KINDS)), detail=texts)
def test_a_problem_of_any_text_is_json_under_a_kilobyte(slug, detail):
    answer = problem(slug, detail)

    assert len(answer.content) < 1_000
    assert orjson.loads(answer.content)["code"] == slug


@pytest.mark.parametrize(
    ("slug", "header", "value"),
    [
        ("token-missing", "WWW-Authenticate", "Bearer"),
        ("token-expired", "WWW-Authenticate", "Bearer"),
        ("token-revoked", "WWW-Authenticate", "Bearer"),
        ("throttled", "Retry-After", "5"),
    ],
)
def test_what_a_client_does_next_stands_in_a_header(slug, header, value):
    assert problem(slug)[header] == value


def test_who_is_told_at_once_to_come_back_does_not_come_back_at_once():
    """G4"""
    told = {int(problem("unavailable")["Retry-After"]) for _ in range(200)}

    assert told == set(range(5, 15))


def test_a_rule_names_its_own_seconds(fail):
    answer = fail(RuleError("throttled", "Wait.", retry_after=77))

    assert (said(answer), answer["Retry-After"]) == ((429, "throttled"), "77")


def test_other_problems_carry_neither_header():
    answer = problem("invalid")

    assert "WWW-Authenticate" not in answer
    assert "Retry-After" not in answer


# --- Bad fields ----------------------------------------------------------------------------


class Inner(StrictSerializer):
    name = StrictText(max_bytes=4)


class Outer(StrictSerializer):
    one = Inner()
    many = Inner(many=True)

    def validate(self, given):
        raise serializers.ValidationError("These do not go together.", "clash")


@pytest.mark.parametrize(
    ("given", "pointers"),
    [
        ({}, [("/one", "required"), ("/many", "required")]),
        (
            {"one": {"name": "long name"}, "many": [{"name": "fine"}, {"name": 7}, {}]},
            [("/one/name", "too-long"), ("/many/1/name", "type"), ("/many/2/name", "required")],
        ),
        ({"one": {"name": "a", "a/b~c": 1}, "many": []}, [("/one/a~1b~0c", "unknown-field")]),
        ({"one": {"name": "a"}, "many": []}, [("/", "clash")]),
        ({"one": [], "many": {}}, [("/one", "invalid"), ("/many", "not-a-list")]),
        ([], [("/", "invalid")]),
    ],
)
def test_nested_errors_become_flat_pointers(given, pointers):
    with pytest.raises(exceptions.ValidationError) as caught:
        checked(Outer(data=given))

    found = problems.pointed(caught.value.detail)

    assert [(entry["pointer"], entry["code"]) for entry in found] == pointers


def test_only_the_first_twenty_bad_fields_are_told(fail):
    detail = {f"field{number:02}": [ErrorDetail("Bad.", "bad")] for number in range(30)}

    answer = fail(exceptions.ValidationError(detail))

    assert said(answer) == (400, "invalid")
    assert answer.json()["errors"] == [
        {"pointer": f"/field{number:02}", "code": "bad", "detail": "Bad."} for number in range(20)
    ]


@given(key=texts)
def test_any_unknown_key_is_named_in_a_short_answer(key):
    with pytest.raises(exceptions.ValidationError) as caught:
        checked(Inner(data={"name": "a", key or "-": 1}))

    answer = problem("invalid", errors=problems.pointed(caught.value.detail))

    assert len(answer.content) < 2_000
    assert orjson.loads(answer.content)["errors"][0]["code"] == "unknown-field"


def test_a_key_with_a_lone_surrogate_is_a_400(client, alice):
    raw = b'{"username": "alice", "password": "x", "\\ud800": 1}'

    answer = client.post("/api/token/", raw, content_type="application/json")

    assert said(answer) == (400, "invalid")
    assert answer.json()["errors"][0]["pointer"] == "/?"


# --- What views raise ----------------------------------------------------------------------

RAISED = [
    (exceptions.ValidationError("Bad."), 400, "invalid"),
    (exceptions.ParseError("Bad."), 400, "malformed-json"),
    (exceptions.AuthenticationFailed(), 401, "token-invalid"),
    (exceptions.NotAuthenticated(), 401, "token-missing"),
    (exceptions.PermissionDenied(), 403, "forbidden"),
    (PermissionDenied(), 403, "forbidden"),
    (exceptions.NotFound(), 404, "not-found"),
    (Http404("No Task matches the given query."), 404, "not-found"),
    (exceptions.MethodNotAllowed("GET"), 405, "method-not-allowed"),
    (exceptions.UnsupportedMediaType("text/plain"), 415, "unsupported-media-type"),
    (exceptions.Throttled(), 429, "throttled"),
    *((RuleError(slug, "Why."), kind.status, slug) for slug, kind in KINDS.items()),
]
# Raised nowhere: the renderer is one, whatever `Accept` says, and the other is a base class.
NEVER_RAISED = {exceptions.NotAcceptable, exceptions.APIException}


@pytest.mark.parametrize(("error", "status", "slug"), RAISED, ids=lambda value: str(value)[:30])
def test_what_a_view_of_the_api_raises_has_its_slug(fail, error, status, slug):
    answer = fail(error)

    assert said(answer) == (status, slug)
    assert answer["X-Request-ID"] == answer.json()["request_id"]


def test_every_exception_of_the_framework_has_a_slug():
    known = {type(error) for error, _, _ in RAISED} | NEVER_RAISED
    of_framework = {
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, exceptions.APIException)
    }

    assert of_framework - known == set()


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense", ""])
def test_the_api_speaks_json_whatever_is_asked_for(client, accept):
    answer = client.get("/api/me/", headers={"Accept": accept})

    assert said(answer) == (401, "token-missing")


def test_a_wrong_method_is_told_the_right_ones(client):
    answer = client.get("/api/token/")

    assert said(answer) == (405, "method-not-allowed")
    assert answer["Allow"] == "POST, OPTIONS"


@pytest.mark.parametrize("path", ["/api/no/such/", "/api/tasks", "/api/", "/api/\n"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("debug", [True, False], ids=["developing", "in production"])
def test_what_is_not_there_is_a_problem_on_the_api(settings, path, method, debug):
    settings.DEBUG = debug

    answer = Client(enforce_csrf_checks=True).generic(method, path)

    assert said(answer) == (404, "not-found")


def test_an_unknown_host_is_refused_on_both_sides(client):
    api, page = (client.get(path, headers={"Host": "evil.example"}) for path in ("/api/me/", "/"))

    assert said(api) == (400, "invalid")
    assert (page.status_code, page["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "evil" not in api.content.decode() + page.content.decode()


# --- The database away, and the server's own faults -----------------------------------------


class CauseError(Exception):
    """What psycopg2 says, as far as the state goes."""

    def __init__(self, state: str | None) -> None:
        super().__init__(SECRET)
        self.pgcode = state


def database_error(
    state: str | None, kind: type[DatabaseError] = OperationalError
) -> DatabaseError:
    error = kind(SECRET)
    error.__cause__ = CauseError(state)
    return error


PASSING = [
    *("53100", "53200", "53300", "57P01", "57P02", "57P03", "08000", "08006"),
    *("40P01", "40001", "55P03", "57014", None),
]
PASSING_ERRORS = [
    *(InterfaceError(SECRET), OperationalError(SECRET), *map(database_error, PASSING)),
    database_error(None, DatabaseError),
]
LASTING_ERRORS = [
    *(DatabaseError(SECRET), database_error(None, ProgrammingError)),
    *map(database_error, ["XX000", "58030", "42501", "25006"]),
    ProgrammingError(SECRET),
    RuntimeError(SECRET),
    exceptions.APIException(SECRET),
]


SECONDS = {*range(5, 15)}


def name_of(error: Exception) -> str:
    return f"{type(error).__name__} {getattr(error.__cause__, 'pgcode', '')}"


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite ends no connection")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_was_ended_because_it_idled_is_a_503_to_try_again(fail):
    def idle_too_long() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 20")
            time.sleep(0.3)
            cursor.execute("SELECT 1")

    with pytest.raises(OperationalError) as raised:
        idle_too_long()
    connection.close()

    assert said(fail(raised.value)) == (503, "unavailable")


@pytest.mark.parametrize("error", PASSING_ERRORS, ids=name_of)
def test_a_database_that_is_away_is_a_503_to_try_again(fail, error, caplog):
    api, page = fail(error), fail(error, "/fail/")

    assert said(api) == (503, "unavailable")
    assert page.status_code == 503
    assert {int(answer["Retry-After"]) for answer in (api, page)} <= SECONDS
    assert page["Content-Type"] == "text/html; charset=utf-8"
    assert page["X-Request-ID"] in page.content.decode()
    shown = api.content.decode() + page.content.decode() + caplog.text
    assert SECRET not in shown
    assert shown.count(f"database unavailable: {type(error.__cause__ or error).__name__}\n") == 2


@pytest.mark.parametrize("error", LASTING_ERRORS, ids=name_of)
def test_any_other_fault_is_a_500_with_a_reference_and_no_trace(fail, error):
    api, page = fail(error), fail(error, "/fail/")

    assert said(api) == (500, "internal")
    assert api.json()["request_id"] == api["X-Request-ID"]
    assert (page.status_code, page["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert page["X-Request-ID"] in page.content.decode()
    for text in (api.content.decode(), page.content.decode()):
        assert SECRET not in text
        assert "Traceback" not in text


def test_a_fault_shows_no_trace_even_while_developing(fail, settings):
    settings.DEBUG = True

    answer = fail(RuntimeError(SECRET))

    assert said(answer) == (500, "internal")
