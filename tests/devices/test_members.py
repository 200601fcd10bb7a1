"""The people of a device: roles, removal, and handing the device over."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import Mail, User
from devices import holdings, invitations, lifecycle, members
from devices.models import AuditEntry, Device, Membership
from tests.backups.api import task
from tests.devices.http import person, tablet
from tests.factories import roles_of
from tests.logins import with_token
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def bobs(device: Device, bob: User) -> Membership:
    """Bob's place at alice's device."""
    User.objects.filter(pk=bob.pk).update(email="bob@example.com")
    return Membership.objects.create(device=device, user=bob, role="editor")


def generation(device: Device) -> int:
    return Device.objects.get(pk=device.pk).token_generation


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_removed_members_tokens_die_at_their_next_request(device, unit, alice, bob, bobs):
    """A10, B9"""
    http, its = person(bob), tablet(unit)
    token = http.post(f"/api/devices/{device.pk}/token/").json()["access"]
    plan = person(bob)
    plan.headers = with_token(token)
    assert plan.get("/api/sync/").status_code == 200

    members.remove(device, bobs.pk, by=alice)

    refused = plan.post("/api/sync/", {"task": [task("Too late")]})
    assert (refused.status_code, refused.json()["code"]) == (401, "token-revoked")
    assert http.get(f"/api/devices/{device.pk}/").status_code == 404
    assert http.post(f"/api/devices/{device.pk}/token/").status_code == 404
    assert its.get("/api/sync/").status_code == 401
    assert tablet(unit).get("/api/tasks/").json()["results"] == []
    assert actions()[-1] == "remove"


def test_a_role_counts_from_the_next_request_on_with_the_same_token(device, alice, bob, bobs):
    """D5"""
    plan = person(bob)
    plan.headers = with_token(plan.post(f"/api/devices/{device.pk}/token/").json()["access"])

    members.set_role(device, bobs.pk, "viewer", by=alice)

    assert plan.get("/api/sync/").status_code == 200
    assert plan.post("/api/sync/", {"task": [task("Milk")]}).status_code == 403
    members.set_role(device, bobs.pk, "editor", by=alice)
    assert plan.post("/api/sync/", {"task": [task("Milk")]}).status_code == 200
    entry = AuditEntry.objects.filter(action="role").first()
    assert (entry.by, entry.person, entry.before, entry.after) == (
        alice,
        bob,
        {"role": "viewer"},
        {"role": "editor"},
    )


def test_nobody_but_the_owner_removes_or_changes_anybody(device, bob, bobs, stranger):
    """D5"""
    for rule in (members.remove, members.offer):
        assert refusal(rule, device, bobs.pk, by=bob) == "forbidden"
        assert refusal(rule, device, bobs.pk, by=stranger) == "not-found"
    assert refusal(members.set_role, device, bobs.pk, "viewer", by=bob) == "forbidden"
    assert roles_of(device) == {"alice": "owner", "bob": "editor"}


def test_the_owner_can_neither_be_removed_nor_become_less(device, alice):
    own = device.memberships.get()

    assert refusal(members.remove, device, own.pk, by=alice) == "conflict"
    assert refusal(members.set_role, device, own.pk, "viewer", by=alice) == "conflict"
    assert refusal(members.offer, device, own.pk, by=alice) == "conflict"
    assert roles_of(device) == {"alice": "owner"}


def test_members_of_other_devices_are_not_there(device, alice, stranger):
    from_elsewhere = Membership.objects.exclude(device=device).order_by("-pk").first()
    pk = from_elsewhere.pk if from_elsewhere else 0

    assert refusal(members.remove, device, pk, by=alice) == "not-found"


def test_a_device_is_handed_over_with_both_peoples_yes(device, alice, bob, bobs, clock):
    before = generation(device)
    members.offer(device, bobs.pk, by=alice)
    assert roles_of(device) == {"alice": "owner", "bob": "editor"}
    [mail] = Mail.objects.filter(kind="hand-over")
    assert (mail.user, mail.facts["device"], mail.facts["by"]) == (
        bob,
        "Kitchen tablet",
        "Alice Ash",
    )

    members.take_over(device, by=bob)

    assert roles_of(device) == {"alice": "editor", "bob": "owner"}
    assert generation(device) == before + 1
    assert refusal(members.take_over, device, by=bob) == "conflict"
    assert actions()[-2:] == ["offer", "hand-over"]


def test_an_offer_is_good_for_its_person_for_seven_days(device, alice, bob, bobs, stranger, clock):
    Membership.objects.create(device=device, user=stranger, role="viewer")
    members.offer(device, bobs.pk, by=alice)

    assert refusal(members.take_over, device, by=stranger) == "conflict"
    assert refusal(members.take_over, device, by=alice) == "conflict"
    clock.shift(timedelta(days=7))
    assert refusal(members.take_over, device, by=bob) == "conflict"
    assert roles_of(device)["alice"] == "owner"


def test_another_offer_takes_the_place_of_the_first(device, alice, bob, bobs, stranger):
    theirs = Membership.objects.create(device=device, user=stranger, role="viewer")
    members.offer(device, bobs.pk, by=alice)
    members.offer(device, theirs.pk, by=alice)

    assert refusal(members.take_over, device, by=bob) == "conflict"
    members.take_over(device, by=stranger)
    assert roles_of(device) == {"alice": "editor", "bob": "editor", "stranger": "owner"}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_an_offer_is_taken_back_or_declined(device, alice, bob, bobs, who):
    members.offer(device, bobs.pk, by=alice)

    members.withdraw(device, by={"alice": alice, "bob": bob}[who])

    assert refusal(members.take_over, device, by=bob) == "conflict"


def test_somebody_else_declines_no_offer(device, alice, bob, bobs, stranger):
    Membership.objects.create(device=device, user=stranger, role="editor")
    members.offer(device, bobs.pk, by=alice)

    members.withdraw(device, by=stranger)

    members.take_over(device, by=bob)
    assert roles_of(device)["bob"] == "owner"


def test_what_the_former_owner_began_ends_with_the_hand_over(device, alice, bob, bobs, stranger):
    _made, secret = invitations.invite_by_link(device, by=alice, role="editor")
    members.offer(device, bobs.pk, by=alice)
    members.take_over(device, by=bob)

    assert refusal(invitations.accept, secret, by=stranger) == "not-found"
    assert refusal(members.remove, device, bobs.pk, by=alice) == "forbidden"


def test_a_removed_person_takes_nothing_over(device, alice, bob, bobs):
    members.offer(device, bobs.pk, by=alice)
    members.remove(device, bobs.pk, by=alice)

    assert refusal(members.take_over, device, by=bob) == "not-found"
    assert roles_of(device) == {"alice": "owner"}


def test_an_offer_of_a_former_owner_does_not_bind_the_heir(device, alice, bob, bobs, stranger):
    viewer = Membership.objects.create(device=device, user=stranger, role="viewer")
    members.offer(device, viewer.pk, by=alice)

    with transaction.atomic():
        holdings.part(alice)

    assert refusal(members.take_over, device, by=stranger) == "conflict"
    assert roles_of(device) == {"bob": "owner", stranger.username: "viewer"}


def test_who_takes_a_device_over_while_the_account_closes_leaves_it_an_owner(
    device, alice, bob, bobs, monkeypatch
):
    members.offer(device, bobs.pk, by=alice)
    locked = lifecycle.locked

    def late(row: Device) -> Device:
        monkeypatch.undo()
        members.take_over(row, by=bob)
        return locked(row)

    monkeypatch.setattr(lifecycle, "locked", late)
    with transaction.atomic():
        holdings.part(bob)

    assert roles_of(device) == {"alice": "owner"}
