"""The people of a device: admit, change a role, remove, hand over. Ten people, ten devices.

Every lock is taken in one order (docs/decisions/063), the person's row and then the device's, so
that no two calls at once pass a limit. Whenever somebody loses a device, its token generation
goes up.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from devices import audit, lifecycle, rekeying, roles
from devices.models import Claim, Device, Membership
from devices.signals import device_changed, device_handed_over
from planner.problems import RuleError

MAX_DEVICES = 10
MAX_PEOPLE = 10


def locked_person(pk: int) -> AbstractBaseUser:
    """Return a person's row under its lock; a device's row is locked after it, never before.

    Raises RuleError `conflict` when the account was closed meanwhile.
    """
    person = get_user_model().objects.select_for_update(no_key=True).filter(pk=pk).first()
    if person is None:
        raise RuleError("conflict", _("This account is closed."))
    return person


def held_by(person: AbstractBaseUser) -> set[int]:
    """Return the ids of a locked person's devices."""
    return set(Membership.objects.filter(user=person).values_list("device_id", flat=True))


def check_devices(held: set[int]) -> None:
    """Raise RuleError `conflict` when these are ten devices already."""
    if len(held) >= MAX_DEVICES:
        raise RuleError("conflict", _("You have ten devices already. Release one of them first."))


def check_people(device: Device) -> None:
    """Raise RuleError `conflict` when the locked device has ten people already."""
    if device.memberships.count() >= MAX_PEOPLE:
        words = _("This device has ten people already. Somebody has to leave it first.")
        raise RuleError("conflict", words)


def admit(device: Device, person: AbstractBaseUser, role: str) -> Membership:
    """Make a locked person one of the people of a locked device.

    Raises RuleError `conflict` for a person who is one of them, and for either limit.
    """
    held = held_by(person)
    if device.pk in held:
        raise RuleError("conflict", _("This device is already yours."))
    check_devices(held)
    check_people(device)
    member = Membership.objects.create(device=device, user=person, role=role)
    asked = device.claims.filter(user=person, state=Claim.State.PENDING)
    asked.update(state=Claim.State.CANCELLED, decided_at=timezone.now())
    device_changed.send(sender=Device, device=device)
    return member


@transaction.atomic
def set_role(device: Device, pk: int, role: str, *, by: AbstractBaseUser) -> Membership:
    """Make a member an editor or a viewer, for the owner; it counts from the next request."""
    row = lifecycle.locked_for(device, by, "share")
    member = _other(row, pk)
    if member.role != role:
        before, member.role = {"role": member.role}, role
        member.save(update_fields=["role"])
        audit.record(
            "role", by=by, device=row, person=member.user, before=before, after={"role": role}
        )
        device_changed.send(sender=Device, device=row)
    return member


@transaction.atomic
def remove(device: Device, pk: int, *, by: AbstractBaseUser) -> Membership:
    """End a member's part in the device, for the owner; the member's tokens die at once."""
    row = lifecycle.locked_for(device, by, "share")
    member = _other(row, pk)
    member.delete()
    lifecycle.revoke_tokens(row)
    audit.record("remove", by=by, device=row, person=member.user, before={"role": member.role})
    device_changed.send(sender=Device, device=row)
    return member


@transaction.atomic
def take_requests(device: Device, *, by: AbstractBaseUser, wanted: bool) -> None:
    """Let people with the right code ask to join, or not; what waits is refused with it."""
    row = lifecycle.locked_for(device, by, "share")
    if row.takes_requests == wanted:
        return
    row.takes_requests = wanted
    row.save(update_fields=["takes_requests"])
    if not wanted:
        waiting = row.claims.filter(state=Claim.State.PENDING)
        waiting.update(state=Claim.State.REFUSED, decided_at=timezone.now())
    audit.record("requests", by=by, device=row, after={"takes_requests": wanted})
    device_changed.send(sender=Device, device=row)


@transaction.atomic
def offer(device: Device, pk: int, *, by: AbstractBaseUser) -> Membership:
    """Offer the ownership to a member, instead of to anybody before; it waits for their yes."""
    row = lifecycle.locked_for(device, by, "hand_over")
    member = _other(row, pk)
    row.memberships.update(offered_at=None)
    member.offered_at = timezone.now()
    member.save(update_fields=["offered_at"])
    audit.record("offer", by=by, device=row, person=member.user)
    path = reverse("devices:take_over", args=[row.pk])
    facts = {"device": str(row), "by": str(by), "path": path}
    mails.post("hand-over", to=member.user, facts=facts)
    return member


@transaction.atomic
def withdraw(device: Device, *, by: AbstractBaseUser) -> None:
    """Take the offer back, or decline it: for the owner, and for whom it was made to."""
    row = lifecycle.locked(device)
    mine = roles.check(row, by, "read")
    offered = row.memberships.offered()
    if not roles.may(mine.role, "hand_over"):
        offered = offered.filter(pk=mine.pk)
    if offered.update(offered_at=None):
        audit.record("withdraw", by=by, device=row)


@transaction.atomic
def take_over(device: Device, *, by: AbstractBaseUser) -> None:
    """Become the owner of a device that was offered; the former owner becomes an editor.

    Raises RuleError `conflict` when it is not offered to this person any more.
    """
    row = lifecycle.locked(device)
    mine = roles.check(row, by, "read")
    if not mine.is_offered:
        raise RuleError("conflict", _("This device is not offered to you any more."))
    device_handed_over.send(sender=Device, device=row, user=by)
    owner = row.memberships.select_related("user").get(role=roles.OWNER)
    owner.role, mine.role, mine.offered_at = roles.EDITOR, roles.OWNER, None
    # In this order: the database allows one owner at any moment.
    owner.save(update_fields=["role"])
    mine.save(update_fields=["role", "offered_at"])
    row.invitations.all().delete()
    rekeying.end(row)
    lifecycle.revoke_tokens(row)
    audit.record("hand-over", by=by, device=row, person=owner.user)
    device_changed.send(sender=Device, device=row)


def _other(row: Device, pk: int) -> Membership:
    """Return one of the people, other than the owner."""
    member = row.memberships.select_related("user").filter(pk=pk).first()
    if member is None:
        raise RuleError("not-found", _("There is no such person at this device."))
    if member.role == roles.OWNER:
        raise RuleError("conflict", _("An owner stays until the device is handed over."))
    return member
