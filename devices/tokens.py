"""Tokens of devices: for the key, for a person who chose the device, for a person's program.

All carry the device's generation, so that a release, a block or a new claim ends them at once; a
person's names the log-in too, a program's the personal token, and each ends with that.
"""

from typing import Any, ClassVar, NamedTuple

import jwt
from django.conf import settings
from rest_framework_simplejwt.exceptions import (
    TokenBackendError,
    TokenBackendExpiredToken,
    TokenError,
)

from accounts.models import Session
from accounts.tokens import KeyedToken, KeyringBackend
from devices.models import Device, PersonalToken

BACKEND = KeyringBackend(settings.DEVICE_TOKEN_KEYS, audience="planner:devices")


class Access(NamedTuple):
    """A token as text, and the unix time at which it expires."""

    access: str
    expires: int


class DeviceToken(KeyedToken):
    """What all kinds have in common; `claim` is empty while nobody owns the device."""

    backend = BACKEND
    token_type = "any-device"  # noqa: S105 - a kind, not a secret
    lifetime = settings.DEVICE_ACCESS_LIFETIME
    claims: ClassVar[dict[str, type]] = {"gen": int, "claim": str}

    @classmethod
    def of(cls, device: Device) -> "DeviceToken":
        """Return a new token of this kind for a device."""
        token = cls()
        token["sub"] = str(device.pk)
        token["gen"] = device.token_generation
        token["claim"] = str(device.claim or "")
        return token

    def written(self) -> Access:
        """Return the token as its holder gets it."""
        return Access(str(self), self["exp"])


class DeviceAccess(DeviceToken):
    """Got with the device's key."""

    token_type = "device"  # noqa: S105 - a kind, not a secret


class MemberAccess(DeviceToken):
    """Got by a person's log-in for one of the person's devices."""

    token_type = "member"  # noqa: S105 - a kind, not a secret
    lifetime = settings.MEMBER_ACCESS_LIFETIME
    claims: ClassVar[dict[str, type]] = {**DeviceToken.claims, "user": int, "sid": str, "ugen": int}

    @classmethod
    def by(cls, session: Session, device: Device) -> "MemberAccess":
        """Return a new token for the person of this log-in at this device."""
        token = cls.of(device)
        token["user"] = session.user_id
        token["sid"] = str(session.pk)
        token["ugen"] = session.user.session_generation
        return token


class ProgramAccess(DeviceToken):
    """Got with a personal token for one of the person's devices."""

    token_type = "program"  # noqa: S105 - a kind, not a secret
    lifetime = settings.MEMBER_ACCESS_LIFETIME
    claims: ClassVar[dict[str, type]] = {
        **DeviceToken.claims,
        "user": int,
        "personal": int,
        "ugen": int,
    }

    @classmethod
    def by(cls, token: PersonalToken, device: Device) -> "ProgramAccess":
        """Return a new token for the program that has this personal token."""
        made = cls.of(device)
        made["user"] = token.user_id
        made["personal"] = token.pk
        made["ugen"] = token.user.session_generation
        return made


class AnyDeviceToken(DeviceToken):
    """Any kind, where only its type is asked for."""

    def verify_token_type(self) -> None:
        if self.get("typ") not in KINDS:
            raise TokenError("another type")


KINDS: dict[str, type[DeviceToken]] = {
    kind.token_type: kind for kind in (DeviceAccess, MemberAccess, ProgramAccess)
}


def read(text: str) -> DeviceToken:
    """Return a verified token as its own kind; RuleError `token-expired` or `token-invalid`."""
    return KINDS[AnyDeviceToken.read(text)["typ"]].read(text)


def choice(text: str) -> int | None:
    """Return the device that a chosen-device cookie names, even when its time is over.

    It grants nothing: whoever asks looks up the membership and the log-in anew.
    """
    try:
        claims = BACKEND.decode(text)
    except TokenBackendExpiredToken:
        # Found expired after its signature was found good, so it is one of ours.
        claims = jwt.decode(text, options={"verify_signature": False})
    except TokenBackendError:
        return None
    return _chosen(claims)


def _chosen(claims: dict[str, Any]) -> int | None:
    is_choice = (
        claims.get("typ") == MemberAccess.token_type and claims.get("aud") == BACKEND.audience
    )
    return int(claims["sub"]) if is_choice else None
