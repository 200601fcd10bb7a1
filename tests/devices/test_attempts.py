"""Tries to claim are noted for staff, without a code, and staff give tries back."""

import pytest
from django.contrib.auth.models import Permission
from time_machine import travel

from devices import attempts, claims, serials
from devices.models import AuditEntry, ClaimAttempt
from planner.problems import RuleError
from tests.factories import make_unit, make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/claimattempt/"


def attempt(user, unit, address="192.0.2.77") -> str:
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk"}
    try:
        return claims.claim(user, **label, address=address).state
    except RuleError as error:
        return error.slug


def noted() -> list[tuple]:
    rows = ClaimAttempt.objects.select_related("user", "device").order_by("pk")
    return [(r.user.username, r.device and r.device.serial, r.network, r.result) for r in rows]


def test_every_try_is_noted_whatever_came_of_it(alice, bob, unit):
    wrong = unit._replace(code=make_unit().code)
    nobodys = wrong._replace(serial=serials.new_serial("SC"))

    found = [attempt(bob, wrong), attempt(bob, nobodys, "2001:db8:1:2::3"), attempt(alice, unit)]
    again = attempt(alice, unit)

    assert [*found, again] == ["claim-failed", "claim-failed", "accepted", "conflict"]
    assert noted() == [
        ("bob", unit.serial, "192.0.2.0/24", "claim-failed"),
        ("bob", None, "2001:db8:1::/48", "claim-failed"),
        ("alice", unit.serial, "192.0.2.0/24", "accepted"),
        ("alice", unit.serial, "192.0.2.0/24", "conflict"),
    ]


def test_a_typing_error_is_no_try(alice, unit):
    attempt(alice, unit._replace(code=unit.code[:-1] + ("B" if unit.code[-1] != "B" else "C")))

    assert noted() == []


def test_no_note_holds_a_code_and_none_a_serial_that_is_nobody_s(bob, unit):
    """C9"""
    serial = serials.new_serial("SC")
    attempt(bob, unit._replace(serial=serial))

    row = repr(ClaimAttempt.objects.values().get())
    assert [part for part in (unit.code, unit.code.replace("-", ""), serial) if part in row] == []


def test_who_keeps_trying_fills_no_table(bob, unit):
    wrong = unit._replace(code=make_unit().code)

    outcomes = [attempt(bob, wrong) for _ in range(9)]

    assert outcomes == ["claim-failed"] * 5 + ["throttled"] * 4
    assert [row[3] for row in noted()] == ["claim-failed"] * 5 + ["throttled"]


def test_staff_give_tries_back(staff, bob, unit):
    """C7"""
    wrong = unit._replace(code=make_unit().code)
    [attempt(bob, wrong) for _ in range(6)]
    locked = attempt(bob, unit)
    last = ClaimAttempt.objects.first()

    asked = {"action": "forgive", "_selected_action": last.pk}
    web = logged_in(staff)
    web.post(LIST, asked)
    still = attempt(bob, unit)
    web.post(LIST, asked | {"number": 1, "reason": "typed the wrong label"})

    assert (locked, still, attempt(bob, unit)) == ("throttled", "throttled", "accepted")
    entry = AuditEntry.objects.get(action="forgive")
    assert (entry.by, entry.person, entry.device.serial) == (staff, bob, unit.serial)
    assert entry.reason == "typed the wrong label"


def test_who_may_only_look_gives_nothing_back(bob, unit):
    helper = make_user("helper", is_staff=True)
    helper.user_permissions.set(Permission.objects.filter(codename="view_claimattempt"))
    attempt(bob, unit._replace(code=make_unit().code))
    form = {"action": "forgive", "_selected_action": ClaimAttempt.objects.get().pk}

    answer = logged_in(helper).post(LIST, form)

    assert answer.status_code == 200
    assert not AuditEntry.objects.filter(action="forgive").exists()


def test_tries_are_found_by_account_and_by_serial_also_one_of_no_device(staff, alice, bob, unit):
    strange = unit._replace(serial=serials.new_serial("SC"))
    attempt(bob, strange)
    attempt(alice, unit)
    web = logged_in(staff)

    found = [
        [row.user.username for row in web.get(LIST, {"q": words}).context["cl"].result_list]
        for words in ("BOB", strange.serial.lower(), unit.serial, "nobody")
    ]

    assert found == [["bob"], ["bob"], ["alice"], []]


def test_tries_are_forgotten_after_a_season(bob, unit):
    with travel("2026-01-01T12:00Z", tick=False):
        attempts.note(bob, serial=unit.serial, address="", result="claim-failed")
        attempts.note(bob, serial=unit.serial, address="", result="conflict")
    with travel("2026-04-01T13:00Z", tick=False):
        attempts.note(bob, serial=unit.serial, address="", result="accepted")

        assert attempts.sweep() == 2

    assert [row[3] for row in noted()] == ["accepted"]
