"""A trace keeps what helps to find a fault and drops what a database quotes of a row."""

import logging
import sys

import pytest
from django.db import DataError, IntegrityError, OperationalError

from planner.logging import DiscreetFormatter

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

    assert text.startswith("It failed\nRuntimeError: the cause\nof two lines\n")
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
