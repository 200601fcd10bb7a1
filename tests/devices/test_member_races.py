"""Many people at once pass no limit and leave one owner (matrix C4), on PostgreSQL."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts import closing
from accounts.models import User
from backups.models import Commit
from devices import claims, invitations, members, personal_tokens, rekeying, servicing
from devices.invitations import _hash
from devices.models import (
    AuditEntry,
    Claim,
    Device,
    Invitation,
    Membership,
    PersonalToken,
    RekeyRequest,
)
from tests.backups.api import Api, task
from tests.factories import claim_unit, make_device, make_unit, make_user
from tests.logins import logged_in
from tests.races import RACE, at_once

pytestmark = RACE
THREADS = 16


@pytest.fixture
def people() -> list[User]:
    return [make_user(f"user{number}") for number in range(THREADS)]


def link(device: Device, number: int) -> str:
    """An open invitation, beyond the ten that may be open, too."""
    secret = f"{number:022}"
    Invitation.objects.create(
        device=device,
        invited_by=device.memberships.get(role="owner").user,
        role="editor",
        secret_hash=_hash(secret),
        expires_at=timezone.now() + timedelta(days=7),
    )
    return secret


def test_of_sixteen_invited_people_nine_get_the_places_that_are_left(alice, people):
    """C4"""
    device = make_device(alice)
    secrets = [link(device, number) for number in range(THREADS)]

    outcomes = at_once(
        [
            partial(invitations.accept, secret, by=user)
            for secret, user in zip(secrets, people, strict=True)
        ]
    )

    assert outcomes.count("conflict") == THREADS - 9
    assert device.memberships.count() == 10
    assert Invitation.objects.count() == THREADS - 9


def test_one_link_lets_one_of_sixteen_people_in(alice, people):
    """C4"""
    device = make_device(alice)
    secret = link(device, 0)

    outcomes = at_once([partial(invitations.accept, secret, by=user) for user in people])

    assert outcomes.count("not-found") == THREADS - 1
    assert device.memberships.count() == 2


def test_one_person_with_sixteen_invitations_gets_ten_devices(alice, bob, people):
    """C4"""
    secrets = [link(make_device(user), number) for number, user in enumerate(people)]

    at_once([partial(invitations.accept, secret, by=bob) for secret in secrets])

    assert Membership.objects.filter(user=bob).count() == 10


def test_sixteen_requests_at_once_are_three_prompts(alice, people):
    """C6"""
    unit = make_unit()
    claim_unit(unit, alice)
    label = {"serial": unit.serial, "code": unit.code, "name": "Ours"}

    outcomes = at_once(
        [
            partial(claims.claim, user, **label, address=f"192.0.2.{number}")
            for number, user in enumerate(people)
        ]
    )

    assert outcomes.count("throttled") == THREADS - 3
    assert Claim.objects.filter(joins=True, state="pending").count() == 3


@pytest.mark.parametrize("_round", range(3))
def test_yes_and_no_to_a_request_at_once_end_in_one_of_them(alice, bob, _round):
    """C5"""
    unit = make_unit()
    device = claim_unit(unit, alice)
    label = {"serial": unit.serial, "code": unit.code, "name": "Ours"}
    asked = claims.claim(bob, **label, address="")

    at_once(
        [
            partial(claims.decide, device, asked.pk, by=alice, accept=True),
            partial(claims.decide, device, asked.pk, by=alice, accept=False),
            partial(claims.answer, device, accept=True),
            partial(claims.cancel, asked),
        ]
        * 2
    )

    asked.refresh_from_db()
    assert asked.state in ("joined", "refused", "cancelled")
    assert Membership.objects.filter(user=bob).exists() is (asked.state == "joined")


@pytest.mark.parametrize("_round", range(3))
def test_whatever_happens_to_an_offer_at_once_there_is_one_owner(alice, bob, _round):
    """C4"""
    device = make_device(alice)
    place = Membership.objects.create(device=device, user=bob, role="editor")
    members.offer(device, place.pk, by=alice)

    at_once(
        [
            partial(members.take_over, device, by=bob),
            partial(members.withdraw, device, by=alice),
            partial(members.remove, device, place.pk, by=alice),
            partial(members.set_role, device, place.pk, "viewer", by=alice),
        ]
        * 2
    )

    assert device.memberships.filter(role="owner").count() == 1


def test_one_invitation_is_accepted_or_declined_and_written_down_as_that(alice, people):
    secret = link(make_device(alice), 0)

    outcomes = at_once(
        [partial(invitations.accept, secret, by=user) for user in people[:4]]
        + [partial(invitations.decline, secret, by=user) for user in people[4:8]]
    )

    assert outcomes.count("not-found") == 7
    assert AuditEntry.objects.filter(action__in=["join", "decline"]).count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_an_account_that_ends_meanwhile_joins_nothing_and_is_told_so(alice, bob, _round):
    device = make_device(alice)
    secret = link(device, 0)
    User.objects.filter(pk=bob.pk).update(closes_at=timezone.now() - timedelta(days=1))

    joined, _closed = at_once(
        [partial(invitations.accept, secret, by=bob), closing.close_due],
    )

    assert joined == "conflict" or isinstance(joined, Membership)
    assert [member.user for member in device.memberships.all()] == [alice]


def test_who_is_gone_joins_nothing_and_claims_nothing(alice, bob):
    secret, unit = link(make_device(alice), 0), make_unit()
    label = {"serial": unit.serial, "code": unit.code, "name": "Ours", "address": ""}
    User.objects.filter(pk=bob.pk).delete()

    outcomes = at_once(
        [partial(invitations.accept, secret, by=bob), partial(claims.claim, bob, **label)]
    )

    assert outcomes == ["conflict", "conflict"]


@pytest.mark.parametrize("_round", range(3))
def test_every_page_of_a_hand_over_answers_whatever_happens_meanwhile(alice, bob, _round):
    device = make_device(alice)
    place = Membership.objects.create(device=device, user=bob, role="editor")
    members.offer(device, place.pk, by=alice)
    owner, other = logged_in(alice), logged_in(bob)
    page = f"/devices/{device.pk}/"

    answers = at_once(
        [
            partial(other.get, f"{page}people/"),
            partial(other.get, f"{page}hand-over/"),
            partial(other.post, f"{page}hand-over/"),
            partial(owner.post, f"{page}people/requests/", {"wanted": ""}),
            partial(owner.get, f"{page}people/"),
            partial(members.remove, device, place.pk, by=alice),
        ]
    )

    assert {answer.status_code for answer in answers[:-1]} <= {200, 302, 403, 404}


@pytest.mark.parametrize("_round", range(3))
def test_a_new_key_and_the_end_of_the_yes_at_once_are_one_of_them(alice, staff, _round):
    device = make_device(alice)
    rekeying.ask(device, by=staff, reason="theft")
    rekeying.answer(device, by=alice, accept=True)

    at_once(
        [
            partial(servicing.rekey, device, by=staff, reason="theft"),
            partial(rekeying.answer, device, by=alice, accept=False),
        ]
    )

    done = set(AuditEntry.objects.values_list("action", flat=True))
    assert len(done & {"rekey", "deny-rekey"}) == 1
    assert not RekeyRequest.objects.exists()


def removed_while_pushing() -> None:
    alice, bob = make_user(f"a{Device.objects.count()}"), make_user(f"b{Device.objects.count()}")
    device = make_device(alice)
    place = Membership.objects.create(device=device, user=bob, role="editor")
    calls = [Api.of_person(bob, device) for _ in range(4)]
    pushes = [partial(call.post, "/api/sync/", {"task": [task("Late")]}) for call in calls]

    outcomes = at_once([*pushes, partial(members.remove, device, place.pk, by=alice)])

    mine = Commit.objects.filter(backup__claim=device.claim)
    removal = mine.filter(person_id=None).latest("revision").revision
    accepted = [one for one in outcomes[:-1] if one.status_code == 200]
    assert {one.status_code for one in outcomes[:-1]} <= {200, 401}
    assert mine.filter(person_id=bob.pk).count() == len(accepted)
    assert not mine.filter(person_id=bob.pk, revision__gt=removal).exists()


def test_a_push_in_flight_is_wholly_before_a_removal_or_not_at_all():
    """B9"""
    for _ in range(5):
        removed_while_pushing()


@pytest.mark.nightly
def test_two_hundred_pushes_in_flight_are_wholly_before_a_removal_or_not_at_all():
    """B9"""
    for _ in range(200):
        removed_while_pushing()


@pytest.mark.parametrize("_round", range(3))
def test_no_token_is_made_for_a_device_that_its_person_loses(alice, bob, _round):
    """The token goes with the part in the device, or is refused."""
    device = make_device(alice)
    member = Membership.objects.create(device=device, user=bob, role="editor")
    made = partial(personal_tokens.make, bob, name="One", scope="read", days=7, device=device)

    outcomes = at_once([made] * 4 + [partial(members.remove, device, member.pk, by=alice)])

    assert {one for one in outcomes if isinstance(one, str)} <= {"not-found"}
    assert PersonalToken.objects.count() == 0
