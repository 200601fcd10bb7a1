"""H10: the clock of a server is set. What had to wait goes on, and what is over stays over."""

import logging
import smtplib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import challenges, mails, outbox, sessions
from accounts.models import Mail, User
from accounts.tokens import LEEWAY, UserAccess
from devices import claims, counted, personal_tokens, presence
from devices.models import Claim, ClaimAttempt, Device
from planner import chores
from planner.buckets import NEVER, Limit
from planner.lately import SKEW
from planner.models import Bucket
from planner.problems import RuleError
from planner.times import now
from tests.factories import NOON, make_unit, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR = 3_600
ADDRESS = "192.0.2.1"
FIVE = Limit("test", 5, HOUR)


def slug(call: Callable, *arguments: object, **options: object) -> str:
    """Return why a rule refuses; nothing when it does not."""
    try:
        call(*arguments, **options)
    except RuleError as error:
        return error.slug
    return ""


@pytest.mark.parametrize("seconds", [-2 * HOUR, -HOUR])
def test_who_had_tried_may_try_anew(clock, seconds):
    tried = [slug(FIVE.spend, "alice") for _ in range(6)]
    clock.shift(seconds)

    again = [slug(FIVE.spend, "alice") for _ in range(6)]

    assert tried == again == [""] * 5 + ["throttled"]


@given(tries=st.integers(0, 5), refunds=st.integers(0, 5), seconds=st.integers(-3 * HOUR, 0))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_waits_much_longer_than_for_one_try(clock, tries, refunds, seconds):
    FIVE.forget("alice")
    for _ in range(tries):
        FIVE.spend("alice")
    for _ in range(min(refunds, tries)):
        FIVE.refund("alice")
    clock.move_to(NOON + timedelta(seconds=seconds))

    if slug(FIVE.spend, "alice"):
        clock.shift(HOUR / 5 + SKEW.total_seconds())
        FIVE.spend("alice")
    clock.move_to(NOON)


@pytest.mark.parametrize("seconds", [-1, -SKEW.total_seconds()])
def test_a_clock_that_is_a_little_behind_gives_no_tries_back(clock, seconds):
    """Another server's, or one that is set by the second: guessing must not get cheaper by it."""
    for _ in range(5):
        FIVE.spend("alice")
    clock.shift(seconds)

    assert slug(FIVE.spend, "alice") == "throttled"
    assert Bucket.objects.get().full_at == NOON.timestamp() + HOUR


@pytest.mark.parametrize("limit", [Limit("ever", 1, NEVER, for_good=True), challenges.ONCE])
def test_what_is_spent_for_good_stays_spent(clock, limit):
    limit.spend("alice")
    clock.shift(-10 * HOUR)

    assert slug(limit.spend, "alice") == "throttled"


@pytest.mark.parametrize(
    ("seconds", "is_done"), [(-1, False), (-HOUR, True), (-HOUR * 9_000, True)]
)
def test_a_chore_is_done_at_the_hour_that_comes_again(monkeypatch, clock, seconds, is_done):
    monkeypatch.setattr(chores, "_registered", {})
    runs = []
    chores.chore("hourly", every=HOUR)(lambda: runs.append(now()))
    list(chores.run_due())
    clock.shift(seconds)

    list(chores.run_due())

    assert len(runs) == 1 + is_done


def test_a_run_that_crashed_by_a_clock_far_ahead_holds_no_chore_up(monkeypatch, clock):
    monkeypatch.setattr(chores, "_registered", {})
    chores.chore("hourly", every=HOUR)(lambda: 7)
    assert chores._take("hourly", timezone.now() + timedelta(days=300), timedelta(0))

    assert list(chores.run_due()) == [chores.Done("hourly", "done", 7)]


class Refusing(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: list) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such mailbox")})


def test_a_mail_waits_no_longer_than_it_was_let_wait(monkeypatch, clock, caplog):
    mails.post("session-reused", to=make_user("reader", email="reader@example.org"))
    clock.shift(-HOUR)
    monkeypatch.setattr("django.conf.settings.EMAIL_BACKEND", f"{__name__}.Refusing")
    with caplog.at_level(logging.CRITICAL):
        attempts = []
        for seconds in (0, 0, -HOUR, 0, 2 * 60, 0):
            clock.shift(seconds)
            list(outbox.send_due())
            attempts.append(Mail.objects.get().attempts)

    assert attempts == [1, 1, 2, 2, 3, 3]


def test_a_device_may_be_asked_again(clock, alice, bob):
    unit = make_unit(confirm_on_device=True)
    clock.shift(3 * HOUR)

    def asked(user: User) -> str:
        typed = {"serial": unit.serial, "code": unit.code, "name": "", "address": ADDRESS}
        refusal = slug(claims.claim, user, **typed)
        Claim.objects.filter(state="pending").update(state="refused")
        return refusal

    before = [asked(user) for user in (alice, alice, bob, bob)]
    clock.shift(-2 * HOUR)

    assert before == ["", "", "", "throttled"]
    assert [asked(user) for user in (alice, alice, bob, bob)] == before
    assert ClaimAttempt.objects.filter(result="throttled").count() == 2


def test_a_token_is_good_within_the_leeway_and_never_longer_than_it_says(clock, alice):
    pair = sessions.log_in(alice)
    clock.shift(-1)
    assert sessions.find(UserAccess.read(pair.access)) == pair.session
    clock.shift(-LEEWAY + 1)
    assert sessions.find(UserAccess.read(pair.access)) == pair.session
    clock.shift(-1)
    assert slug(UserAccess.read, pair.access) == "token-invalid"
    clock.move_to(NOON + timedelta(minutes=15, seconds=-1))
    assert sessions.find(UserAccess.read(pair.access)) == pair.session
    clock.shift(1)
    assert slug(UserAccess.read, pair.access) == "token-expired"


def test_who_has_to_log_in_again_can(clock, alice):
    before = sessions.log_in(alice)
    clock.shift(-HOUR)

    after = sessions.log_in(alice)

    assert slug(sessions.rotate, before.refresh) == "token-invalid"
    assert sessions.rotate(after.refresh).session == after.session
    clock.shift(HOUR)
    assert sessions.rotate(before.refresh).session == before.session


def test_a_proof_and_a_used_token_get_no_hour_as_a_present(clock, alice):
    pair = sessions.log_in(alice)
    clock.shift(-HOUR)
    assert not sessions.is_confirmed(pair.session)
    clock.shift(HOUR)
    assert sessions.is_confirmed(pair.session)

    sessions.rotate(pair.refresh)
    clock.shift(-LEEWAY)
    assert sessions.rotate(pair.refresh).session == pair.session
    clock.shift(LEEWAY + sessions.GRACE.total_seconds())
    assert slug(sessions.rotate, pair.refresh) == "token-revoked"


def test_figures_and_uses_are_noted_anew(clock, alice, device):
    row, _text = personal_tokens.make(alice, name="Home", scope="read", days=30)
    counted.keep("test", 1)
    presence.seen(device)
    personal_tokens.used(row)
    row.refresh_from_db()
    clock.shift(-HOUR)

    presence.seen(Device.objects.get(pk=device.pk))
    personal_tokens.used(row)

    row.refresh_from_db()
    seen_at = Device.objects.get(pk=device.pk).seen_at
    assert row.last_used_at == seen_at == NOON - timedelta(hours=1)
    assert counted.last("test", counted.OLD) is None
