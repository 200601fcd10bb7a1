"""Who becomes the owner of a device. The claim page, the API and the device's answer call this.

The order is part of the rule: form of serial and code, limits, the person's own ten, the code, and
only then what the device's state says; so a guesser learns nothing but "no".
"""

import logging
import math
import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from devices import attempts, audit, hashes, lifecycle, roles, serials
from devices.models import Claim, Device, Membership
from devices.signals import device_changed, device_claimed
from planner.buckets import NEVER, Limit
from planner.problems import RuleError

MAX_DEVICES = 10
PENDING = timedelta(minutes=10)
PROMPTS = 3
HOUR = 3600.0

SERIAL_OF_PERSON = Limit("claim-serial-of-person", 5, HOUR)
SERIAL_OF_PERSON_EVER = Limit("claim-serial-of-person-ever", 20, NEVER)
PERSON = Limit("claim-person", 10, HOUR)
SERIAL = Limit("claim-serial", 30, HOUR)
ADDRESS = Limit("claim-address", 20, HOUR)
SITE = Limit("claim-site", 100, HOUR)

GIVEN = (
    *("state", "claim", "claimed_before", "name", "settings", "settings_revision"),
    *("rekey", "token_generation"),
)

log = logging.getLogger("planner.claims")


def claim(user: AbstractBaseUser, *, serial: str, code: str, name: str, address: str) -> Claim:
    """Claim a device for this person, as accepted, or as pending until the device says yes.

    Raises RuleError `throttled`; `claim-failed`, the one answer to every guess, and to a typing
    error, which costs no try; `conflict` for the person's own device and for a limit.
    """
    try:
        serial, code = serials.read_serial(serial), serials.read_code(code)
    except ValueError:
        raise _failed() from None
    try:
        made = _try(user, serial, code, name, address)
    except RuleError as error:
        attempts.note(user, serial=serial, address=address, result=error.slug)
        raise
    attempts.note(user, serial=serial, address=address, result=made.state)
    return made


def forgive(user: AbstractBaseUser, serial: str) -> None:
    """Give this person all tries back, on this serial and over all; for staff."""
    for limit, subject in _tries(user, serial, ""):
        limit.forget(subject)


def _try(user: AbstractBaseUser, serial: str, code: str, name: str, address: str) -> Claim:
    tries = _tries(user, serial, address)
    _spend(tries)
    is_failure = False
    try:
        return _decide(user, serial, code, name)
    except RuleError as error:
        is_failure = error.slug == "claim-failed"
        raise
    finally:
        if is_failure:
            _count_failure()
        else:
            _refund(tries)


@transaction.atomic
def answer(device: Device, *, accept: bool) -> Claim:
    """Let the device accept or refuse the claim that waits for it.

    Raises RuleError `conflict` when none waits any more, or the person has ten devices by now.
    """
    waiting = device.claims.waiting().first()
    person = waiting and _locked_person(waiting.user_id)
    row = lifecycle.locked_by_token(device)
    claim = row.claims.waiting().filter(pk=waiting.pk).first() if waiting else None
    if claim is None:
        raise RuleError("conflict", _("No claim waits for this device."))
    if not accept:
        return _close(row, claim, Claim.State.REFUSED)
    _check_limit(_held_by(person))
    lifecycle.move(claim, Claim.State.ACCEPTED)
    claim.decided_at = timezone.now()
    claim.save(update_fields=["state", "decided_at"])
    _give(row, person, claim)
    return claim


@transaction.atomic
def cancel(claim: Claim) -> Claim:
    """Take back a claim that waits; RuleError `conflict` when it was decided meanwhile."""
    row = lifecycle.locked(claim.device)
    found = row.claims.waiting().filter(pk=claim.pk).first()
    if found is None:
        raise RuleError("conflict", _("This claim does not wait any more."))
    return _close(row, found, Claim.State.CANCELLED)


def pending_of(device: Device) -> Claim | None:
    """Return the claim that the device may answer now."""
    return device.claims.waiting().select_related("user").first()


def _tries(user: AbstractBaseUser, serial: str, address: str) -> list[tuple[Limit, str]]:
    # A new code begins anew: whatever was tried on the old one counts no longer.
    made = Device.objects.filter(serial=serial).values_list("code_made_at", flat=True).first()
    code = f"{serial} {made.timestamp() if made else ''}"
    both = f"{user.pk} {code}"
    tries = [
        (SERIAL_OF_PERSON_EVER, both),
        (SERIAL_OF_PERSON, both),
        (PERSON, str(user.pk)),
        (ADDRESS, address),
    ]
    # Only who failed on this serial before shares its limit: strangers cannot lock a unit.
    if SERIAL_OF_PERSON_EVER.is_used(both):
        tries.append((SERIAL, code))
    return tries


def _spend(tries: list[tuple[Limit, str]]) -> None:
    spent: list[tuple[Limit, str]] = []
    try:
        for limit, subject in tries:
            limit.spend(subject)
            spent.append((limit, subject))
    except RuleError:
        _refund(spent)
        raise


def _refund(tries: list[tuple[Limit, str]]) -> None:
    for limit, subject in tries:
        limit.refund(subject)


def _count_failure() -> None:
    try:
        SITE.spend("")
    except RuleError:
        log.error("over %d failed claims an hour: somebody may be guessing codes", SITE.capacity)


@transaction.atomic
def _decide(user: AbstractBaseUser, serial: str, code: str, name: str) -> Claim:
    # The person's row first, then the device's, always: two claims at once pass no limit.
    person = _locked_person(user.pk)
    held = _held_by(person)
    _check_limit(held)
    devices = Device.objects.select_for_update(no_key=True, of=("self",)).select_related("batch")
    device = devices.filter(serial=serial).first()
    if not _is_code(device, serial, code):
        raise _failed()
    if device.pk in held:
        raise RuleError("conflict", _("This device is already yours."))
    if device.state != Device.State.IN_STOCK:
        raise _failed()
    if device.claimed_before or device.batch.confirm_on_device:
        return _ask_device(device, person, name)
    now = timezone.now()
    claim = Claim.objects.create(
        device=device, user=person, name=name, state=Claim.State.ACCEPTED, decided_at=now
    )
    _give(device, person, claim)
    return claim


def _is_code(device: Device | None, serial: str, code: str) -> bool:
    # The same work for a serial that nobody has.
    pepper_id = device.pepper_id if device else hashes.newest_pepper()
    stored = device.code_hash if device else hashes.nobodys()
    return hashes.is_code(serial, code, pepper_id=pepper_id, stored=stored)


def _failed() -> RuleError:
    return RuleError(
        "claim-failed",
        _("This serial number and code cannot be claimed. Compare them with the label."),
    )


def _locked_person(pk: int) -> AbstractBaseUser:
    return get_user_model().objects.select_for_update(no_key=True).get(pk=pk)


def _held_by(person: AbstractBaseUser) -> set[int]:
    return set(Membership.objects.filter(user=person).values_list("device_id", flat=True))


def _check_limit(held: set[int]) -> None:
    if len(held) >= MAX_DEVICES:
        raise RuleError("conflict", _("You have ten devices already. Release one of them first."))


def _ask_device(device: Device, person: AbstractBaseUser, name: str) -> Claim:
    waiting = device.claims.waiting().first()
    if waiting and waiting.user_id == person.pk:
        return waiting
    if waiting:
        raise _failed()
    now = timezone.now()
    old = device.claims.filter(state=Claim.State.PENDING)
    old.update(state=Claim.State.EXPIRED, decided_at=F("expires_at"))
    _check_prompts(device)
    claim = Claim.objects.create(
        device=device,
        user=person,
        name=name,
        number=10 + secrets.randbelow(90),
        state=Claim.State.PENDING,
        created_at=now,
        expires_at=now + PENDING,
    )
    device_changed.send(sender=Device, device=device)
    return claim


def _check_prompts(device: Device) -> None:
    since = timezone.now() - timedelta(seconds=HOUR)
    with_this_code = device.claims.filter(created_at__gte=device.code_made_at)
    prompts = with_this_code.filter(expires_at__isnull=False, created_at__gt=since)
    times = list(prompts.order_by("-created_at").values_list("created_at", flat=True)[:PROMPTS])
    if len(times) == PROMPTS:
        raise RuleError(
            "throttled",
            _("The device was asked three times within an hour. Wait, then try again."),
            retry_after=max(1, math.ceil((times[-1] - since).total_seconds())),
        )


def _close(device: Device, claim: Claim, state: str) -> Claim:
    lifecycle.move(claim, state)
    claim.decided_at = timezone.now()
    claim.save(update_fields=["state", "decided_at"])
    device_changed.send(sender=Device, device=device)
    return claim


def _give(device: Device, person: AbstractBaseUser, claim: Claim) -> None:
    lifecycle.move(device, Device.State.CLAIMED)
    device.claim, device.claimed_before, device.name = claim.pk, True, claim.name
    device.settings = {"time_zone": _zone_of(person)}
    device.settings_revision += 1
    device.rekey = Device.Rekey.NEEDED if device.batch.must_rekey else Device.Rekey.ASKED
    # The device's next token tells it of the claim, before it can push or pull anything.
    device.token_generation += 1
    device.save(update_fields=GIVEN)
    Membership.objects.create(device=device, user=person, role=roles.OWNER)
    audit.record("claim", by=person, device=device)
    device_claimed.send(sender=Device, device=device, user=person, claim=claim.pk)


def _zone_of(person: AbstractBaseUser) -> str:
    preferences = getattr(person, "preferences", None)
    return preferences.time_zone if preferences else "UTC"
