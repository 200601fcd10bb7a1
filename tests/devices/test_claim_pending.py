"""Claims that wait for the device: it alone says yes, in time, once."""

import pytest

from accounts.models import User
from devices import claims, lifecycle, prompts
from devices.inventory import Unit
from devices.models import Claim, Device
from planner.problems import RuleError
from tests.factories import NOON, claim_unit, make_device, make_unit, make_user, row
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MINUTE = 60


@pytest.fixture
def careful() -> Unit:
    """A unit of a batch whose first claim needs the device's yes."""
    return make_unit(confirm_on_device=True)


def claim(user: User, unit: Unit, name: str = "Desk") -> Claim:
    return claims.claim(
        user, serial=unit.serial, code=unit.code, name=name, address=f"192.0.2.{user.pk % 250}"
    )


def test_a_careful_batch_waits_ten_minutes_for_the_device(alice, careful):
    made = claim(alice, careful)

    assert (made.state, made.user, made.name) == ("pending", alice, "Desk")
    assert (made.expires_at - made.created_at).total_seconds() == 10 * MINUTE
    assert made.number in range(10, 100)
    device = row(careful)
    assert (device.state, device.claim, device.memberships.count()) == ("in_stock", None, 0)
    assert prompts.on_screen(device) == made


def test_the_device_accepts_and_the_person_owns_it(alice, careful):
    made = claim(alice, careful)
    generation = row(careful).token_generation

    claims.answer(row(careful), accept=True)

    device = row(careful)
    assert (device.state, device.claim, device.name) == ("claimed", made.pk, "Desk")
    assert [(m.user, m.role) for m in device.memberships.all()] == [(alice, "owner")]
    assert device.token_generation == generation + 1
    assert prompts.on_screen(device) is None


def test_the_device_refuses_and_nothing_is_linked(alice, careful):
    made = claim(alice, careful)

    claims.answer(row(careful), accept=False)

    made.refresh_from_db()
    assert (made.state, made.decided_at) == ("refused", NOON)
    assert (row(careful).state, row(careful).memberships.count()) == ("in_stock", 0)


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_after_ten_minutes_links_nothing(alice, careful, clock, accept):
    made = claim(alice, careful)
    clock.shift(10 * MINUTE)

    assert made.shown_state == "expired"
    assert prompts.on_screen(row(careful)) is None
    assert refusal(claims.answer, row(careful), accept=accept) == "conflict"
    assert row(careful).memberships.count() == 0


@pytest.mark.parametrize("first", [True, False])
def test_a_second_answer_changes_nothing(alice, careful, first):
    claim(alice, careful)
    claims.answer(row(careful), accept=first)
    before = Device.objects.values().get(serial=careful.serial)

    assert refusal(claims.answer, row(careful), accept=not first) == "conflict"
    assert Device.objects.values().get(serial=careful.serial) == before


def test_another_devices_yes_links_nothing(alice, careful):
    claim(alice, careful)
    other = row(make_unit(confirm_on_device=True))

    assert refusal(claims.answer, other, accept=True) == "conflict"
    assert row(careful).memberships.count() == 0


def test_a_unit_that_was_released_asks_the_device_also_of_its_former_owner(alice, unit):
    lifecycle.release(claim_unit(unit, alice), by=alice)

    made = claim(alice, unit)

    assert made.state == "pending"
    assert row(unit).state == "in_stock"


def test_a_new_owner_begins_with_own_name_settings_and_claim(alice, bob, unit):
    first = claim_unit(unit, alice, name="Alice's")
    lifecycle.change(first, by=alice, settings={"hour_format": 12})
    lifecycle.release(first, by=alice)

    claim(bob, unit, name="Bob's")
    claims.answer(row(unit), accept=True)

    device = row(unit)
    assert (device.name, device.settings) == ("Bob's", {"time_zone": "UTC"})
    assert device.claim not in (None, first.claim)
    assert [m.user for m in device.memberships.all()] == [bob]


def test_asking_again_while_it_waits_is_the_same_claim(alice, careful):
    assert claim(alice, careful) == claim(alice, careful)
    assert Claim.objects.count() == 1


def test_somebody_elses_waiting_claim_is_neither_taken_over_nor_cancelled(alice, bob, careful):
    made = claim(alice, careful)

    assert refusal(claim, bob, careful) == "claim-failed"
    assert prompts.on_screen(row(careful)) == made


def test_a_wrong_code_does_not_cancel_a_waiting_claim(alice, bob, careful):
    made = claim(alice, careful)
    wrong = careful._replace(code=make_unit().code)

    assert refusal(claim, bob, wrong) == "claim-failed"
    assert prompts.on_screen(row(careful)) == made


def test_whoever_asked_can_cancel(alice, careful):
    made = claim(alice, careful)

    claims.cancel(made)

    made.refresh_from_db()
    assert made.state == "cancelled"
    assert refusal(claims.answer, row(careful), accept=True) == "conflict"
    assert refusal(claims.cancel, made) == "conflict"


def test_a_device_is_asked_three_times_an_hour(careful, clock):
    """C6"""
    people = [make_user(name) for name in ("ann", "ben", "cleo", "dan")]
    for user in people[:3]:
        claims.cancel(claim(user, careful))
        clock.shift(MINUTE)

    with pytest.raises(RuleError) as caught:
        claim(people[3], careful)

    assert (caught.value.slug, caught.value.retry_after) == ("throttled", 57 * MINUTE)
    clock.shift(57 * MINUTE)
    assert claim(people[3], careful).state == "pending"


def test_one_person_alone_cannot_use_up_the_prompts_of_a_released_unit(alice, bob, unit, clock):
    """C6: the former owner knows the code, and may not keep the next one out with it."""
    lifecycle.release(claim_unit(unit, alice), by=alice)
    for _ in range(2):
        claims.cancel(claim(alice, unit))
        clock.shift(MINUTE)

    with pytest.raises(RuleError) as caught:
        claim(alice, unit)

    assert (caught.value.slug, caught.value.retry_after) == ("throttled", 58 * MINUTE)
    assert claim(bob, unit).state == "pending"


def test_prompts_of_another_device_do_not_count(alice, careful):
    for _ in range(2):
        claims.cancel(claim(alice, careful))

    assert claim(alice, make_unit(confirm_on_device=True)).state == "pending"


def test_an_expired_claim_makes_room_for_the_next(alice, bob, careful, clock):
    old = claim(alice, careful)
    clock.shift(10 * MINUTE)

    new = claim(bob, careful)

    old.refresh_from_db()
    assert (old.state, old.decided_at) == ("expired", old.expires_at)
    assert prompts.on_screen(row(careful)) == new


def test_a_person_who_has_ten_devices_by_now_gets_no_eleventh(alice, careful):
    claim(alice, careful)
    for _ in range(10):
        make_device(alice)

    assert refusal(claims.answer, row(careful), accept=True) == "conflict"
    assert row(careful).memberships.count() == 0


def test_the_claim_of_a_closed_account_waits_for_nobody(bob, careful):
    claim(bob, careful)
    bob.delete()

    assert prompts.on_screen(row(careful)) is None
    assert refusal(claims.answer, row(careful), accept=True) == "conflict"


def test_an_answer_with_a_token_from_before_a_block_is_refused(alice, careful):
    claim(alice, careful)
    read_before = row(careful)
    lifecycle.block(row(careful))

    assert refusal(claims.answer, read_before, accept=True) == "token-revoked"
    assert row(careful).memberships.count() == 0
