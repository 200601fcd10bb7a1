"""The tests run where they say they run."""

import importlib.util
import os

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_that_was_asked_for():
    assert connection.vendor == os.environ.get("PLANNER_TEST_ENGINE", "sqlite")


def test_psycopg_3_is_absent():
    # Django prefers it to psycopg2 as soon as it can be imported.
    assert importlib.util.find_spec("psycopg") is None
