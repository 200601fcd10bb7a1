"""The answer to a push brings the news of others, also when the push itself changed nothing."""

import pytest

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
