"""Who may write to a plan."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class MayWrite(BasePermission):
    """Everybody who has the device may read its plan; a viewer may not change it."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or request.auth.may_write
