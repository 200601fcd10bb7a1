"""Who may do what at a device: the one table that rules, pages, API and tests read."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from devices.models import Device, Membership
from planner.problems import RuleError

OWNER, EDITOR, VIEWER = Membership.Role
EVERYBODY = frozenset(Membership.Role)
WRITERS = frozenset({OWNER, EDITOR})

MAY: dict[str, frozenset[str]] = {
    "read": EVERYBODY,
    "plan": WRITERS,
    "change": WRITERS,
    "share": frozenset({OWNER}),
    "hand_over": frozenset({OWNER}),
    "release": frozenset({OWNER}),
    "replace": frozenset({OWNER}),
    "rekey": frozenset({OWNER}),
    "leave": frozenset({EDITOR, VIEWER}),
}
"""By action: the roles that may. *read* is the device, its plan and its people; *plan* is every
write to the plan; *change* is the device's name and settings; *share* is to invite, to remove, to
change roles and to answer those who ask to join; *rekey* is the yes to a new key."""

REFUSALS = {
    "plan": _("You may look at this plan, but not change it."),
    "change": _("You may look at this device, but not change it."),
    "leave": _("The owner cannot leave a device: hand it over first, or release it."),
}
ELSE = _("Only the owner of the device may do this.")


def may(role: str | None, action: str) -> bool:
    """Return whether this role allows the action; nobody's role allows none."""
    return role in MAY[action]


def check(device: Device, user: AbstractBaseUser, action: str) -> Membership:
    """Return the person's membership if its role allows the action.

    Raises RuleError `not-found` to whoever has no part in the device, and `forbidden`.
    """
    membership = device.memberships.filter(user=user).first()
    if membership is None:
        raise RuleError("not-found", _("There is no such device."))
    if not may(membership.role, action):
        raise RuleError("forbidden", REFUSALS.get(action, ELSE))
    return membership
