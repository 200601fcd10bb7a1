"""What waits for somebody's answer, as the list of devices tells it."""

import re

import pytest
from django.utils import timezone

from accounts.models import User
from devices import claims, members, questions, rekeying
from devices.inventory import Unit
from devices.models import Device, Membership, RekeyRequest
from tests.factories import claim_unit, make_device, make_unit, make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db


def ask(device: Device, unit: Unit, *, guest: User, staff: User) -> None:
    """Let a guest ask to join, offer the device to an editor, let the support ask for a key."""
    claims.claim(guest, serial=unit.serial, code=unit.code, name="Ours", address="")
    editor = Membership.objects.create(device=device, user=make_user(unit.serial), role="editor")
    owner = device.memberships.get(role="owner").user
    members.offer(device, editor.pk, by=owner)
    rekeying.ask(device, by=staff, reason="The list of keys was copied.")


def asked(person: User) -> list[questions.Question]:
    return list(questions.of(person))


def test_the_list_of_devices_leads_the_owner_to_each_answer(alice, bob, staff, device, unit):
    make_device(alice)
    ask(device, unit, guest=bob, staff=staff)

    page = logged_in(alice).get("/devices/").content.decode()

    notes = re.findall(r'<p class="note wait">(.*?) <a href="(.*?)">Answer</a></p>', page)
    assert notes == [
        ("Bob Birch asks to join Kitchen tablet.", f"/devices/{device.pk}/"),
        ("The support asks to give Kitchen tablet a new key.", f"/devices/{device.pk}/re-key/"),
    ]


def test_who_is_offered_a_device_is_led_to_the_offer(alice, bob, staff, device, unit):
    ask(device, unit, guest=bob, staff=staff)
    heir = device.memberships.get(role="editor").user

    assert asked(heir) == [
        ("Kitchen tablet is offered to you.", f"/devices/{device.pk}/hand-over/")
    ]
    assert asked(bob) == []


def test_what_is_answered_is_asked_no_more(alice, bob, staff, device, unit):
    ask(device, unit, guest=bob, staff=staff)
    rekeying.answer(device, by=alice, accept=True)
    claims.decide(device, device.claims.requests().get().pk, by=alice, accept=False)

    assert RekeyRequest.objects.get().granted_at < timezone.now()
    assert asked(alice) == []


@pytest.mark.parametrize("count", [1, 3])
def test_asking_costs_the_same_for_any_number(alice, bob, staff, count, django_assert_num_queries):
    for _ in range(count):
        unit = make_unit()
        ask(claim_unit(unit, alice), unit, guest=bob, staff=staff)

    with django_assert_num_queries(3):
        assert len(asked(alice)) == 2 * count
