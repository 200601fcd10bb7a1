"""A push is answered with what others changed, and without its own echo."""

from tests.backups.api import task


def test_a_push_that_changes_nothing_brings_what_somebody_else_changed(device_api, alice_api):
    bins, news = task(), task()
    since = device_api.push(since=device_api.pull()["cursor"], task=[bins])["cursor"]
    alice_api.push(task=[news])

    answer = device_api.push(since=since, task=[{"id": bins["id"], "name": bins["name"]}])

    assert [entry["id"] for entry in answer["task"]] == [news["id"]]
