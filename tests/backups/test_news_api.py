"""`/api/sync/wait/` and `/api/stream/` as a process for ordinary requests answers them: at once."""

import json

import pytest

from backups.models import Backup
from devices import lifecycle
from tests.backups.api import Api, task


def waited(api: Api, since: str, **query: object) -> tuple[int, bytes]:
    answer = api.client.get("/api/sync/wait/", {"since": since} | query, headers=api.headers)
    return answer.status_code, answer.content


def test_there_is_news_behind_a_cursor_or_there_is_none(device_api, alice_api):
    cursor = device_api.pull()["cursor"]
    before = waited(device_api, cursor)
    alice_api.push(task=[task()])

    assert before == (204, b"")
    assert waited(device_api, cursor) == (200, b'{"news":true}')
    assert waited(device_api, device_api.pull(cursor)["cursor"]) == (204, b"")


def test_the_rest_of_a_page_is_news(device_api, alice_api):
    cursor = device_api.pull()["cursor"]
    alice_api.push(task=[task("Bins"), task("Plants")])
    page = device_api.pull(cursor, limit=1)

    assert page["more"] is True
    assert waited(device_api, page["cursor"])[0] == 200


def test_a_new_name_of_the_device_is_news(device_api, alice, device):
    cursor = device_api.pull()["cursor"]
    lifecycle.rename(device, "Pantry tablet", by=alice)

    assert waited(device_api, cursor)[0] == 200


@pytest.mark.parametrize("timeout", ["0", "56", "-1", "1.5", "soon"])
def test_a_wait_takes_from_1_to_55_seconds(device_api, timeout):
    answer = device_api.get(
        f"/api/sync/wait/?since={device_api.pull()['cursor']}&timeout={timeout}"
    )

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/timeout"]


@pytest.mark.parametrize("timeout", ["1", "55"])
def test_the_shortest_and_the_longest_wait(device_api, timeout):
    assert waited(device_api, device_api.pull()["cursor"], timeout=timeout) == (204, b"")


def test_a_wait_needs_a_cursor_of_this_history(device_api, backup):
    cursor = device_api.pull()["cursor"]
    bare = device_api.get("/api/sync/wait/").json()
    broken = device_api.get("/api/sync/wait/?since=%00").json()
    Backup.objects.filter(pk=backup.pk).update(fingerprint=b"restored")
    lost = device_api.get(f"/api/sync/wait/?since={cursor}").json()

    assert [error["pointer"] for error in bare["errors"]] == ["/since"]
    assert (broken["status"], broken["code"]) == (410, "cursor-expired")
    assert (lost["status"], lost["code"]) == (409, "history-changed")


@pytest.mark.parametrize("path", ["/api/sync/wait/?since=x", "/api/stream/"])
def test_both_ask_for_the_same_right_as_a_sync(path, device_api, unit, alice, device):
    nobody = Api().get(path).json()["code"]
    method = device_api.post(path, {}).json()["code"]
    lifecycle.release(device, by=alice)
    old = device_api.get(path).json()["code"]
    unclaimed = Api.of_device(unit).get(path).json()["code"]

    assert (nobody, method) == ("token-missing", "method-not-allowed")
    assert (old, unclaimed) == ("token-revoked", "device-unclaimed")


def test_a_stream_says_where_the_plan_stands_and_when_to_come_again(alice_api, device_api):
    cursor = device_api.pull()["cursor"]
    answer = alice_api.get("/api/stream/", accept="text/event-stream")

    retry, event, end = answer.content.decode().split("\n\n")
    kind, data = event.split("\n")
    assert (retry, kind, end) == ("retry: 10000", "event: news", "")
    assert json.loads(data.removeprefix("data: ")) == {
        "cursor": cursor,
        "confirmed": None,
    }
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
