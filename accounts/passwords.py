"""Passwords: which ones are good enough, and whose password this is, within a limit of tries."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import known, mails, sessions
from accounts.models import Session, User
from planner.buckets import Limit
from planner.problems import RuleError, field_error

LONGEST = 4096
HOUR = 3600.0
BY_ACCOUNT = Limit("login-account", 10, HOUR)
BY_ADDRESS = Limit("login-address", 60, HOUR)
BY_BROWSER = Limit("login-browser", 10, HOUR)
Tries = list[tuple[Limit, str]]


def verify(name: str, password: str, *, address: str, mark: str = "") -> User:
    """Return the active person of this user name or e-mail address and password.

    Only failures count: 10 an hour for an account and 60 for an address; a browser whose `mark`
    shows that the person logged in there before has 10 of its own. Raises RuleError `throttled`,
    or `token-invalid` alike for an unknown name, a wrong password and an inactive person, after
    the same work.
    """
    if _fault(password):
        raise _mismatch()
    user = User.objects.named(name).first()
    # Name and address of one person share a bucket; unknown names have one each, or the limit
    # would tell who has an account.
    subject = f"user {user.pk}" if user else f"name {name.casefold()}"
    tries = _own_tries(user, mark) or [(BY_ADDRESS, address), (BY_ACCOUNT, subject)]
    if not _tried(user, password, tries):
        raise _mismatch()
    return user


def confirm(user: User, password: str, *, address: str, mark: str = "") -> None:
    """Return if this is the password of a person who is logged in.

    A wrong one counts like a failed log-in. Raises RuleError `throttled`, or `invalid` for
    `/password`.
    """
    tries = _own_tries(user, mark) or [(BY_ADDRESS, address), (BY_ACCOUNT, f"user {user.pk}")]
    if _fault(password) or not _tried(user, password, tries):
        detail = _("This is not your password.")
        raise RuleError("invalid", detail, errors=[field_error("/password", "wrong", detail)])


def validate(password: str, user: User) -> None:
    """Return if this may become the password of `user`; else raise RuleError `invalid`."""
    if fault := _fault(password):
        raise _unfit([fault])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _unfit(
            [(part.code.replace("_", "-"), "".join(part.messages)) for part in error.error_list]
        ) from None


@transaction.atomic
def change(user: User, password: str, *, keep: Session, address: str) -> None:
    """Give a person another password, end all their log-ins but one, and tell them by mail.

    Raises RuleError `invalid` when it is not good enough.
    """
    validate(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_others(user, keep)
    mails.post("password-changed", to=user, address=address)


def _fault(password: str) -> tuple[str, str] | None:
    """Say what is wrong with a password that must not even be hashed."""
    if len(password) > LONGEST:
        return "too-long", _("A password may have %d characters at most.") % LONGEST
    if "\0" in password:
        return "bad-text", _("A password may not hold the character NUL.")
    return None


def _own_tries(user: User | None, mark: str) -> Tries:
    """Return the bucket of a browser that the person has logged in with before, if it is one."""
    browser = known.browser_of(user, mark) if user else None
    return [(BY_BROWSER, browser)] if browser else []


def _tried(user: User | None, password: str, tries: Tries) -> bool:
    """Tell whether they match; a try that fails is spent."""
    for limit, subject in tries:
        limit.spend(subject)
    if not _matches(user, password):
        return False
    for limit, subject in tries:
        limit.refund(subject)
    return True


def _matches(user: User | None, password: str) -> bool:
    if user is None:
        make_password(password)
        return False
    return user.check_password(password) and user.is_active


def _mismatch() -> RuleError:
    return RuleError("token-invalid", _("This name and password do not match."))


def _unfit(faults: list[tuple[str, str]]) -> RuleError:
    errors = [field_error("/password", code, detail) for code, detail in faults]
    return RuleError("invalid", _("Choose another password."), errors=errors)
