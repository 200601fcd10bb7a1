"""Making an account. The sign-up page and the demo data call this module."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import emails, passwords
from accounts.models import User
from planner.buckets import Limit
from planner.problems import RuleError, field_error

TAKEN = _("This user name is taken.")
BY_ADDRESS = Limit("signup-address", 30, 3600.0)


def sign_up(
    *,
    username: str,
    password: str,
    full_name: str = "",
    email: str = "",
    time_zone: str = "UTC",
    address: str = "",
) -> User:
    """Make a person with their preferences.

    User names are public, and a taken one is refused: RuleError `invalid`, as for an unfit
    password. E-mail addresses are not: each waits for the answer to a mail, known here or not, so
    that nobody learns who has an account. `address` is where the request came from; of the 31st
    account in an hour from there RuleError `throttled` is raised.
    """
    passwords.validate(password, User(username=username, full_name=full_name, email=email))
    if not is_free(username):
        raise _taken()
    BY_ADDRESS.spend(address)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, password=password, full_name=full_name, time_zone=time_zone
            )
            if email:
                emails.ask(user, email, address=address, is_new=True)
    except IntegrityError:
        raise _taken() from None
    return user


def is_free(username: str) -> bool:
    """Return whether nobody has this user name, in any case."""
    return not User.objects.named(username).exists()


def _taken() -> RuleError:
    return RuleError("invalid", TAKEN, errors=[field_error("/username", "taken", TAKEN)])
