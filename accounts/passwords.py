"""Passwords: which ones are good enough, and whose password this is, within a limit of tries."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import known, links, mails, sessions
from accounts.links import Purpose
from accounts.metrics import PASSWORDS
from accounts.models import Session, User
from accounts.strength import LEAST, estimate
from planner.buckets import Limit
from planner.problems import RuleError, field_error

LONGEST = 4096
HOUR = 3600.0
BY_ACCOUNT = Limit("login-account", 10, HOUR)
BY_ADDRESS = Limit("login-address", 60, HOUR)
BY_BROWSER = Limit("login-browser", 10, HOUR)
BY_ASKER = Limit("reset-asker", 20, HOUR)
RESET = Purpose("accounts:reset_new", timedelta(hours=1))
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


def confirm(user: User, password: str, *, address: str, mark: str) -> None:
    """Check that this is the password of a person who is logged in.

    A wrong one counts like a failed log-in. Raises RuleError `throttled`, or `invalid` for
    `/password`.
    """
    tries = _own_tries(user, mark) or [(BY_ADDRESS, address), (BY_ACCOUNT, f"user {user.pk}")]
    if _fault(password) or not _tried(user, password, tries):
        detail = _("This is not your password.")
        raise RuleError("invalid", detail, errors=[field_error("/password", "wrong", detail)])


def validate(password: str, user: User) -> None:
    """Check that this may become the password of `user`; RuleError `invalid` if not."""
    if fault := _fault(password):
        raise _unfit([fault])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise _unfit(
            [(part.code.replace("_", "-"), "".join(part.messages)) for part in error.error_list]
        ) from None
    strength = estimate(password, known_of(user))
    if strength.score < LEAST:
        reasons = " ".join([_("This is too easy to guess."), *strength.reasons])
        raise _unfit([("too-easy", reasons)])


def known_of(user: User) -> list[str]:
    """Return what others know of a person, and a guesser tries first."""
    return [user.username, user.full_name, user.email, user.unverified_email]


def ask_reset(email: str, *, address: str) -> None:
    """Write down that somebody forgot the password of this e-mail address.

    Whether anybody has that address is looked at when the mail is sent: here it costs and says
    the same for all. Raises RuleError `throttled`.
    """
    BY_ASKER.spend(address)
    mails.post("reset-password", to=email, address=address)


def ask_reset_again(secret: str, *, address: str) -> None:
    """Mail a new link to the person this one was for, even if it is used or too old.

    Raises RuleError `throttled`.
    """
    BY_ASKER.spend(address)
    told = links.read(RESET, secret, of_any_age=True)
    user = told and User.objects.filter(pk=told["of"]).first()
    if user:
        mails.post("reset-password", to=user, address=address)


def reset_link(user: User) -> str:
    """Return the link with which a person may set a password once, without the old one."""
    return links.make(RESET, user, _standing(user))


def whose_reset(secret: str) -> User | None:
    """Return whose password this secret resets; None when it was used or is too old."""
    return links.holder(RESET, secret, User.objects, _standing)


@transaction.atomic
def reset(secret: str, password: str, *, address: str) -> User:
    """Set the password that was forgotten, end all log-ins, and tell the person by mail.

    Raises RuleError `invalid` when it is not good enough or the secret is good no more.
    """
    # Locked, so that of two uses at once the second finds the secret used.
    people = User.objects.select_for_update(no_key=True)
    user = links.holder(RESET, secret, people, _standing)
    if user is None:
        raise links.useless()
    _set(user, password)
    sessions.end_all(user)
    mails.post("password-changed", to=user, address=address)
    return user


@transaction.atomic
def change(user: User, password: str, *, keep: Session, address: str) -> None:
    """Give a person another password, end all their log-ins but one, and tell them by mail.

    Raises RuleError `invalid` when it is not good enough, and `token-revoked`.
    """
    sessions.lock_person(user, keep)
    _set(user, password)
    sessions.end_others(user, keep)
    mails.post("password-changed", to=user, address=address)


def _set(user: User, password: str) -> None:
    validate(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def _standing(user: User) -> str:
    return f"{user.password}\n{user.email}\n{user.session_generation}"


def _fault(password: str) -> tuple[str, str] | None:
    """Return what is wrong with a password that must not even be hashed."""
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
    """Return whether they match; a try that fails is spent."""
    for limit, subject in tries:
        limit.spend(subject)
    matches = _matches(user, password)
    PASSWORDS.labels("right" if matches else "wrong").inc()
    if not matches:
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
