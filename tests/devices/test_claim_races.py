"""Many claims at once pass no limit (matrix C2, C4), on PostgreSQL with real connections."""

from functools import partial

import pytest

from accounts.models import User
from devices import claims, lifecycle
from devices.inventory import Unit
from devices.models import Claim, Device, Membership
from tests.factories import claim_unit, make_device, make_unit, make_user, row
from tests.races import RACE, at_once

pytestmark = RACE
THREADS = 16
ROUNDS = 5
LATER = [pytest.param(number, marks=pytest.mark.nightly) for number in range(ROUNDS, 100)]


def claim(user: User, unit: Unit, address: str = "192.0.2.1") -> str:
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk"}
    return claims.claim(user, **label, address=address).state


@pytest.fixture
def people() -> list[User]:
    return [make_user(f"user{number}") for number in range(THREADS)]


@pytest.mark.parametrize("_round", [*range(ROUNDS), *LATER])
def test_sixteen_people_claim_one_device_and_exactly_one_owns_it(people, _round):
    """C4, C6: the others know its code, so they may ask to join, as often as an owner is asked."""
    unit = make_unit()

    outcomes = at_once(
        [partial(claim, user, unit, f"192.0.2.{n}") for n, user in enumerate(people)]
    )

    assert sorted(outcomes) == ["accepted"] + ["pending"] * 3 + ["throttled"] * (THREADS - 4)
    [membership] = Membership.objects.all()
    assert membership.user == people[outcomes.index("accepted")]
    assert Claim.objects.count() == 4


@pytest.mark.parametrize("_round", [*range(ROUNDS), *LATER])
def test_one_person_claims_sixteen_devices_at_once_and_gets_exactly_ten(_round):
    """C4"""
    alice = make_user("alice")
    units = [make_unit() for _ in range(THREADS)]

    outcomes = at_once([partial(claim, alice, unit) for unit in units])

    # Six of sixteen may also meet the limit on tries, which are spent before the code is known.
    assert outcomes.count("accepted") == 10
    assert set(outcomes) <= {"accepted", "conflict", "throttled"}
    assert Membership.objects.filter(user=alice, role="owner").count() == 10
    assert Device.objects.filter(state="claimed").count() == 10


def test_of_32_wrong_codes_at_once_five_are_looked_at_and_no_more():
    """C2"""
    alice, unit = make_user("alice"), make_unit()
    wrong = unit._replace(code=make_unit().code)

    outcomes = at_once([partial(claim, alice, wrong)] * 32)

    assert sorted(outcomes) == ["claim-failed"] * 5 + ["throttled"] * 27


def test_a_device_in_stock_is_asked_by_one_of_sixteen_people(people):
    unit = make_unit(confirm_on_device=True)

    outcomes = at_once(
        [partial(claim, user, unit, f"192.0.2.{n}") for n, user in enumerate(people)]
    )

    assert sorted(outcomes) == ["claim-failed"] * (THREADS - 1) + ["pending"]
    assert Claim.objects.get().state == "pending"


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_yes_and_no_and_cancel_at_once_end_in_one_of_them(_round):
    alice, unit = make_user("alice"), make_unit(confirm_on_device=True)
    claim(alice, unit)
    waiting, device = Claim.objects.get(), row(unit)

    at_once(
        [
            partial(claims.answer, device, accept=True),
            partial(claims.answer, device, accept=False),
            partial(claims.cancel, waiting),
        ]
        * 3
    )

    waiting.refresh_from_db()
    is_hers = waiting.state == "accepted"
    assert waiting.state in ("accepted", "refused", "cancelled")
    assert (row(unit).claim == waiting.pk) is is_hers
    assert Membership.objects.filter(user=alice).exists() is is_hers


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_accepting_on_many_devices_at_once_passes_no_limit(_round):
    alice = make_user("alice")
    for _ in range(8):
        make_device(alice)
    units = [make_unit(confirm_on_device=True) for _ in range(6)]
    assert [claim(alice, unit) for unit in units] == ["pending"] * 6

    at_once([partial(claims.answer, row(unit), accept=True) for unit in units])

    assert Membership.objects.filter(user=alice).count() == 10


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_claim_release_reset_and_rename_at_once_end_without_deadlock(_round):
    alice, bob, unit = make_user("alice"), make_user("bob"), make_unit()
    device = claim_unit(unit, alice)

    outcomes = at_once(
        [
            partial(lifecycle.release, device, by=alice),
            partial(lifecycle.reset, device),
            partial(lifecycle.rename, device, "Other", by=alice),
            partial(claim, bob, unit),
        ]
        * 3
    )

    # A rule's refusal is fine; a database error would have been raised.
    assert len(outcomes) == 12
    device.refresh_from_db()
    assert (device.state, device.claim, device.memberships.count()) == ("in_stock", None, 0)
