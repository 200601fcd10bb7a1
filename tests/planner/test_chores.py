"""Chores are done when they are due, by one run at a time, and stand in nobody's way."""

import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from backups.models import Backup, KeptPush
from planner import chores
from planner.buckets import Limit
from planner.models import Bucket, Chore
from tests.races import RACE, at_once


@pytest.fixture
def calls(db, monkeypatch) -> list[str]:
    """The names of the chores that were done; nothing but what the test registers is there."""
    monkeypatch.setattr(chores, "_registered", {})
    monkeypatch.setattr(chores, "autodiscover_modules", lambda _name: None)
    return []


def register(calls: list[str], name: str, every: int = chores.DAY, fails: bool = False) -> None:
    def work() -> int:
        calls.append(name)
        if fails:
            raise ValueError("on purpose")
        return 3

    chores.chore(name, every=every)(work)


def outcomes() -> dict[str, str]:
    return {done.name: done.outcome for done in chores.run_due()}


def age(name: str, **ago: int) -> None:
    Chore.objects.filter(name=name).update(ran_at=timezone.now() - timedelta(**ago))


def test_a_chore_is_done_once_until_it_is_due_again(calls):
    register(calls, "daily")

    assert [outcomes(), outcomes()] == [{"daily": "done"}, {"daily": "left"}]

    age("daily", hours=23)
    assert outcomes() == {"daily": "left"}
    age("daily", hours=23, minutes=56)
    assert outcomes() == {"daily": "done"}
    assert calls == ["daily", "daily"]


def test_a_chore_that_fails_stands_in_nobody_s_way_and_is_tried_again(calls, caplog):
    register(calls, "bad", fails=True)
    register(calls, "good")

    with caplog.at_level(logging.CRITICAL):
        assert outcomes() == {"bad": "failed", "good": "done"}
        assert outcomes() == {"bad": "failed", "good": "left"}

    assert calls == ["bad", "good", "bad"]


def test_a_chore_that_another_run_is_at_is_left_until_that_run_must_have_crashed(calls):
    register(calls, "daily")
    Chore.objects.create(name="daily", taken_at=timezone.now() - timedelta(hours=2))
    assert outcomes() == {"daily": "left"}

    Chore.objects.update(taken_at=timezone.now() - chores.LEASE)

    assert outcomes() == {"daily": "done"}


def test_two_chores_cannot_have_one_name(calls):
    register(calls, "daily")

    with pytest.raises(ValueError, match="there is a chore 'daily' already"):
        register(calls, "daily")


def test_the_command_says_what_became_of_each_chore(calls, capsys):
    register(calls, "good")
    call_command("chores")
    call_command("chores")
    call_command("chores", "--all")

    assert capsys.readouterr().out == "good: done, 3\ngood: not due\ngood: done, 3\n"


def test_the_command_ends_with_an_error_when_a_chore_has_failed(calls, capsys, caplog):
    register(calls, "bad", fails=True)
    register(calls, "good")

    with caplog.at_level(logging.CRITICAL), pytest.raises(CommandError, match="failed: bad"):
        call_command("chores")

    assert capsys.readouterr().out == "bad: failed\ngood: done, 3\n"


def test_what_is_over_is_forgotten_and_what_is_not_stays(device, alice):
    long_ago = timezone.now() - timedelta(days=31)
    old, young = sessions.log_in(alice).session, sessions.log_in(alice).session
    Session.objects.filter(pk=old.pk).update(ended_at=long_ago)
    Limit("test", 1, 3_600).spend("alice")
    Bucket.objects.create(key="full", full_at=0)
    backup = Backup.objects.of(device)
    for key, days in (("old", 8), ("young", 6)):
        KeptPush.objects.create(
            backup=backup,
            caller="device",
            key=key,
            digest="",
            answer={},
            created_at=timezone.now() - timedelta(days=days),
        )

    call_command("chores")

    assert list(Session.objects.filter(user=alice)) == [young]
    assert not Bucket.objects.filter(key="full").exists()
    assert Bucket.objects.exists()
    assert list(KeptPush.objects.values_list("key", flat=True)) == ["young"]


class TestRaces:
    pytestmark = RACE

    def test_runs_at_once_do_a_chore_once(self, calls):
        register(calls, "daily")

        at_once([outcomes] * 8)

        assert calls == ["daily"]
