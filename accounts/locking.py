"""What staff do to people: lock them, let them in again, end their log-ins, force a new password.

Nobody locks themselves or the last superuser, and only superusers act on people of the staff.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from accounts.signals import staff_acted
from planner.problems import RuleError


@transaction.atomic
def lock(user: User, *, by: User, reason: str) -> None:
    """Log a person out everywhere and let them in no more; RuleError `forbidden` or `conflict`."""
    row = _locked(user, by)
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=row.pk)
    if row.is_superuser and not others.exists():
        raise RuleError("conflict", _("This is the last superuser."))
    _set_active(row, False)
    sessions.end_all(row)
    _tell("lock", row, by, reason, before={"active": True}, after={"active": False})


@transaction.atomic
def unlock(user: User, *, by: User, reason: str) -> None:
    """Let a locked person in again; RuleError `forbidden` or `conflict`."""
    row = _locked(user, by)
    _set_active(row, True)
    _tell("unlock", row, by, reason, before={"active": False}, after={"active": True})


@transaction.atomic
def force_reset(user: User, *, by: User, reason: str) -> None:
    """End a person's password and log-ins: they choose a new one by mail. RuleError `forbidden`."""
    row = _locked(user, by)
    row.set_unusable_password()
    row.save(update_fields=["password"])
    sessions.end_all(row)
    _tell("force-reset", row, by, reason)


@transaction.atomic
def end_log_ins(user: User, *, by: User, reason: str) -> None:
    """Log a person out everywhere; RuleError `forbidden`."""
    row = _locked(user, by)
    sessions.end_all(row)
    _tell("end-log-ins", row, by, reason)


def rows_with_superusers(pk: int) -> dict[int, User]:
    """Lock a person's row, if there is one, and all superusers', in one order; return them by key.

    So two superusers cannot lock each other, or take it from each other, at once.
    """
    people = User.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in people.filter(is_superuser=True) | people.filter(pk=pk)}


def _locked(user: User, by: User) -> User:
    row = rows_with_superusers(user.pk).get(user.pk)
    if row is None:
        raise RuleError("conflict", _("This account is closed."))
    if row.pk == by.pk:
        raise RuleError("forbidden", _("Nobody does this to themselves."))
    if (row.is_staff or row.is_superuser) and not by.is_superuser:
        raise RuleError("forbidden", _("Only a superuser does this to people of the staff."))
    return row


def _set_active(row: User, is_active: bool) -> None:
    if row.is_active == is_active:
        raise RuleError("conflict", _("That is so already."))
    row.is_active = is_active
    row.save(update_fields=["is_active"])


def _tell(action: str, row: User, by: User, reason: str, **changes: dict[str, Any]) -> None:
    changes = {"before": {}, "after": {}} | changes
    staff_acted.send(sender=User, action=action, by=by, person=row, reason=reason, **changes)
