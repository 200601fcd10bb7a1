"""Who becomes the owner of a device. The claim page, the API and the device's answer call this.

The order is part of the rule: form of serial and code, limits, the person's own ten, the code, and
only then what the device's state says; so a guesser learns nothing but "no".
"""

import logging
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from devices import attempts, audit, hashes, lifecycle, members, prompts, roles, serials
from devices.models import Claim, ClaimAttempt, Device, Membership
from devices.signals import device_claimed
from planner.buckets import NEVER, Limit
from planner.problems import RuleError

HOUR = 3600.0

SERIAL_OF_PERSON = Limit("claim-serial-of-person", 5, HOUR)
SERIAL_OF_PERSON_EVER = Limit("claim-serial-of-person-ever", 20, NEVER, for_good=True)
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


@transaction.atomic
def give_back(tried: ClaimAttempt, *, by: AbstractBaseUser, reason: str) -> None:
    """The same for whoever tried this; RuleError `conflict` where no device has the serial."""
    if tried.device is None:
        raise RuleError("conflict", _("No device has this serial number."))
    forgive(tried.user, tried.device.serial)
    audit.record("forgive", by=by, device=tried.device, person=tried.user, reason=reason)


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
    """Let the device accept or refuse what it asks about: a claim, or a request to join.

    Raises RuleError `conflict` when it asks nothing any more, and for a limit reached by now.
    """
    asked = prompts.on_screen(device)
    person = asked and members.locked_person(asked.user_id)
    row = lifecycle.locked_by_token(device)
    return _answer(row, person, asked, accept=accept)


@transaction.atomic
def decide(device: Device, pk: UUID, *, by: AbstractBaseUser, accept: bool) -> Claim:
    """Let the owner accept or refuse a request to join.

    Raises RuleError `conflict` when it does not wait any more, and for a limit.
    """
    asked = device.claims.waiting().filter(pk=pk, joins=True).first()
    person = asked and members.locked_person(asked.user_id)
    row = lifecycle.locked_for(device, by, "share")
    return _answer(row, person, asked, accept=accept, by=by)


@transaction.atomic
def cancel(claim: Claim) -> Claim:
    """Take back a claim that waits; RuleError `conflict` when it was decided meanwhile."""
    row = lifecycle.locked(claim.device)
    found = row.claims.waiting().filter(pk=claim.pk).first()
    if found is None:
        raise RuleError("conflict", _("This claim does not wait any more."))
    return prompts.close(row, found, Claim.State.CANCELLED)


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
    person = members.locked_person(user.pk)
    held = members.held_by(person)
    members.check_devices(held)
    devices = Device.objects.select_for_update(no_key=True, of=("self",)).select_related("batch")
    device = devices.filter(serial=serial).first()
    if not _is_code(device, serial, code):
        raise _failed()
    if device.pk in held:
        raise RuleError("conflict", _("This device is already yours."))
    if device.is_claimed and device.takes_requests:
        return _ask_to_join(device, person, name)
    if device.state != Device.State.IN_STOCK:
        raise _failed()
    if device.claimed_before or device.batch.confirm_on_device:
        return _ask_device(device, person, name)
    return _give(device, person, _accepted(device, person, name))


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


def _ask_device(device: Device, person: AbstractBaseUser, name: str) -> Claim:
    if device.claims.waiting().exclude(user=person).exists():
        raise _failed()
    return prompts.ask(device, person, name)


def _ask_to_join(device: Device, person: AbstractBaseUser, name: str) -> Claim:
    members.check_people(device)
    is_new = not device.claims.waiting().filter(user=person).exists()
    request = prompts.ask(device, person, name, joins=True)
    if is_new:
        _tell_owner(device, person)
    return request


def _tell_owner(device: Device, person: AbstractBaseUser) -> None:
    owner = device.memberships.select_related("user__preferences").get(role=roles.OWNER).user
    if not owner.preferences.notice_people:
        return
    path = reverse("devices:people", args=[device.pk])
    mails.post(
        "join-request", to=owner, facts={"device": str(device), "by": str(person), "path": path}
    )


def _answer(
    row: Device,
    person: AbstractBaseUser | None,
    asked: Claim | None,
    *,
    accept: bool,
    by: AbstractBaseUser | None = None,
) -> Claim:
    # Read again under the lock: it may have been decided, or have run out, meanwhile.
    claim = row.claims.waiting().filter(pk=asked.pk).first() if asked else None
    if claim is None:
        raise RuleError("conflict", _("Nothing waits for this answer any more."))
    if claim.joins:
        audit.record("admit" if accept else "refuse", by=by, device=row, person=person)
    if not accept:
        return prompts.close(row, claim, Claim.State.REFUSED)
    if not claim.joins:
        members.check_devices(members.held_by(person))
    lifecycle.move(claim, Claim.State.JOINED if claim.joins else Claim.State.ACCEPTED)
    claim.decided_at = timezone.now()
    claim.save(update_fields=["state", "decided_at"])
    if claim.joins:
        members.admit(row, person, roles.EDITOR)
        return claim
    return _give(row, person, claim)


def _accepted(device: Device, person: AbstractBaseUser, name: str) -> Claim:
    state, now = Claim.State.ACCEPTED, timezone.now()
    return Claim.objects.create(device=device, user=person, name=name, state=state, decided_at=now)


def _give(device: Device, person: AbstractBaseUser, claim: Claim) -> Claim:
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
    return claim


def _zone_of(person: AbstractBaseUser) -> str:
    preferences = getattr(person, "preferences", None)
    return preferences.time_zone if preferences else "UTC"
