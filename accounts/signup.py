"""Making an account. The sign-up page and the demo data call this module."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import passwords
from accounts.models import User
from planner.problems import RuleError, field_error


def sign_up(
    *, username: str, password: str, full_name: str = "", email: str = "", time_zone: str = "UTC"
) -> User:
    """Make a person with their preferences.

    User names are public, and a taken one is refused: RuleError `invalid`, as for an unfit
    password. Addresses are not: one that another account has is left out without a word, so that
    nobody learns who has an account here.
    """
    passwords.validate(password, User(username=username, full_name=full_name, email=email))
    if User.objects.filter(username__iexact=username).exists():
        raise _taken()
    if email and User.objects.named(email).exists():
        email = ""
    try:
        with transaction.atomic():
            return User.objects.create_user(
                username, email, password, full_name=full_name, time_zone=time_zone
            )
    except IntegrityError:
        raise RuleError(
            "conflict", _("Somebody took this name or address this very moment. Try again.")
        ) from None


def _taken() -> RuleError:
    detail = _("This user name is taken.")
    return RuleError("invalid", detail, errors=[field_error("/username", "taken", detail)])
