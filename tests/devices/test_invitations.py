"""Invitations: by mail or as a link, for seven days, once."""

from datetime import timedelta

import pytest

from accounts import mails
from accounts.models import Mail, User
from devices import invitations, lifecycle, mail_kinds
from devices.models import AuditEntry, Device, Invitation, Membership
from tests.factories import make_device, make_user, roles_of
from tests.refusals import refusal
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db
# What the sender of mails loads too.
assert mail_kinds


@pytest.fixture
def link(device: Device, alice: User) -> str:
    """The secret of an invitation to plan on alice's device."""
    return invitations.invite_by_link(device, by=alice, role="editor")[1]


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_who_accepts_has_the_role_that_was_offered(device, alice, bob, role):
    _made, secret = invitations.invite_by_link(device, by=alice, role=role)

    invitations.accept(secret, by=bob)

    assert roles_of(device) == {"alice": "owner", "bob": role}


def test_a_link_is_128_bits_and_only_its_hash_is_kept(device, link):
    """B12"""
    assert len(link) == 22
    assert link not in str(snapshot())
    assert len(Invitation.objects.get().secret_hash) == 64


def test_a_link_is_used_once(device, link, bob, stranger):
    invitations.accept(link, by=bob)

    assert refusal(invitations.accept, link, by=stranger) == "not-found"
    assert roles_of(device) == {"alice": "owner", "bob": "editor"}


def test_a_link_lives_for_seven_days(clock, device, alice, bob):
    _made, secret = invitations.invite_by_link(device, by=alice, role="editor")
    clock.shift(timedelta(days=7, seconds=-1))
    assert invitations.find(secret).device == device

    clock.shift(timedelta(seconds=1))

    assert refusal(invitations.accept, secret, by=bob) == "not-found"
    assert invitations.sweep() == 1


def test_a_cancelled_link_leads_nowhere(device, link, alice, bob):
    invitations.cancel(device, Invitation.objects.get().pk, by=alice)

    assert refusal(invitations.accept, link, by=bob) == "not-found"


def test_a_declined_link_is_used_up(device, link, bob, stranger):
    invitations.decline(link, by=bob)

    assert refusal(invitations.accept, link, by=stranger) == "not-found"
    assert AuditEntry.objects.first().action == "decline"


@pytest.mark.parametrize("end", [lifecycle.reset, lifecycle.retire])
def test_the_invitations_of_a_claim_end_with_it(device, link, bob, end):
    end(device)

    assert refusal(invitations.accept, link, by=bob) == "not-found"


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_only_the_owner_invites_and_cancels(device, link, bob, stranger, role):
    """D5"""
    Membership.objects.create(device=device, user=bob, role=role)
    pk = Invitation.objects.get().pk

    assert refusal(invitations.invite_by_link, device, by=bob, role="viewer") == "forbidden"
    assert refusal(invitations.cancel, device, pk, by=bob) == "forbidden"
    assert refusal(invitations.invite_by_link, device, by=stranger, role="viewer") == "not-found"
    assert Invitation.objects.count() == 1


def test_an_invitation_is_cancelled_by_its_own_device_alone(link, stranger):
    other = make_device(stranger)

    pk = Invitation.objects.get().pk
    assert refusal(invitations.cancel, other, pk, by=stranger) == "not-found"


def test_who_is_there_already_uses_no_link_up(device, link, alice, bob):
    assert refusal(invitations.accept, link, by=alice) == "conflict"

    invitations.accept(link, by=bob)
    assert roles_of(device) == {"alice": "owner", "bob": "editor"}


def test_a_full_device_invites_nobody_and_lets_nobody_in(device, link, alice, bob):
    for number in range(9):
        Membership.objects.create(device=device, user=make_user(f"m{number}"), role="viewer")

    assert refusal(invitations.invite_by_link, device, by=alice, role="viewer") == "conflict"
    assert refusal(invitations.accept, link, by=bob) == "conflict"
    assert Invitation.objects.count() == 1


def test_who_has_ten_devices_gets_no_eleventh(device, link, bob):
    for _ in range(10):
        make_device(bob)

    assert refusal(invitations.accept, link, by=bob) == "conflict"


def test_ten_invitations_may_be_open(device, alice):
    for _ in range(10):
        invitations.invite_by_link(device, by=alice, role="viewer")

    assert refusal(invitations.invite_by_link, device, by=alice, role="viewer") == "conflict"


def test_by_mail_the_secret_is_made_when_it_is_sent(device, alice, bob):
    made = invitations.invite_by_mail(device, by=alice, role="viewer", address="bob@example.com")
    [mail] = Mail.objects.filter(kind="invitation")
    assert (mail.user, mail.address, made.secret_hash) == (None, "bob@example.com", None)

    message = mails.compose(mail)

    assert "Alice Ash" in message.body
    assert "Kitchen tablet" in message.body
    secret = message.body.split("/invite/#")[1].split()[0]
    assert secret not in str(snapshot())
    invitations.accept(secret, by=bob)
    assert roles_of(device) == {"alice": "owner", "bob": "viewer"}


def test_a_mail_that_is_sent_again_has_the_one_link_that_counts(device, alice, bob):
    invitations.invite_by_mail(device, by=alice, role="viewer", address="bob@example.com")
    mail = Mail.objects.get(kind="invitation")
    links = [mails.compose(mail).body.split("/invite/#")[1].split()[0] for _ in range(2)]

    assert refusal(invitations.accept, links[0], by=bob) == "not-found"
    invitations.accept(links[1], by=bob)


def test_a_cancelled_invitation_sends_no_mail(device, alice):
    made = invitations.invite_by_mail(device, by=alice, role="viewer", address="bob@example.com")
    invitations.cancel(device, made.pk, by=alice)

    assert mails.compose(Mail.objects.get(kind="invitation")) is None


def test_one_person_sends_twenty_mails_a_day(device, alice):
    for _ in range(2):
        for _ in range(10):
            invitations.invite_by_mail(device, by=alice, role="viewer", address="b@example.com")
        Invitation.objects.all().delete()

    def another():
        invitations.invite_by_mail(device, by=alice, role="viewer", address="b@example.com")

    assert refusal(another) == "throttled"
    assert Mail.objects.filter(kind="invitation").count() == 20


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        ("https://planner.example/invite/#abcdefghijklmnopqrstuv", "abcdefghijklmnopqrstuv"),
        (" abcdefghijklmnopqrstuv\n", "abcdefghijklmnopqrstuv"),
        ("abcdefghijklmnopqrstuvw", ""),
        ("https://planner.example/invite/", ""),
        ("äbcdefghijklmnopqrstuv", ""),
        ("", ""),
    ],
)
def test_a_secret_is_read_from_a_whole_link_or_alone(typed, secret):
    assert invitations.read_secret(typed) == secret
