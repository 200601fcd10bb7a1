"""Invitations to a device: by mail or as a link, for seven days, used once.

A link carries its secret in the fragment, which browsers send to nobody: it reaches no log and no
Referer. Only its SHA-256 is kept, so a link is shown when it is made and not later.
"""

import hashlib
import re
import secrets
from datetime import timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from devices import audit, lifecycle, members
from devices.models import Device, Invitation, Membership
from planner.buckets import Limit
from planner.problems import RuleError

LIFETIME = timedelta(days=7)
MOST_OPEN = 10
SECRET_BYTES = 16
SECRET = re.compile(r"[A-Za-z0-9_-]{22}")
MAILS = Limit("invitation-mails", 20, 86_400.0)


@transaction.atomic
def invite_by_link(device: Device, *, by: AbstractBaseUser, role: str) -> tuple[Invitation, str]:
    """Make an invitation; returns it and its secret, for whoever gets the link.

    Raises RuleError `forbidden` to all but the owner, `conflict` over ten open ones.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return _invite(device, by, role, secret_hash=_hash(secret)), secret


def invite_by_mail(device: Device, *, by: AbstractBaseUser, role: str, address: str) -> Invitation:
    """Make an invitation and send it by mail; the secret is made when the mail is.

    Raises RuleError `throttled` after twenty mails a day of one person, and as by link.
    """
    MAILS.spend(str(by.pk))
    with transaction.atomic():
        invitation = _invite(device, by, role, address=address)
        facts = {"invitation": invitation.pk, "device": str(device), "by": str(by), "role": role}
        # Nothing is known of the reader, but who invites them.
        facts["language"] = by.preferences.language
        mails.post("invitation", to=address, facts=facts)
    return invitation


@transaction.atomic
def cancel(device: Device, pk: int, *, by: AbstractBaseUser) -> None:
    """Take an open invitation back, for the owner; RuleError `not-found` when it is not open."""
    row = lifecycle.locked_for(device, by, "share")
    invitation = row.invitations.open().filter(pk=pk).first()
    if invitation is None:
        raise _gone()
    invitation.delete()
    audit.record("uninvite", by=by, device=row, before=_told(invitation))


def find(secret: str) -> Invitation:
    """Return the open invitation of a secret; RuleError `not-found` when there is none."""
    found = Invitation.objects.open().select_related("device", "invited_by")
    invitation = found.filter(secret_hash=_hash(secret)).first()
    if invitation is None:
        raise _gone()
    return invitation


def is_own(secret: str, *, device: Device, by: AbstractBaseUser) -> bool:
    """Return whether this is the secret of an open invitation to the device that `by` made."""
    made = device.invitations.open().filter(secret_hash=_hash(secret), invited_by=by)
    return made.exists()


@transaction.atomic
def accept(secret: str, *, by: AbstractBaseUser) -> Membership:
    """Make this person one of the device's people; the invitation is used up.

    Raises RuleError `not-found`, or `conflict` for whoever is there already and for a limit, which
    leaves the invitation open.
    """
    found = find(secret)
    person = members.locked_person(by.pk)
    row = _use_up(found)
    member = members.admit(row, person, found.role)
    audit.record("join", by=by, device=row, person=by, after=_told(found))
    return member


@transaction.atomic
def decline(secret: str, *, by: AbstractBaseUser) -> None:
    """Use the invitation up without joining; RuleError `not-found` when it is not open."""
    found = find(secret)
    row = _use_up(found)
    audit.record("decline", by=by, device=row, before=_told(found))


def sweep() -> int:
    """Forget the invitations whose time is over; returns how many."""
    return Invitation.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def path(secret: str) -> str:
    """Return the path of the link with this secret."""
    return f"{reverse('devices:invitation')}#{secret}"


def read_secret(typed: str) -> str:
    """Return the secret in what somebody typed, a whole link or its end; "" when there is none."""
    end = typed.strip().rpartition("#")[2]
    return end if SECRET.fullmatch(end) else ""


def renew_secret(pk: int) -> str | None:
    """Give an open invitation a secret, the only one that counts; None when it is not open."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    is_open = Invitation.objects.open().filter(pk=pk).update(secret_hash=_hash(secret))
    return secret if is_open else None


def _invite(device: Device, by: AbstractBaseUser, role: str, **columns: str) -> Invitation:
    row = lifecycle.locked_for(device, by, "share")
    if row.invitations.open().count() >= MOST_OPEN:
        raise RuleError("conflict", _("Ten invitations are open already. Cancel one of them."))
    members.check_people(row)
    invitation = Invitation.objects.create(
        device=row,
        invited_by=by,
        role=role,
        expires_at=timezone.now() + LIFETIME,
        **columns,
    )
    audit.record("invite", by=by, device=row, after=_told(invitation))
    return invitation


def _use_up(found: Invitation) -> Device:
    """Delete an invitation that is still open; return its device, locked."""
    row = lifecycle.locked(found.device)
    if not row.invitations.open().filter(pk=found.pk).delete()[0]:
        raise _gone()
    return row


def _told(invitation: Invitation) -> dict[str, str]:
    # Without the address: the audit outlives the invitation.
    return {"role": invitation.role, "way": "mail" if invitation.address else "link"}


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _gone() -> RuleError:
    return RuleError(
        "not-found",
        _("This invitation is not open any more: it was used or cancelled, or is too old."),
    )
