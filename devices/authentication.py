"""Who calls the API of a device, for DRF: `request.auth` is a `Caller`.

Which plan a request reads or writes follows from the token alone; no address names a device.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.addresses import client_address
from accounts.authentication import UserAuthentication, enforce_csrf
from accounts.models import Session, User
from accounts.tokens import bearer
from devices import callers, personal_tokens, presence, selection
from devices.callers import Caller
from devices.models import Device, PersonalToken
from planner.problems import RuleError

__all__ = [
    "ByKey",
    "Caller",
    "Claimed",
    "DeviceAuthentication",
    "MayClaim",
    "OwnAuthentication",
    "PersonAuthentication",
]


class DeviceAuthentication(BaseAuthentication):
    """A device token as a bearer, or a browser's chosen device with Django's CSRF check."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Caller] | None:
        text = bearer(request.headers.get("Authorization"))
        caller = _by_cookie(request) if text is None else callers.of_text(text)
        if caller is None:
            return None
        if caller.by_key:
            presence.seen(caller.device)
        return caller.user or AnonymousUser(), caller

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class OwnAuthentication(DeviceAuthentication):
    """The device itself; the good token of a person is known for what it is, and refused."""

    def authenticate(self, request: Request) -> tuple[User | AnonymousUser, Caller] | None:
        try:
            found = super().authenticate(request)
        except RuleError:
            _refuse_person(request)
            raise
        if found is None:
            _refuse_person(request)
        return found


class PersonAuthentication(UserAuthentication):
    """A person's log-in, or a program's personal token: then `request.auth` is that token."""

    def authenticate(self, request: Request) -> tuple[User, Session | PersonalToken] | None:
        token = _personal_token(request)
        if token is None:
            return super().authenticate(request)
        personal_tokens.used(token)
        return token.user, token


class MayClaim(BasePermission):
    """A program claims with a token to write that is for all devices; a person always may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if request.method in SAFE_METHODS or not isinstance(token, PersonalToken):
            return True
        return token.may_write and token.membership is None


class ByKey(BasePermission):
    """Only the device itself, with a token got by its key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Caller) and request.auth.by_key


class Claimed(BasePermission):
    """Only at a device that is somebody's, and that has a key of its own where it must."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Caller):
            return False
        if not request.auth.device.is_claimed:
            raise RuleError("device-unclaimed", _("Nobody has claimed this device."))
        if request.auth.by_key and request.auth.device.rekey == Device.Rekey.NEEDED:
            raise RuleError("forbidden", _("Replace the key first: POST /api/device/key/."))
        return True


def _personal_token(request: Request) -> PersonalToken | None:
    text = bearer(request.headers.get("Authorization"))
    if text is None or not personal_tokens.is_one(text):
        return None
    return personal_tokens.find(text, address=client_address(request))


def _refuse_person(request: Request) -> None:
    try:
        is_person = _personal_token(request) or UserAuthentication().authenticate(request)
    except RuleError:
        return
    if is_person:
        raise RuleError("forbidden", _("This is for the device itself, with a token by its key."))


def _by_cookie(request: Request) -> Caller | None:
    chosen = selection.read(request._request)
    if chosen.error:
        raise chosen.error
    if chosen.caller:
        enforce_csrf(request)
    return chosen.caller
