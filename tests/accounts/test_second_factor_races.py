"""A code is accepted once, and ten tries are ten, whoever comes at the same moment (A2)."""

from functools import partial

import pytest

from accounts import codes, passkeys, recovery, second_factor, sessions
from accounts.models import Passkey, Session, User
from tests.accounts.factors import with_app, with_passkey
from tests.factories import make_user
from tests.races import RACE, at_once

pytestmark = RACE


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def test_a_code_of_an_app_is_accepted_once_at_eight_places_at_once(alice):
    app, _ = with_app(alice)
    code = app.code()

    found = at_once([partial(codes.accept, alice, code)] * 8)

    assert sorted(found) == [False] * 7 + [True]


def test_a_recovery_code_is_accepted_once_at_eight_places_at_once(alice):
    _, [code, *_] = with_app(alice)

    found = at_once([partial(recovery.accept, alice, code)] * 8)

    assert sorted(found) == [False] * 7 + [True]
    assert recovery.left(alice) == 9


def test_of_sixteen_wrong_codes_at_once_ten_are_looked_at(alice):
    """A2"""
    with_app(alice)

    wrong = partial(second_factor.verify, alice, "000000", address="")

    assert sorted(at_once([wrong] * 16)) == ["throttled"] * 6 + ["token-invalid"] * 10


def test_recovery_codes_renewed_at_four_places_at_once_are_ten(alice):
    with_app(alice)

    made = at_once([partial(second_factor.renew_recovery, alice, address="")] * 4)

    assert recovery.left(alice) == 10
    assert sorted(recovery.accept(alice, codes[0]) for codes in made) == [False] * 3 + [True]


def test_of_the_last_two_ways_taken_away_at_once_nothing_is_left(alice):
    with_app(alice)
    _, passkey = with_passkey(alice)
    sessions.prove(sessions.log_in(alice).session)

    at_once(
        [
            partial(second_factor.remove_app, alice, address=""),
            partial(second_factor.remove_passkey, passkey, address=""),
        ]
    )

    assert not second_factor.has(alice)
    assert recovery.left(alice) == 0
    assert not Session.objects.exclude(verified_at=None).exists()


def test_a_passkey_that_four_accounts_add_at_once_is_one_s(alice):
    people = [alice, *(make_user(name) for name in ("bob", "carol", "dave"))]
    same = [
        Passkey(user=user, name="Copy", credential_id="AAAA", public_key=b"") for user in people
    ]

    answers = at_once([partial(passkeys.keep, passkey) for passkey in same])

    assert sorted(map(str, answers)) == ["None", "invalid", "invalid", "invalid"]
    assert Passkey.objects.count() == 1
