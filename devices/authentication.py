"""Who calls the API of a device, for DRF: `request.auth` is a `Caller`.

Which plan a request reads or writes follows from the token alone; no address names a device.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.authentication import enforce_csrf
from accounts.models import User
from accounts.tokens import bearer
from devices import callers, presence, selection
from devices.callers import Caller
from planner.problems import RuleError

__all__ = ["ByKey", "Caller", "Claimed", "DeviceAuthentication"]


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


class ByKey(BasePermission):
    """Only the device itself, with a token got by its key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, Caller) and request.auth.by_key


class Claimed(BasePermission):
    """Only at a device that is somebody's."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Caller):
            return False
        if not request.auth.device.is_claimed:
            raise RuleError("device-unclaimed", _("Nobody has claimed this device."))
        return True


def _by_cookie(request: Request) -> Caller | None:
    chosen = selection.read(request._request)
    if chosen.error:
        raise chosen.error
    if chosen.caller:
        enforce_csrf(request)
    return chosen.caller
