"""What may happen to a device after it is somebody's: change, leave, release, reset, block.

Each function works on the locked row, and raises the token generation whenever somebody loses the
device, so that every token made before is refused at its next request.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from devices import audit, roles
from devices.models import Claim, Device
from devices.signals import device_changed, device_released
from planner.problems import RuleError

Unit, Step = Device.State, Claim.State
MOVES: dict[str, frozenset[str]] = {
    Unit.IN_STOCK: frozenset({Unit.CLAIMED, Unit.BLOCKED, Unit.RETIRED}),
    Unit.CLAIMED: frozenset({Unit.IN_STOCK, Unit.BLOCKED, Unit.RETIRED}),
    Unit.BLOCKED: frozenset({Unit.IN_STOCK, Unit.CLAIMED, Unit.RETIRED}),
    Unit.RETIRED: frozenset(),
    Step.PENDING: frozenset(
        {Step.ACCEPTED, Step.JOINED, Step.REFUSED, Step.CANCELLED, Step.EXPIRED}
    ),
    Step.ACCEPTED: frozenset({Step.ENDED}),
    Step.REFUSED: frozenset(),
    Step.CANCELLED: frozenset(),
    Step.EXPIRED: frozenset(),
    Step.ENDED: frozenset(),
    Step.JOINED: frozenset(),
}
"""All legal moves of a device and of a claim; everything else is an error."""


def move(row: Device | Claim, state: str) -> None:
    """Set the state of a locked row; RuleError `conflict` when that is no legal move."""
    if state not in MOVES[row.state]:
        raise RuleError("conflict", _("This is not possible any more: the state has changed."))
    row.state = state


def locked(device: Device) -> Device:
    """Return the device's row under its lock; a person's row is locked before, never after."""
    return Device.objects.select_for_update(no_key=True).get(pk=device.pk)


def locked_for(device: Device, by: AbstractBaseUser, action: str) -> Device:
    """The same for a person whose role allows the action; RuleError `not-found`, `forbidden`."""
    row = locked(device)
    roles.check(row, by, action)
    return row


def locked_by_token(device: Device) -> Device:
    """The same for a call of the device itself; RuleError if its token ended since it was read."""
    row = locked(device)
    if row.token_generation != device.token_generation:
        raise RuleError(
            "token-revoked", _("The device was released, blocked or claimed meanwhile.")
        )
    return row


@transaction.atomic
def change(
    device: Device,
    *,
    by: AbstractBaseUser,
    name: str | None = None,
    settings: dict[str, object] | None = None,
    expected: int | None = None,
) -> Device:
    """Rename the device or change some of its settings.

    Raises RuleError `forbidden` to a viewer, and `precondition-failed` where the settings have
    another revision than `expected`.
    """
    row = locked_for(device, by, "change")
    if expected is not None and row.settings_revision != expected:
        raise RuleError("precondition-failed", _("Somebody changed this meanwhile. Try again."))
    before = {"name": row.name} | row.shown_settings
    row.name = row.name if name is None else name
    row.settings = row.settings | (settings or {})
    after = {"name": row.name} | row.shown_settings
    changed = {field for field, value in after.items() if value != before[field]}
    if changed:
        row.settings_revision += 1
        row.save(update_fields=["name", "settings", "settings_revision"])
        audit.record(
            "change",
            by=by,
            device=row,
            before={field: before[field] for field in sorted(changed)},
            after={field: after[field] for field in sorted(changed)},
        )
        device_changed.send(sender=Device, device=row)
    return row


def rename(device: Device, name: str, *, by: AbstractBaseUser) -> Device:
    """Give the device another name."""
    return change(device, by=by, name=name)


@transaction.atomic
def release(device: Device, *, by: AbstractBaseUser, keep: bool = True) -> None:
    """End the claim: the device is nobody's, and waits for the next claim; for its owner only.

    The owner keeps the plan for a time, or has it erased at once.
    """
    row = locked_for(device, by, "release")
    end_claim(row, keep=keep)
    audit.record("release", by=by, device=row)


@transaction.atomic
def leave(device: Device, *, by: AbstractBaseUser) -> None:
    """End one person's part in a device that somebody else owns."""
    row = locked(device)
    roles.check(row, by, "leave").delete()
    revoke_tokens(row)
    audit.record("leave", by=by, device=row, person=by)
    device_changed.send(sender=Device, device=row)


def part(device: Device, *, by: AbstractBaseUser, role: str, keep: bool = True) -> None:
    """Release the device for its owner, or leave it, by the role that the person knows of.

    Raises RuleError `forbidden` where that is another by now: who means to leave releases nothing.
    """
    if roles.may(role, "release"):
        release(device, by=by, keep=keep)
    else:
        leave(device, by=by)


@transaction.atomic
def reset(device: Device) -> None:
    """Factory reset, asked for by the device itself: nobody has it any longer."""
    row = locked_by_token(device)
    if row.claim is None:
        cancel_pending(row)
        revoke_tokens(row)
    else:
        end_claim(row)
    audit.record("reset", by=None, device=row)


@transaction.atomic
def block(device: Device, *, by: AbstractBaseUser | None = None, reason: str = "") -> None:
    """Shut the device out, for staff; its owner keeps it, and its plan."""
    row = locked(device)
    before = {"state": row.state}
    move(row, Unit.BLOCKED)
    row.save(update_fields=["state"])
    cancel_pending(row)
    revoke_tokens(row)
    _note("block", row, by, before, reason)
    device_changed.send(sender=Device, device=row)


@transaction.atomic
def unblock(device: Device, *, by: AbstractBaseUser | None = None, reason: str = "") -> None:
    """Let a blocked device in again."""
    row = locked(device)
    if row.state != Unit.BLOCKED:
        raise RuleError("conflict", _("The device is not blocked."))
    before = {"state": row.state}
    move(row, Unit.CLAIMED if row.claim else Unit.IN_STOCK)
    row.save(update_fields=["state"])
    _note("unblock", row, by, before, reason)
    device_changed.send(sender=Device, device=row)


@transaction.atomic
def retire(device: Device, *, by: AbstractBaseUser | None = None, reason: str = "") -> None:
    """Take the device out of service for good, for staff."""
    row = locked(device)
    before = {"state": row.state}
    if row.claim is not None:
        end_claim(row)
    move(row, Unit.RETIRED)
    row.save(update_fields=["state"])
    cancel_pending(row)
    revoke_tokens(row)
    _note("retire", row, by, before, reason)


def _note(action: str, row: Device, by: AbstractBaseUser | None, before: dict, reason: str) -> None:
    after = {"state": row.state}
    audit.record(action, by=by, device=row, before=before, after=after, reason=reason)


def end_claim(row: Device, *, keep: bool = True) -> None:
    """End the claim of a locked device: its people, guests, name and settings go."""
    claim = row.claims.get(pk=row.claim)
    move(claim, Step.ENDED)
    claim.decided_at = timezone.now()
    claim.save(update_fields=["state", "decided_at"])
    owner = row.memberships.filter(role=roles.OWNER).select_related("user").first()
    row.memberships.all().delete()
    row.invitations.all().delete()
    cancel_pending(row)
    if row.state == Unit.CLAIMED:
        move(row, Unit.IN_STOCK)
    name = row.name
    row.claim, row.name, row.settings, row.rekey = None, "", {}, Device.Rekey.NO
    row.settings_revision += 1
    row.takes_requests = True
    row.save(
        update_fields=[
            *("state", "claim", "name", "settings", "settings_revision", "rekey"),
            "takes_requests",
        ]
    )
    revoke_tokens(row)
    device_released.send(
        sender=Device,
        device=row,
        claim=claim.pk,
        owner=owner and owner.user,
        name=name,
        keep=keep,
    )


def cancel_pending(row: Device) -> None:
    """Close the claims that wait for a locked device."""
    pending = row.claims.filter(state=Step.PENDING)
    pending.update(state=Step.CANCELLED, decided_at=timezone.now())


def revoke_tokens(row: Device) -> None:
    """Raise the generation of a locked device: no token made before counts any more."""
    row.token_generation += 1
    row.save(update_fields=["token_generation"])
