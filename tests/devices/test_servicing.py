"""What staff do to a unit: taken back, given another code or key; what that ends and what not."""

import pytest
from time_machine import travel

from devices import claims, hashes, lifecycle, serials, servicing
from devices.inventory import Unit
from devices.models import AuditEntry, Device
from planner.problems import RuleError
from tests.devices.http import Http, person, problem, tablet
from tests.factories import make_unit, make_user, row

pytestmark = pytest.mark.django_db


def attempt(user, unit: Unit) -> str:
    """Return the state of a claim, or the slug of its error."""
    try:
        label = {"serial": unit.serial, "code": unit.code, "name": "Desk", "address": "192.0.2.1"}
        return claims.claim(user, **label).state
    except RuleError as error:
        return error.slug


def test_staff_take_a_device_back_in_the_owner_s_place(device, unit, alice, staff):
    api = tablet(unit)

    servicing.release(device, by=staff, reason="sold")

    assert (row(unit).state, row(unit).memberships.count()) == ("in_stock", 0)
    assert problem(api.get("/api/device/")) == (401, "token-revoked")
    assert person(alice).get(f"/api/devices/{device.pk}/").status_code == 404
    entry = AuditEntry.objects.get(action="release")
    assert (entry.by, entry.reason, entry.before, entry.after) == (
        staff,
        "sold",
        {"state": "claimed"},
        {"state": "in_stock"},
    )


def test_a_blocked_device_that_is_taken_back_stays_blocked(device, unit, staff):
    lifecycle.block(device)

    servicing.release(device, by=staff, reason="stolen")

    assert (row(unit).state, row(unit).claim) == ("blocked", None)


def test_a_new_code_ends_the_old_one(unit, alice, staff):
    new = servicing.recode(row(unit), by=staff, reason="label lost")

    assert (new.serial, new.key) == (unit.serial, "")
    assert attempt(alice, unit) == "claim-failed"
    assert attempt(alice, new) == "accepted"


def test_a_new_code_opens_a_serial_that_was_tried_too_often(unit, alice, staff):
    """C7"""
    wrong = unit._replace(code=make_unit().code)
    outcomes = [attempt(alice, wrong) for _ in range(6)]
    locked = attempt(alice, unit)

    new = servicing.recode(row(unit), by=staff, reason="the owner asked")

    assert (outcomes[-1], locked) == ("throttled", "throttled")
    assert attempt(alice, new) == "accepted"


def test_a_new_code_needs_no_yes_of_the_device_though_others_had_it(
    device, unit, alice, bob, staff
):
    lifecycle.release(device, by=alice)
    waits = attempt(bob, unit)

    new = servicing.recode(row(unit), by=staff, reason="resold")

    assert waits == "pending"
    assert attempt(bob, new) == "accepted"


def test_a_new_code_that_the_owner_may_have_read_needs_the_yes_after_a_release(
    device, unit, alice, staff
):
    new = servicing.recode(device, by=staff, reason="label lost")
    lifecycle.release(device, by=alice)

    assert attempt(alice, new) == "pending"


def test_a_new_code_makes_room_for_prompts(device, unit, alice, staff):
    lifecycle.release(device, by=alice)
    with travel("2050-01-01T12:00Z", tick=False):
        for number in range(3):
            claim = claims.claim(
                make_user(f"person{number}"),
                **{"serial": unit.serial, "code": unit.code, "name": "Desk"},
                address=f"192.0.2.{number}",
            )
            claims.cancel(claim)
        used_up = attempt(alice, unit)
    with travel("2050-01-01T12:01Z", tick=False):
        new = servicing.recode(row(unit), by=staff, reason="prompts used up")
        Device.objects.update(claimed_before=True)

        assert (used_up, attempt(alice, new)) == ("throttled", "pending")


def test_a_new_code_leaves_a_claimed_device_to_its_owner(device, unit, alice, staff):
    api = tablet(unit)

    servicing.recode(device, by=staff, reason="photographed")

    assert row(unit).memberships.get().user == alice
    assert row(unit).claim == device.claim
    assert problem(api.get("/api/device/")) == (401, "token-revoked")
    assert tablet(unit).get("/api/device/").json()["claimed"] is True


def test_a_new_key_ends_the_old_one_and_its_tokens_at_once(unit, staff):
    api = tablet(unit)

    new = servicing.rekey(row(unit), by=staff, reason="key list lost")

    body = {"serial": unit.serial, "key": unit.key}
    assert problem(Http().post("/api/device/token/", body)) == (401, "token-invalid")
    assert problem(api.get("/api/device/")) == (401, "token-revoked")
    assert (new.code, tablet(new).get("/api/device/").status_code) == ("", 200)
    assert hashes.is_key(serials.read_key(new.key), stored=row(unit).key_hash)


def test_a_new_key_ends_a_key_that_was_offered_with_the_old_one(device, unit, alice, staff):
    offered = serials.new_key()
    tablet(unit).post("/api/device/key/", {"key": offered})
    lifecycle.release(device, by=alice)

    new = servicing.rekey(device, by=staff, reason="key list lost")

    body = {"serial": unit.serial, "key": offered}
    assert problem(Http().post("/api/device/token/", body)) == (401, "token-invalid")
    assert tablet(new).get("/api/device/").status_code == 200


def test_no_new_key_is_made_for_what_is_somebody_s(device, unit, staff):
    for end in (None, lifecycle.block):
        if end:
            end(device)
        with pytest.raises(RuleError) as caught:
            servicing.rekey(device, by=staff, reason="theft")

        assert caught.value.slug == "conflict"
    lifecycle.unblock(device)
    assert tablet(unit).get("/api/device/").status_code == 200


@pytest.mark.parametrize("rule", [servicing.recode, servicing.rekey, servicing.release])
def test_a_retired_unit_is_serviced_no_more(unit, staff, rule):
    lifecycle.retire(row(unit))
    before = AuditEntry.objects.count()

    with pytest.raises(RuleError) as caught:
        rule(row(unit), by=staff, reason="no")

    assert (caught.value.slug, AuditEntry.objects.count()) == ("conflict", before)


def test_nothing_written_down_opens_a_unit(unit, staff):
    """C9"""
    made = [rule(row(unit), by=staff, reason="x") for rule in (servicing.recode, servicing.rekey)]

    stored = repr(list(AuditEntry.objects.values()) + list(Device.objects.values()))
    assert [part for part in (made[0].code, made[1].key) if part in stored] == []


def test_a_claim_that_waits_ends_with_its_code(alice, staff):
    unit = make_unit(confirm_on_device=True)
    claims.claim(alice, serial=unit.serial, code=unit.code, name="Desk", address="192.0.2.1")

    servicing.recode(row(unit), by=staff, reason="x")

    assert row(unit).claims.get().state == "cancelled"
