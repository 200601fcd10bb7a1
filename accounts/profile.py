"""A person's own facts and preferences. The account page and `/api/me/` call this module."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.models import User
from planner.problems import RuleError, field_error


def change(user: User, *, preferences: dict | None = None, **facts: str) -> None:
    """Change what is given of the names and the fields of `preferences`, all or none.

    The e-mail address has ways of its own, `accounts.emails`. Raises RuleError `invalid` when
    another account has the user name, and `token-revoked`.
    """
    try:
        with transaction.atomic():
            sessions.lock_person(user)
            _save(user, facts)
            _save(user.preferences, preferences or {})
    except IntegrityError:
        user.refresh_from_db(fields=list(facts))
        detail = _("This user name is taken.")
        fault = field_error("/username", "taken", detail)
        raise RuleError("invalid", detail, errors=[fault]) from None


def _save(row: object, fields: dict) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    if fields:
        row.save(update_fields=list(fields))
