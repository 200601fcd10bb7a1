"""What may happen to a device that is somebody's, to whom it is told, and what it ends."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from devices import lifecycle
from devices.lifecycle import MOVES
from devices.models import Claim, Device, Membership
from devices.signals import device_changed, device_released
from planner.problems import RuleError
from tests.factories import make_unit
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def told():
    """What the packages above are told, in order."""
    heard = []

    def changed(device, **_signal):
        heard.append(("changed", device.pk, device.name))

    def released(device, claim, owner, **_signal):
        heard.append(("released", device.pk, claim, owner))

    device_changed.connect(changed)
    device_released.connect(released)
    yield heard
    device_changed.disconnect(changed)
    device_released.disconnect(released)


@pytest.fixture
def shared(device: Device, bob: User) -> Device:
    """Alice's device, which bob may edit."""
    Membership.objects.create(device=device, user=bob, role="editor")
    return device


def fresh(device: Device) -> Device:
    return Device.objects.get(pk=device.pk)


def test_release_leaves_nothing_of_the_owner_on_the_device(shared, alice, told):
    claim = shared.claim
    lifecycle.change(shared, by=alice, settings={"hour_format": 12})
    del told[:]

    lifecycle.release(shared, by=alice)

    device = fresh(shared)
    assert (device.state, device.claim, device.name, device.settings) == ("in_stock", None, "", {})
    assert device.memberships.count() == 0
    assert device.token_generation == shared.token_generation + 1
    assert Claim.objects.get(pk=claim).state == "ended"
    assert told == [("released", device.pk, claim, alice)]


def test_only_the_owner_releases(shared, bob, stranger):
    assert refusal(lifecycle.release, shared, by=bob) == "forbidden"
    assert refusal(lifecycle.release, shared, by=stranger) == "not-found"
    assert fresh(shared).state == "claimed"


def test_a_second_release_finds_nothing(device, alice):
    lifecycle.release(device, by=alice)

    assert refusal(lifecycle.release, device, by=alice) == "not-found"


def test_who_leaves_ends_the_tokens_and_the_owner_stays(shared, alice, bob, told):
    lifecycle.leave(shared, by=bob)

    device = fresh(shared)
    assert [m.user for m in device.memberships.all()] == [alice]
    assert device.token_generation == shared.token_generation + 1
    assert (device.state, device.claim) == ("claimed", shared.claim)
    assert told == [("changed", device.pk, "Kitchen tablet")]


def test_the_owner_cannot_leave(shared, alice):
    assert refusal(lifecycle.leave, shared, by=alice) == "forbidden"


def test_to_part_is_to_release_for_the_owner_and_to_leave_for_others(shared, alice, bob):
    lifecycle.part(shared, by=bob, role="editor")
    assert fresh(shared).state == "claimed"

    lifecycle.part(shared, by=alice, role="owner")
    assert fresh(shared).state == "in_stock"


@pytest.mark.parametrize(("role", "allowed"), [("editor", True), ("viewer", False)])
def test_editors_rename_and_viewers_do_not(shared, bob, role, allowed):
    Membership.objects.filter(user=bob).update(role=role)

    outcome = "done" if allowed else "forbidden"
    try:
        lifecycle.rename(shared, "Hall", by=bob)
        seen = "done"
    except RuleError as error:
        seen = error.slug

    assert seen == outcome
    assert fresh(shared).name == ("Hall" if allowed else "Kitchen tablet")


def test_a_change_keeps_the_other_settings_and_ends_no_token(device, alice, told):
    lifecycle.change(device, by=alice, settings={"hour_format": 12})
    lifecycle.change(device, by=alice, settings={"theme": "dark"})

    now = fresh(device)
    assert now.settings == {"time_zone": "UTC", "hour_format": 12, "theme": "dark"}
    assert now.token_generation == device.token_generation
    assert told == [("changed", device.pk, "Kitchen tablet")] * 2


def test_a_change_to_what_it_is_already_is_not_told(device, alice, told):
    lifecycle.change(device, by=alice, name="Kitchen tablet", settings={"time_zone": "UTC"})

    assert told == []


def test_a_reset_ends_the_claim_and_a_repeated_one_is_harmless(device, alice, told):
    claim = device.claim

    lifecycle.reset(device)
    lifecycle.reset(fresh(device))

    assert (fresh(device).state, fresh(device).claimed_before) == ("in_stock", True)
    assert told == [("released", device.pk, claim, alice)]


def test_a_reset_with_a_token_from_before_a_release_ends_nobody_elses_claim(device, alice, bob):
    read_before = fresh(device)
    lifecycle.release(device, by=alice)

    assert refusal(lifecycle.reset, read_before) == "token-revoked"


def test_a_block_keeps_the_owner_and_an_unblock_gives_the_device_back(device, alice):
    lifecycle.block(device)

    blocked = fresh(device)
    assert (blocked.state, blocked.claim) == ("blocked", device.claim)
    assert [m.user for m in blocked.memberships.all()] == [alice]
    assert blocked.token_generation == device.token_generation + 1
    lifecycle.unblock(device)
    assert fresh(device).state == "claimed"


def test_a_blocked_device_that_is_released_stays_blocked(device, alice):
    lifecycle.block(device)
    lifecycle.release(device, by=alice)

    assert (fresh(device).state, fresh(device).claim) == ("blocked", None)
    lifecycle.unblock(device)
    assert fresh(device).state == "in_stock"


def test_retired_is_for_good_and_ends_the_claim(device, told, alice):
    claim = device.claim

    lifecycle.retire(device)

    assert (fresh(device).state, fresh(device).claim) == ("retired", None)
    assert told == [("released", device.pk, claim, alice)]
    assert refusal(lifecycle.block, device) == "conflict"
    assert refusal(lifecycle.unblock, device) == "conflict"


def test_the_table_of_moves_is_the_only_law():
    states = [*Device.State, *Claim.State]
    legal = [(old, new) for old in states for new in states if new in MOVES[old]]

    for old in states:
        for new in states:
            row = Device(state=old) if old in [*Device.State] else Claim(state=old)
            if (old, new) in legal:
                lifecycle.move(row, new)
                assert row.state == new
            else:
                assert refusal(lifecycle.move, row, new) == "conflict"
                assert row.state == old
    assert set(MOVES) == set(states)


def test_the_database_refuses_a_claimed_device_without_a_claim(device):
    for impossible in ({"claim": None}, {"state": "in_stock"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Device.objects.filter(pk=device.pk).update(**impossible)


def test_the_database_refuses_a_second_owner_and_a_second_part(device, alice, bob):
    for role, user in (("owner", bob), ("viewer", alice)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(device=device, user=user, role=role)


def test_a_unit_in_stock_that_is_reset_only_loses_its_tokens(alice):
    device = Device.objects.get(serial=make_unit().serial)

    lifecycle.reset(device)

    assert (fresh(device).state, fresh(device).claimed_before) == ("in_stock", False)
    assert fresh(device).token_generation == device.token_generation + 1
