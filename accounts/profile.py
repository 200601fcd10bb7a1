"""A person's own facts and preferences. The account page and `/api/me/` call this module."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from planner.problems import RuleError, field_error


def change(user: User, *, preferences: dict | None = None, **facts: str) -> None:
    """Change what is given of the names, `email` and the fields of `preferences`, all or none.

    Raises RuleError `invalid` when another account has the user name or the e-mail address.
    """
    if "email" in facts:
        facts["email"] = User.objects.normalize_email(facts["email"])
    try:
        with transaction.atomic():
            _save(user, facts)
            _save(user.preferences, preferences or {})
    except IntegrityError:
        user.refresh_from_db(fields=list(facts))
        raise _taken(user, facts) from None


def _taken(user: User, facts: dict[str, str]) -> RuleError:
    namesakes = User.objects.named(facts.get("username", "")).exclude(pk=user.pk)
    if namesakes.exists():
        field, detail = "/username", _("This user name is taken.")
    else:
        field, detail = "/email", _("Another account has this e-mail address.")
    return RuleError("invalid", detail, errors=[field_error(field, "taken", detail)])


def _save(row: object, fields: dict) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    if fields:
        row.save(update_fields=list(fields))
