"""Log-ins: renewed by a token that is used up, alive until something ends them (B6 to B8)."""

from datetime import timedelta

import pytest

from accounts import sessions
from accounts.models import Session
from accounts.tokens import UserAccess, UserRefresh
from planner.problems import RuleError
from tests.factories import NOON, make_user
from tests.mailbox import delivered
from tests.refusals import refusal


def find(access: str) -> Session:
    return sessions.find(UserAccess.read(access))


def test_a_log_in_is_a_row_that_holds_no_token(clock, alice):
    pair = sessions.log_in(
        alice, remember=True, user_agent="Firefox \0\n" + "x" * 300, address="192.0.2.7"
    )

    row = Session.objects.values().get()
    assert row == {
        "id": pair.session.pk,
        "user_id": alice.pk,
        "token_hash": row["token_hash"],
        "previous_hash": "",
        "rotated_at": None,
        "remember": True,
        "user_agent": "Firefox " + "x" * 192,
        "address": "192.0.2.7",
        "created_at": NOON,
        "last_used_at": NOON,
        "confirmed_at": NOON,
        "verified_at": None,
        "expires_at": NOON + timedelta(days=14),
        "ended_at": None,
    }
    assert len(row["token_hash"]) == 64
    assert UserRefresh.read(pair.refresh)["jti"] not in str(row)


def test_a_log_in_is_found_by_its_access_token_with_one_query(alice, django_assert_num_queries):
    pair = sessions.log_in(alice)

    with django_assert_num_queries(1):
        found = find(pair.access)
        assert (found.user, found.user.preferences.theme) == (alice, "auto")


def test_a_renewal_gives_a_new_pair_for_the_same_log_in(clock, alice):
    first = sessions.log_in(alice)
    clock.shift(600)

    second = sessions.rotate(first.refresh)

    assert second.session == first.session
    assert len({*first[:2], *second[:2]}) == 4
    assert find(second.access) == first.session
    row = Session.objects.get()
    assert (row.rotated_at, row.last_used_at) == (NOON + timedelta(seconds=600),) * 2
    assert row.expires_at == NOON + timedelta(days=14, seconds=600)


def test_an_access_token_lives_on_when_its_log_in_is_renewed(alice):
    first = sessions.log_in(alice)

    sessions.rotate(first.refresh)

    assert find(first.access) == first.session


def test_renewals_go_on_as_long_as_each_uses_the_last_token(clock, alice):
    refresh = sessions.log_in(alice).refresh
    for _ in range(5):
        clock.shift(900)
        refresh = sessions.rotate(refresh).refresh

    assert Session.objects.get().ended_at is None


@pytest.mark.parametrize("seconds", [0, 1, 19])
def test_a_retry_within_the_grace_gets_the_very_same_successor(clock, alice, seconds):
    first = sessions.log_in(alice)
    clock.shift(60)
    second = sessions.rotate(first.refresh)
    clock.shift(seconds)

    retried = sessions.rotate(first.refresh)

    assert retried.refresh == second.refresh
    assert find(retried.access) == find(second.access) == first.session


def test_a_hundred_lost_answers_log_nobody_out(clock, alice):
    refresh = sessions.log_in(alice).refresh
    for _ in range(100):
        clock.shift(900)
        sessions.rotate(refresh)
        clock.shift(2)
        refresh = sessions.rotate(refresh).refresh

    assert slug_or_none(sessions.verify, refresh) is None


def slug_or_none(call, *arguments) -> str | None:
    """Return the slug that a call is refused with, or None when it goes through."""
    try:
        call(*arguments)
    except RuleError as error:
        return error.slug
    return None


def test_a_used_token_after_the_grace_ends_the_whole_log_in_and_is_told_by_mail(clock, db):
    """B6"""
    alice = make_user("alice", email="alice@example.org")
    stolen = sessions.log_in(alice, user_agent="Firefox")
    second = sessions.rotate(stolen.refresh)
    clock.shift(20)

    assert refusal(sessions.rotate, stolen.refresh, address="192.0.2.77") == "token-revoked"
    assert refusal(sessions.rotate, second.refresh) == "token-revoked"
    assert refusal(find, second.access) == "token-revoked"
    assert refusal(find, stolen.access) == "token-revoked"
    (letter,) = delivered()
    assert (letter.to, letter.subject) == ("alice@example.org", "We ended a log-in of yours")
    assert "this browser or program: Firefox" in letter.text
    assert "on 22 November 2026, 12:00 (UTC), from a place whose network is 192.0.2.0/24" in (
        letter.text
    )


def test_a_token_used_two_renewals_ago_ends_the_log_in_even_within_the_grace(clock, alice):
    first = sessions.log_in(alice)
    second = sessions.rotate(first.refresh)
    sessions.rotate(second.refresh)

    assert refusal(sessions.rotate, first.refresh) == "token-revoked"
    assert Session.objects.get().ended_at == NOON


def test_a_reuse_ends_no_other_log_in(clock, alice):
    stolen, other = sessions.log_in(alice), sessions.log_in(alice)
    sessions.rotate(stolen.refresh)
    clock.shift(60)
    refusal(sessions.rotate, stolen.refresh)

    assert find(other.access) == other.session


def test_a_log_in_that_nobody_uses_is_over_after_fourteen_days(clock, alice):
    pair = sessions.log_in(alice, remember=True)
    clock.shift(timedelta(days=14) - timedelta(seconds=1))
    assert slug_or_none(sessions.verify, pair.refresh) is None

    clock.shift(1)

    assert refusal(sessions.rotate, pair.refresh) == "token-expired"


def test_a_log_in_is_over_after_ninety_days_however_much_it_is_used(clock, alice):
    refresh = sessions.log_in(alice, remember=True).refresh
    for _ in range(89):
        clock.shift(timedelta(days=1))
        refresh = sessions.rotate(refresh).refresh
    assert Session.objects.get().expires_at == NOON + timedelta(days=90)

    clock.shift(timedelta(days=1))

    assert refusal(sessions.rotate, refresh) == "token-expired"


def test_an_access_token_does_not_outlive_its_log_in(clock, alice):
    pair = sessions.log_in(alice)
    Session.objects.update(expires_at=NOON + timedelta(seconds=5))
    clock.shift(5)

    assert refusal(find, pair.access) == "token-revoked"


def test_log_out_ends_this_log_in_and_no_other(alice):
    here, there = sessions.log_in(alice), sessions.log_in(alice)

    sessions.log_out(here.session)

    assert refusal(find, here.access) == "token-revoked"
    assert refusal(sessions.rotate, here.refresh) == "token-revoked"
    assert find(there.access) == there.session


def test_a_second_log_out_keeps_the_time_of_the_first(clock, alice):
    session = sessions.log_in(alice).session
    sessions.log_out(session)
    clock.shift(60)

    sessions.log_out(session)

    assert Session.objects.get().ended_at == NOON


def test_ending_all_ends_every_log_in_of_this_person_alone(alice, bob):
    pairs = [sessions.log_in(alice) for _ in range(3)]
    other = sessions.log_in(bob)

    sessions.end_all(alice)

    assert [refusal(find, pair.access) for pair in pairs] == ["token-revoked"] * 3
    assert [refusal(sessions.rotate, pair.refresh) for pair in pairs] == ["token-revoked"] * 3
    assert find(other.access) == other.session
    assert find(sessions.log_in(alice).access).user.session_generation == 1


def test_the_generation_alone_ends_every_token(alice):
    pair = sessions.log_in(alice)
    type(alice).objects.update(session_generation=1)

    assert refusal(find, pair.access) == "token-revoked"
    assert refusal(sessions.rotate, pair.refresh) == "token-revoked"
    assert refusal(sessions.verify, pair.access) == "token-revoked"


def test_an_inactive_person_is_out_at_once(alice):
    pair = sessions.log_in(alice)
    type(alice).objects.update(is_active=False)

    assert refusal(find, pair.access) == "token-revoked"
    assert refusal(sessions.rotate, pair.refresh) == "token-revoked"


def test_a_deleted_person_is_out_at_once(alice):
    pair = sessions.log_in(alice)
    alice.delete()

    assert refusal(find, pair.access) == "token-revoked"
    assert refusal(sessions.rotate, pair.refresh) == "token-revoked"


def test_an_access_token_renews_nothing(alice):
    assert refusal(sessions.rotate, sessions.log_in(alice).access) == "token-invalid"


def test_verify_takes_both_kinds_and_no_used_refresh_token(alice):
    first = sessions.log_in(alice)
    second = sessions.rotate(first.refresh)

    good = [first.access, second.access, second.refresh]
    assert [slug_or_none(sessions.verify, text) for text in good] == [None] * 3
    assert refusal(sessions.verify, first.refresh) == "token-revoked"
    assert refusal(sessions.verify, "x.y.z") == "token-invalid"


def test_asking_whether_a_token_is_good_does_not_use_it_up(alice):
    pair = sessions.log_in(alice)
    sessions.verify(pair.refresh)

    assert sessions.rotate(pair.refresh).session == pair.session


@pytest.mark.parametrize(
    ("name", "value"), [("sid", "no uuid"), ("sub", "no number"), ("sub", "9" * 30)]
)
def test_a_token_of_ours_with_a_senseless_name_is_revoked(alice, name, value):
    token = UserAccess.of(sessions.log_in(alice).session)
    token[name] = value

    assert refusal(find, str(token)) == "token-revoked"


def test_a_token_that_names_somebody_else_than_its_log_in_does_is_revoked(alice, bob):
    token = UserAccess.of(sessions.log_in(alice).session)
    token["sub"] = str(bob.pk)

    assert refusal(find, str(token)) == "token-revoked"
