"""Another key for a unit that is somebody's: staff ask, and the owner says yes or no.

Whoever makes a key could read the plan with it, so the yes is the owner's alone; it counts for
seven days, for one new key, and for no later claim or owner.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from devices import audit, lifecycle, roles
from devices.models import Device, RekeyRequest
from devices.models.rekeys import PERIOD
from planner.problems import RuleError


@transaction.atomic
def ask(device: Device, *, by: AbstractBaseUser, reason: str) -> None:
    """Ask the owner, on the device's page and by mail; who asked before asks again.

    Raises RuleError `conflict` for a unit that is nobody's: it needs no yes.
    """
    row = lifecycle.locked(device)
    if row.claim is None:
        raise RuleError("conflict", _("The device is nobody's: it may get a new key at once."))
    facts = {"claim": row.claim, "asked_by": by, "reason": reason, "granted_at": None}
    facts["expires_at"] = timezone.now() + PERIOD
    RekeyRequest.objects.update_or_create(device=row, defaults=facts)
    audit.record("ask-rekey", by=by, device=row, reason=reason)
    owner = row.memberships.select_related("user").get(role=roles.OWNER).user
    path = reverse("devices:rekey", args=[row.pk])
    mails.post("rekey-request", to=owner, facts={"device": str(row), "path": path})


@transaction.atomic
def answer(device: Device, *, by: AbstractBaseUser, accept: bool) -> None:
    """Answer for the owner, yes or no; RuleError `conflict` when nobody asks any more."""
    row = lifecycle.locked_for(device, by, "rekey")
    asked, now = RekeyRequest.objects.open().filter(device=row), timezone.now()
    granted = {"granted_at": now, "expires_at": now + PERIOD}
    # Its time may be over, and the row gone, at this very moment.
    if not (asked.update(**granted) if accept else asked.delete()[0]):
        raise RuleError("conflict", _("Nobody asks for a new key any more."))
    audit.record("allow-rekey" if accept else "deny-rekey", by=by, device=row)


def open_request(device: Device) -> RekeyRequest | None:
    """Return what the owner was asked and may still answer or take back."""
    return RekeyRequest.objects.open().filter(device=device).first()


def is_allowed(row: Device) -> bool:
    """Return whether a locked unit may get another key: it is nobody's, or its owner said yes."""
    asked = open_request(row)
    return row.claim is None or bool(asked and asked.granted_at)


def end(row: Device) -> None:
    """Forget what was asked about a locked unit, and the answer."""
    RekeyRequest.objects.filter(device=row).delete()


def sweep() -> int:
    """Forget the requests whose time is over; return how many."""
    return RekeyRequest.objects.filter(expires_at__lte=timezone.now()).delete()[0]
