"""Personal tokens: made, found, ended. A program that has one gets device tokens with it.

They are long-lived, so they open as little as can be: the list of devices and the tokens for their
plans, no profile and no settings.
"""

import hashlib
import logging
import secrets
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails, sessions
from accounts.models import User
from devices import audit, lifecycle, roles
from devices.models import (
    Device,
    DeviceQuerySet,
    PersonalToken,
    PersonalTokenQuerySet,
)
from planner.buckets import Limit
from planner.lately import is_lately, lately
from planner.logging import kind_of
from planner.problems import RuleError

BEGINNING = "planner_"
SHOWN = len(BEGINNING) + 6
SECRET_BYTES = 32
MOST = 20
DAYS = (7, 30, 90, 365)
KEPT = timedelta(days=30)
USE_NOTED_EVERY = timedelta(minutes=1)
WRONG = Limit("personal-token", 30, 3600.0)

log = logging.getLogger("planner.personal_tokens")


@transaction.atomic
def make(
    user: User,
    *,
    name: str,
    scope: str,
    days: int,
    device: Device | None = None,
    address: str = "",
) -> tuple[PersonalToken, str]:
    """Make a token that ends after `days`; return its row, and the token itself, this once.

    For one of the person's devices, or for all of them. Raises RuleError `conflict` at 20 tokens,
    `not-found` for a device that is not theirs, and `token-revoked`.
    """
    sessions.lock_person(user)
    if PersonalToken.objects.living().filter(user=user).count() >= MOST:
        raise RuleError(
            "conflict", _("You have %d tokens already. End one that you do not need.") % MOST
        )
    text = BEGINNING + secrets.token_urlsafe(SECRET_BYTES)
    now = timezone.now()
    row = PersonalToken.objects.create(
        user=user,
        # Locked, so that nobody takes their part in it away before the token is stored.
        membership=device and roles.check(lifecycle.locked(device), user, "read"),
        name=name,
        scope=scope,
        prefix=text[:SHOWN],
        token_hash=_digest(text),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    audit.record("make-token", by=user, device=device, after=_told(row))
    facts = {"name": name, "path": "/account/tokens/"}
    mails.post("personal-token-made", to=user, facts=facts, address=address)
    return row, text


def is_one(text: str) -> bool:
    """Return whether a bearer token is meant as a personal one."""
    return text.startswith(BEGINNING)


def find(text: str, *, address: str) -> PersonalToken:
    """Return the living token of this text, with its person.

    Raises RuleError `token-expired`, `token-invalid`, and `throttled` after 30 wrong ones in an
    hour from an address; a right one counts from there all the same.
    """
    row = _rows().filter(token_hash=_digest(text)).first()
    if row is None or not row.user.is_active:
        WRONG.spend(address)
        raise RuleError("token-invalid", _("There is no such personal token."))
    if row.is_over:
        raise RuleError("token-expired", _("The time of this personal token is over."))
    return row


def living(pk: int) -> PersonalToken:
    """Return the token by which a device token was made; RuleError `token-revoked` at its end."""
    row = _rows().living().filter(pk=pk).first()
    if row is None:
        raise RuleError("token-revoked", _("The personal token has ended, and this one with it."))
    return row


def reached(devices: DeviceQuerySet, token: PersonalToken) -> DeviceQuerySet:
    """Narrow a person's devices to those that this token is for."""
    return devices.filter(pk=token.membership.device_id) if token.membership else devices


@transaction.atomic
def end(token: PersonalToken) -> None:
    """End a token, and with it every device token that was made by it."""
    if PersonalToken.objects.filter(pk=token.pk).delete()[0]:
        device = token.membership and token.membership.device
        audit.record("end-token", by=token.user, device=device, before=_told(token))


def end_all(user: User) -> None:
    """End all tokens of a person."""
    for token in _rows().select_related("membership__device").filter(user=user):
        end(token)


def sweep() -> int:
    """Forget the tokens whose time was over 30 days ago; return how many."""
    return PersonalToken.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()[0]


def used(row: PersonalToken) -> None:
    """Note the use of a token; at most one write a minute, and none that could fail a request."""
    now = timezone.now()
    if is_lately(row.last_used_at, USE_NOTED_EVERY, now):
        return
    try:
        with transaction.atomic():
            noted = lately("last_used_at", USE_NOTED_EVERY, now)
            PersonalToken.objects.filter(pk=row.pk).exclude(noted).update(last_used_at=now)
    except DatabaseError as error:
        log.warning("could not note the use of a token: %s", kind_of(error))


def _rows() -> PersonalTokenQuerySet:
    return PersonalToken.objects.select_related("user__preferences", "membership")


def _told(token: PersonalToken) -> dict[str, str]:
    return {"name": token.name, "scope": token.scope, "prefix": token.prefix}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
