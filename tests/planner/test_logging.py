"""A trace keeps what helps to find a fault and drops what a database quotes of a row."""

import json
import logging
import sys

import pytest
from django.db import DataError, IntegrityError, OperationalError

from planner.logging import DiscreetFormatter, JsonFormatter

QUOTED = "DETAIL:  Failing row contains (1, canary\ncanary, 2)."


def traced(error: Exception, cause: Exception | None = None) -> str:
    try:
        raise error from cause
    except Exception:
        record = logging.makeLogRecord({"msg": "It failed", "exc_info": sys.exc_info()})
    return DiscreetFormatter().format(record)


@pytest.mark.parametrize("kind", [IntegrityError, OperationalError])
def test_of_a_database_error_the_first_line_is_kept(kind):
    text = traced(kind(f"violates a check\n{QUOTED}"), RuntimeError("the cause\nof two lines"))

    assert text.startswith("It failed\n    RuntimeError: the cause\n    of two lines\n")
    assert text.endswith(f"django.db.utils.{kind.__name__}: violates a check")
    assert "in traced" in text
    assert "canary" not in text


def test_a_database_error_is_found_wherever_it_stands_in_the_chain():
    text = traced(RuntimeError("outer"), IntegrityError(f"inner\n{QUOTED}"))

    assert "django.db.utils.IntegrityError: inner\n" in text
    assert text.endswith("RuntimeError: outer")
    assert "canary" not in text


def test_a_value_that_a_database_could_not_read_is_not_repeated():
    text = traced(DataError('invalid input syntax for type integer: "canary"'))

    assert "django.db.utils.DataError" in text
    assert "canary" not in text


def test_an_event_is_one_line_whatever_it_quotes():
    """J1"""
    record = logging.makeLogRecord({"msg": "%s went", "args": ("a\r\nb\x1b[31m\x85\u2028ü",)})

    assert DiscreetFormatter().format(record) == r"a\r\nb\x1b[31m\x85\u2028ü went"


def test_a_line_for_programs_is_an_object_and_as_discreet():
    try:
        raise IntegrityError(f"violates a check\n{QUOTED}")
    except IntegrityError:
        record = logging.makeLogRecord(
            {
                "name": "planner.test",
                "levelname": "ERROR",
                "msg": "%s failed",
                "args": ("It\udc80",),
                "created": 1_794_182_400.5,
                "msecs": 500,
                "request_id": "abc",
                "facts": {"status": 500},
                "exc_info": sys.exc_info(),
            }
        )

    line = json.loads(JsonFormatter().format(record))

    trace = line.pop("exception")
    assert line == {
        "time": "2026-11-09T00:00:00.500Z",
        "level": "ERROR",
        "logger": "planner.test",
        "request_id": "abc",
        "message": r"It\udc80 failed",
        "status": 500,
    }
    assert trace.endswith("IntegrityError: violates a check")


@pytest.mark.django_db
def test_a_request_is_a_line_without_its_address(client, caplog):
    caplog.set_level(logging.INFO, logger="planner.requests")

    client.get("/problems/conflict?canary=1")

    [record] = [one for one in caplog.records if one.name == "planner.requests"]
    milliseconds = record.facts.pop("milliseconds")
    assert record.facts == {"method": "GET", "route": "problems/<slug:slug>", "status": 200}
    assert record.getMessage() == f"GET /problems/<slug:slug> 200 {milliseconds} ms"
