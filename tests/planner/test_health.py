"""Alive is one thing, of use another: the database answers and is migrated."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client


def away(execute: Callable, sql: str, *arguments: Any) -> None:
    """Stands in the place of a database that does not answer."""
    raise OperationalError("could not connect to server: secret-host")


@pytest.mark.django_db
def test_a_process_that_lives_says_so_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0), connection.execute_wrapper(away):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_server_with_its_database_and_all_migrations_is_ready(client):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_a_server_without_its_database_is_not_ready_and_does_not_tell_where_it_is(client):
    with connection.execute_wrapper(away):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert 5 <= int(answer["Retry-After"]) < 15
    assert "secret-host" not in answer.content.decode()


@pytest.mark.django_db
def test_a_server_whose_migrations_wait_is_not_ready(client):
    MigrationRecorder(connection).record_unapplied("planner", "0001_initial")

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "1 migration is not applied."


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_else_than_looking_is_possible(path):
    answer = Client(enforce_csrf_checks=True).post(path)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert answer.json()["code"] == "method-not-allowed"
