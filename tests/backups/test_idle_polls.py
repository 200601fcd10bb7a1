"""The short answer to a device that is up to date says the same as the long one, to the same."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from backups.api import idle
from backups.models import Confirmation
from devices import lifecycle
from devices.models import Device, LastSeen
from tests.backups.api import Api, task

pytestmark = pytest.mark.django_db


class Poll:
    """What an up-to-date device asks again and again."""

    def __init__(self, api: Api) -> None:
        api.push(task=[task()])
        self.api, self.path = api, f"/api/sync/?since={api.pull()['cursor']}"
        self.etag = api.get(self.path)["ETag"]

    def ask(self, path: str | None = None, etag: str | None = None) -> HttpResponse:
        return self.api.get(path or self.path, **{"if-none-match": etag or self.etag})

    def is_short(self) -> bool:
        """Return whether the short way has an answer, by what the server holds now."""
        return idle.answer(self.ask().wsgi_request) is not None


@pytest.fixture
def poll(device_api) -> Poll:
    return Poll(device_api)


def seen(answer: HttpResponse) -> tuple:
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    return answer.status_code, answer.content, headers


def test_both_ways_answer_the_same(poll):
    assert poll.is_short()
    short = poll.ask()
    LastSeen.objects.all().delete()
    long = poll.ask()

    assert seen(short) == seen(long)
    assert short.status_code == 304


def test_a_poll_without_news_is_one_statement(poll, django_assert_num_queries):
    with django_assert_num_queries(1):
        poll.ask()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": Device.State.BLOCKED}, "device-blocked"),
        ({"state": Device.State.RETIRED}, "device-blocked"),
        ({"state": Device.State.IN_STOCK, "claim": None}, "device-unclaimed"),
        ({"rekey": Device.Rekey.NEEDED}, "forbidden"),
        ({"token_generation": 99}, "token-revoked"),
    ],
    ids=["blocked", "retired", "unclaimed", "without a key", "revoked"],
)
def test_who_may_not_call_hears_so_whatever_it_knows(poll, change, said):
    Device.objects.update(**change)

    assert poll.ask().json()["code"] == said


@pytest.mark.parametrize("etag", ["*", None], ids=["any", "its own"])
def test_a_wrong_question_is_refused_whatever_is_known(poll, etag):
    answer = poll.ask("/api/sync/?since=nonsense", etag)

    assert (answer.status_code, answer.json()["code"]) == (410, "cursor-expired")


def test_news_are_answered(poll, device, alice):
    lifecycle.rename(device, "Hall tablet", by=alice)

    assert poll.ask().json()["device"]["name"] == "Hall tablet"


@pytest.mark.parametrize("ago", [timedelta(minutes=2), -timedelta(minutes=2)], ids=str)
def test_a_device_that_was_not_just_heard_of_is_noted(poll, device, ago):
    LastSeen.objects.update(seen_at=timezone.now() - ago)

    poll.ask()

    assert abs(LastSeen.objects.get(device=device).seen_at - timezone.now()) < timedelta(minutes=1)


def test_what_is_not_confirmed_yet_is_confirmed(poll, backup):
    Confirmation.objects.update(revision=0)

    assert poll.ask().status_code == 304
    assert Confirmation.objects.get(backup=backup).revision == 1


def test_a_person_takes_the_ordinary_way(poll, alice_api):
    poll.api = alice_api

    assert poll.ask().status_code == 304
    assert not poll.is_short()
