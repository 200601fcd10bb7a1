"""The answer to a push brings the news of others, also when the push itself changed nothing."""

from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction

from backups import changes
from backups.actors import Actor
from backups.items import Item
from backups.models import Task
from tests.backups.api import entries, outcomes, task

KEY = {"idempotency-key": "k"}


@pytest.mark.parametrize("headers", [{}, KEY], ids=["plain", "with a key"])
def test_a_push_that_changes_nothing_brings_the_one_change_of_somebody_else(
    device_api, alice_api, headers
):
    mine, theirs = task("Mine"), task("Theirs")
    device_api.push(task=[mine])
    since = device_api.pull()["cursor"]
    alice_api.push(task=[theirs])
    body = {"since": since, "task": [{"id": mine["id"], "name": "Mine"}]}

    answers = [device_api.post("/api/sync/", body, **headers).json() for _ in range(2)]

    for answer in answers:
        assert outcomes(answer) == ["unchanged"]
        assert entries(answer)["task"] == [theirs]


def test_a_push_that_is_the_only_news_brings_nothing(device_api):
    mine = task("Mine")
    device_api.push(task=[mine])
    since = device_api.pull()["cursor"]

    answer = device_api.push(since=since, task=[{"id": mine["id"], "completion": 1}])

    assert outcomes(answer) == ["applied"]
    assert answer["cursor"] == device_api.pull()["cursor"]
    assert entries(answer) == {"task": [], "event": [], "habit": []}


def hang_up() -> None:
    """Let PostgreSQL end this connection, as its restart would."""
    with suppress(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_wake_up_that_cannot_be_sent_takes_nothing_from_a_push_that_is_committed(backup):
    """H2"""
    new = task("Kept")

    with transaction.atomic():
        transaction.on_commit(hang_up)
        pushed = changes.push(backup, [Item("task", new.pop("id"), new)], Actor.server("test"))
    connection.close()

    assert [result.outcome for result in pushed.results] == ["applied"]
    assert Task.objects.of(backup).get().name == "Kept"
