"""Requests to join somebody's device: the code alone gives nothing, a yes does."""

import pytest

from accounts.models import Mail, Preferences, User
from devices import claims, invitations, lifecycle, members, prompts
from devices.inventory import Unit
from devices.models import Claim
from tests.factories import NOON, claim_unit, make_device, make_user, row
from tests.refusals import refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
MINUTE, DAY = 60, 86_400


def ask(user: User, unit: Unit) -> Claim:
    return claims.claim(
        user, serial=unit.serial, code=unit.code, name="Ours", address=f"192.0.2.{user.pk % 250}"
    )


def roles_of(unit: Unit) -> dict[str, str]:
    return {one.user.username: one.role for one in row(unit).memberships.select_related("user")}


def test_the_right_code_at_somebodys_device_is_a_request_and_nothing_more(unit, device, bob):
    made = ask(bob, unit)

    assert (made.state, made.joins, made.user) == ("pending", True, bob)
    assert (made.expires_at - made.created_at).total_seconds() == DAY
    assert roles_of(unit) == {"alice": "owner"}
    assert row(unit).token_generation == device.token_generation
    assert row(unit).name == "Kitchen tablet"


def test_the_owner_lets_somebody_in(unit, device, alice, bob):
    made = ask(bob, unit)

    claims.decide(device, made.pk, by=alice, accept=True)

    made.refresh_from_db()
    assert (made.state, made.decided_at) == ("joined", NOON)
    assert roles_of(unit) == {"alice": "owner", "bob": "editor"}
    assert (row(unit).claim, row(unit).name) == (device.claim, "Kitchen tablet")


def test_the_owner_refuses(unit, device, alice, bob):
    made = ask(bob, unit)

    claims.decide(device, made.pk, by=alice, accept=False)

    made.refresh_from_db()
    assert made.state == "refused"
    assert roles_of(unit) == {"alice": "owner"}


@pytest.mark.parametrize("accept", [True, False])
def test_the_device_answers_within_ten_minutes(unit, device, bob, accept):
    ask(bob, unit)

    claims.answer(row(unit), accept=accept)

    assert roles_of(unit) == {"alice": "owner"} | ({"bob": "editor"} if accept else {})


def test_after_ten_minutes_the_owner_alone_answers_and_after_a_day_nobody(
    unit, device, alice, bob, clock
):
    made = ask(bob, unit)
    clock.shift(10 * MINUTE)

    assert prompts.on_screen(row(unit)) is None
    assert refusal(claims.answer, row(unit), accept=True) == "conflict"
    clock.shift(DAY)
    assert made.shown_state == "expired"
    assert refusal(claims.decide, device, made.pk, by=alice, accept=True) == "conflict"
    assert roles_of(unit) == {"alice": "owner"}


@pytest.mark.parametrize("first", [True, False])
def test_a_second_answer_changes_nothing(unit, device, alice, bob, first):
    made = ask(bob, unit)
    claims.decide(device, made.pk, by=alice, accept=first)
    before = roles_of(unit)

    assert refusal(claims.decide, device, made.pk, by=alice, accept=not first) == "conflict"
    assert roles_of(unit) == before


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_the_owner_answers(unit, device, bob, stranger, role):
    """D5"""
    made = ask(stranger, unit)
    device.memberships.create(user=bob, role=role)

    assert refusal(claims.decide, device, made.pk, by=bob, accept=True) == "forbidden"
    assert refusal(claims.decide, device, made.pk, by=stranger, accept=True) == "not-found"
    assert "stranger" not in roles_of(unit)


def test_the_owner_of_another_device_answers_nothing(unit, device, bob, stranger):
    made, other = ask(bob, unit), make_device(stranger)

    assert refusal(claims.decide, other, made.pk, by=stranger, accept=True) == "conflict"
    assert roles_of(unit) == {"alice": "owner"}


def test_a_wrong_code_at_somebodys_device_is_a_failed_claim(unit, device, bob):
    """C1"""
    wrong = unit._replace(code="BBBB-BBBB-BBBB")

    assert refusal(ask, bob, wrong) == "claim-failed"
    assert not Claim.objects.filter(state="pending").exists()


def test_an_owner_who_takes_no_requests_is_not_asked(unit, device, alice, bob, stranger):
    """C1"""
    waiting = ask(bob, unit)
    members.take_requests(device, by=alice, wanted=False)

    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert refusal(ask, stranger, unit) == "claim-failed"
    members.take_requests(device, by=alice, wanted=True)
    assert ask(stranger, unit).state == "pending"


def test_a_device_is_asked_three_times_an_hour_by_whomever(unit, device, alice, clock):
    """C6"""
    people = [make_user(name) for name in ("ann", "ben", "cleo", "dan")]
    for user in people[:3]:
        claims.decide(device, ask(user, unit).pk, by=alice, accept=False)

    assert refusal(ask, people[3], unit) == "throttled"
    assert Claim.objects.filter(joins=True).count() == 3
    clock.shift(60 * MINUTE)
    assert ask(people[3], unit).state == "pending"


def test_two_people_may_ask_and_each_gets_an_own_answer(unit, device, alice, bob, stranger, clock):
    first = ask(bob, unit)
    clock.shift(MINUTE)
    second = ask(stranger, unit)

    assert prompts.on_screen(row(unit)) == second
    claims.decide(device, first.pk, by=alice, accept=True)
    claims.answer(row(unit), accept=False)

    second.refresh_from_db()
    assert second.state == "refused"
    assert roles_of(unit) == {"alice": "owner", "bob": "editor"}


def test_asking_again_is_the_same_request_and_tells_the_owner_once(unit, alice, bob):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    device = claim_unit(unit, alice)

    assert ask(bob, unit) == ask(bob, unit)

    [mail] = Mail.objects.filter(kind="join-request")
    assert (mail.user, mail.address) == (alice, "alice@example.com")
    assert mail.facts == {
        "device": "Kitchen tablet",
        "by": "Bob Birch",
        "path": f"/devices/{device.pk}/people/",
    }


def test_an_owner_who_wants_no_such_mails_is_asked_on_the_page_alone(unit, alice, bob):
    User.objects.filter(pk=alice.pk).update(email="alice@example.com")
    Preferences.objects.filter(user=alice).update(notice_people=False)
    claim_unit(unit, alice)

    asked = ask(bob, unit)

    assert (asked.state, Mail.objects.count()) == ("pending", 0)


@pytest.mark.parametrize("end", [lifecycle.reset, lifecycle.block, lifecycle.retire])
def test_what_ends_a_claim_ends_the_requests(unit, device, alice, bob, end):
    made = ask(bob, unit)

    end(row(unit))

    made.refresh_from_db()
    assert made.state == "cancelled"
    assert refusal(claims.answer, row(unit), accept=True) == "conflict"


def test_a_release_makes_no_owner_of_who_asked_to_join(unit, device, alice, bob):
    """C5"""
    made = ask(bob, unit)
    lifecycle.release(device, by=alice)

    assert refusal(claims.answer, row(unit), accept=True) == "conflict"
    made.refresh_from_db()
    assert (made.state, row(unit).state, roles_of(unit)) == ("cancelled", "in_stock", {})


def test_whoever_asked_can_take_it_back(unit, device, alice, bob):
    made = ask(bob, unit)
    claims.cancel(made)

    assert refusal(claims.decide, device, made.pk, by=alice, accept=True) == "conflict"


def test_an_invitation_accepted_meanwhile_settles_the_request(unit, device, alice, bob):
    made = ask(bob, unit)
    _invitation, secret = invitations.invite_by_link(device, by=alice, role="viewer")
    invitations.accept(secret, by=bob)

    made.refresh_from_db()
    assert made.state == "cancelled"
    assert roles_of(unit) == {"alice": "owner", "bob": "viewer"}


def test_at_a_full_device_nobody_asks_and_nobody_is_let_in(unit, device, alice, bob, stranger):
    made = ask(bob, unit)
    for number in range(9):
        device.memberships.create(user=make_user(f"member{number}"), role="viewer")

    assert refusal(ask, stranger, unit) == "conflict"
    assert refusal(claims.decide, device, made.pk, by=alice, accept=True) == "conflict"
    assert device.memberships.count() == 10
    made.refresh_from_db()
    assert made.state == "pending"
