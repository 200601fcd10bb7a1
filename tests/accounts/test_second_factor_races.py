"""A code is accepted once, and ten tries are ten, whoever comes at the same moment (A2)."""

from functools import partial

import pytest

from accounts import codes, recovery, second_factor
from accounts.models import User
from tests.accounts.factors import with_app
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
