"""Who acts on a device, found from a token: the device itself, or a person who chose it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import Session, User
from devices import personal_tokens, roles, tokens
from devices.models import Device, Membership
from planner.problems import RuleError


@dataclass(frozen=True)
class Caller:
    """A device, and the person who acts on it, unless it is the device itself."""

    device: Device
    user: User | None = None
    role: str | None = None
    by_key: bool = False

    @property
    def may_write(self) -> bool:
        """Whether this caller may change the plan; a viewer may not."""
        return self.by_key or roles.may(self.role, "plan")


def of_text(text: str) -> Caller:
    """Return who holds this device token, of any kind, as the rows say now.

    Raises RuleError `token-invalid`, `token-expired`, `token-revoked` or `device-blocked`.
    """
    token = tokens.read(text)
    if isinstance(token, tokens.DeviceAccess):
        return _of_device(token)
    if isinstance(token, tokens.ProgramAccess):
        return _of_program(token)
    return of_member(token, sessions.find(_log_in_of(token)))


def of_member(token: tokens.DeviceToken, session: Session) -> Caller:
    """Return the person behind a chosen-device token of this living log-in."""
    caller = of_choice(session, int(token["sub"]))
    if str(session.pk) != token["sid"]:
        raise _revoked()
    _check_generation(caller.device, token)
    return caller


def of_choice(session: Session, device_id: int) -> Caller:
    """Return the person of a log-in at one of the person's devices.

    Raises RuleError `token-revoked` when it is not theirs, `device-blocked` when it is shut out.
    """
    return _at(session.user, device_id)


def usual(session: Session) -> Caller | None:
    """Return the person of a log-in at the device chosen last, else at the one seen last.

    None for somebody without a device, or whose devices are all shut out.
    """
    mine = Membership.objects.filter(user=session.user, device__state=Device.State.CLAIMED)
    member = mine.select_related("device__last_seen").usual_first().first()
    return member and Caller(member.device, session.user, member.role)


def _at(user: User, device_id: int) -> Caller:
    memberships = Membership.objects.select_related("device__last_seen")
    membership = memberships.filter(user=user, device=device_id).first()
    if membership is None:
        raise _revoked()
    check_open(membership.device)
    return Caller(membership.device, user, membership.role)


def check(device: Device | None, claims: Mapping[str, Any]) -> None:
    """Raise RuleError `token-revoked` or `device-blocked` unless a device's token still counts."""
    if device is None:
        raise _revoked()
    _check_generation(device, claims)
    check_open(device)


def check_open(device: Device) -> None:
    """Raise RuleError `device-blocked` for a device that staff shut out."""
    if device.state in (Device.State.BLOCKED, Device.State.RETIRED):
        raise RuleError("device-blocked", _("This device is blocked."))


def _of_device(token: tokens.DeviceToken) -> Caller:
    device = Device.objects.select_related("last_seen").filter(pk=int(token["sub"])).first()
    check(device, token)
    return Caller(device, by_key=True)


def _of_program(token: tokens.DeviceToken) -> Caller:
    """Return the person whose program this is; with a token to read, as a viewer."""
    personal = personal_tokens.living(token["personal"])
    caller = _at(personal.user, int(token["sub"]))
    if personal.user.session_generation != token["ugen"]:
        raise _revoked()
    _check_generation(caller.device, token)
    return caller if personal.may_write else replace(caller, role=Membership.Role.VIEWER)


def _check_generation(device: Device, claims: Mapping[str, Any]) -> None:
    if device.token_generation != claims["gen"]:
        raise _revoked()


def _log_in_of(token: tokens.DeviceToken) -> Mapping[str, Any]:
    return {"sid": token["sid"], "sub": str(token["user"]), "gen": token["ugen"]}


def _revoked() -> RuleError:
    return RuleError(
        "token-revoked", _("The device was released, blocked or claimed anew. Get a new token.")
    )
