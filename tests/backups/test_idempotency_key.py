"""A push under an `Idempotency-Key`: sent again it is answered again, and applied once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from backups.models import Backup, KeptPush, Task
from planner import chores
from planner.times import now
from tests.backups.api import event, outcomes, task
from tests.factories import make_device
from tests.races import at_once

KEY = {"idempotency-key": "push 1"}


def post(api, items: list[dict], key: dict = KEY, **body) -> dict:
    """Push tasks under a key."""
    return api.post("/api/sync/", {"task": items, **body}, **key).json()


def test_items_without_a_time_are_safe_to_repeat_with_a_key(device_api, alice_api, backup):
    bins = task()
    device_api.push(task=[bins])
    tick = [{"id": bins["id"], "completion": 1}]
    first = post(device_api, tick)
    alice_api.push(task=[{"id": bins["id"], "completion": 0}])

    again = post(device_api, tick)

    assert again["results"] == first["results"]
    assert Task.objects.get(backup=backup).completion == 0


def test_a_repeat_brings_the_same_results_with_fresh_news_below_them(device_api, alice_api):
    since = device_api.pull()["cursor"]
    bins, of_alice = task(), task("Of Alice")
    first = post(device_api, [bins, {"id": bins["id"], "priority": 9}], since=since)
    alice_api.push(task=[of_alice])

    again = post(device_api, [bins, {"id": bins["id"], "priority": 9}], since=since)

    assert again["results"] == first["results"]
    assert first["task"] == [bins]
    assert sorted(again["task"], key=lambda entry: entry["name"]) == [bins, of_alice]


def test_the_results_of_a_repeat_are_the_same_bytes(device_api):
    body = {"task": [{"id": str(uuid4()), "completion": 1}, task(name="")]}

    first, again = (device_api.post("/api/sync/", body, **KEY).content for _try in range(2))

    results = [answer.partition(b'"server_time"')[0] for answer in (first, again)]
    assert results[1] == results[0]
    assert b'"errors":[{"pointer":"/task/0/id","code":"unknown-entry","detail":' in results[0]


def test_a_repeat_does_not_echo_what_was_applied_whole(device_api, alice_api):
    since = device_api.pull()["cursor"]
    bins, of_alice = task(), task("Of Alice")
    post(device_api, [bins], since=since)
    alice_api.push(task=[of_alice])

    assert post(device_api, [bins], since=since)["task"] == [of_alice]


def test_times_may_differ_in_a_repeat_and_other_items_may_not(device_api, backup):
    """F4r"""
    bins = task(at=now() - 50)
    post(device_api, [bins], now=now())

    moved = post(device_api, [bins | {"at": now() - 10}], now=now() + 40)
    other = device_api.post("/api/sync/", {"task": [bins | {"name": "Other"}]}, **KEY)

    assert outcomes(moved) == ["applied"]
    assert (other.status_code, other.json()["code"]) == (409, "push-id-reused")
    assert Task.objects.get(backup=backup).name == "Bins"


def test_a_repeat_in_another_language_has_the_same_answer(device_api):
    items = [task() | {"priority": 9}]

    first = post(device_api, items, KEY | {"accept-language": "en"})
    again = post(device_api, items, KEY | {"accept-language": "de"})

    assert (first["results"][0]["outcome"], again["results"]) == ("rejected", first["results"])


def test_lists_in_another_order_are_the_same_items(device_api):
    lists = {"task": [task()], "event": [event()]}
    first = device_api.post("/api/sync/", lists, **KEY).json()

    again = device_api.post("/api/sync/", dict(reversed(lists.items())), **KEY).json()

    assert again["results"] == first["results"]


@pytest.mark.parametrize(("length", "status"), [(64, 200), (65, 400)])
def test_a_key_is_any_text_of_64_characters(device_api, backup, length, status):
    key = "é" * length

    answer = device_api.post(
        "/api/sync/", {}, **{"idempotency-key": key.encode().decode("latin-1")}
    )

    assert answer.status_code == status
    assert [kept.key for kept in KeptPush.objects.all()] == [key] * (status == 200)


def test_keys_are_apart_for_each_claim_and_caller(device_api, alice_api, alice, backup):
    from_device = post(device_api, [task("A")])
    from_alice = post(alice_api, [task("B")])

    assert outcomes(from_device) == outcomes(from_alice) == ["applied"]
    assert not KeptPush.objects.filter(backup=Backup.objects.of(make_device(alice))).exists()


def test_a_key_is_known_for_seven_days(device_api, backup):
    """F3r"""
    bins = task("A")
    first = post(device_api, [bins, {"id": bins["id"], "priority": 9}])
    device_api.push(task=[{"id": bins["id"], "completion": 2}])
    KeptPush.objects.update(created_at=timezone.now() - timedelta(days=7) + timedelta(hours=1))
    chores.run_due(all_of_them=True)

    again = post(device_api, [bins, {"id": bins["id"], "priority": 9}])

    assert again["results"] == first["results"]
    assert outcomes(again) == ["applied", "rejected"]
    assert (again["task"][0]["id"], again["task"][0]["completion"]) == (bins["id"], 2)


def test_a_key_is_free_again_after_seven_days(device_api, backup):
    post(device_api, [task("A")])
    KeptPush.objects.update(created_at=timezone.now() - timedelta(days=7, seconds=1))

    assert outcomes(post(device_api, [task("B")])) == ["applied"]
    assert KeptPush.objects.get(backup=backup).created_at > timezone.now() - timedelta(minutes=1)


def test_what_is_kept_holds_no_text_of_the_plan(device_api, backup):
    post(device_api, [task("Secret plan", description="Secret words", priority=7)])
    post(device_api, [task("Secret plan", description="Secret words")], {"idempotency-key": "2"})

    assert "Secret" not in str(list(KeptPush.objects.values_list("answer", flat=True)))


@pytest.mark.parametrize("key", ["x" * 65, "é" * 65])
def test_a_key_of_more_than_64_characters_is_refused(device_api, backup, key):
    answer = device_api.post("/api/sync/", {"task": [task()]}, **{"idempotency-key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert not Task.objects.of(backup).exists()


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_sixteen_repeats_at_once_have_one_effect_and_one_answer(device_api, backup):
    """F3r."""
    items = [task(), task(priority=9)]

    answers = at_once([lambda: post(device_api, items)["results"]] * 16)

    assert all(answer == answers[0] for answer in answers)
    assert Backup.objects.get(pk=backup.pk).revision == 1
