"""What a person proves besides the password: which ways they have, and whether a code is right."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes, known, mails, passkeys, recovery, sessions
from accounts.models import CodesApp, Passkey, Session, User
from planner.buckets import Limit
from planner.problems import RuleError, field_error

BY_ACCOUNT = Limit("second-factor", 10, 3600.0)
BY_BROWSER = Limit("second-factor-browser", 10, 3600.0)
LONGEST_CODE = 40
PAGE = "/account/security/"


@dataclass(frozen=True)
class Ways:
    """The ways in which a person can prove more than the password."""

    app: CodesApp | None
    passkeys: list[Passkey]
    recovery_left: int

    @property
    def are_set_up(self) -> bool:
        """Whether there is one; recovery codes only stand in for another."""
        return bool(self.app or self.passkeys)

    @property
    def are_down_to_one(self) -> bool:
        return bool(self.app) + len(self.passkeys) == 1


def of(user: User) -> Ways:
    """Return a person's ways."""
    app = CodesApp.objects.filter(user=user).first()
    return Ways(app, list(user.passkeys.all()), recovery.left(user))


def has(user: User) -> bool:
    """Return whether a password alone is not enough to log in as this person."""
    return user.passkeys.exists() or CodesApp.objects.filter(user=user).exists()


def verify(user: User, code: str, *, address: str, mark: str = "", field: str = "code") -> None:
    """Use up a code of the person's app, or one of their recovery codes.

    Raises RuleError `token-invalid` that names the field, and `throttled` after 10 wrong ones in an
    hour. A browser whose `mark` shows that the person logged in there has 10 of its own: whoever
    knows the password locks out strangers only.
    """
    browser = known.browser_of(user, mark)
    limit, subject = (BY_BROWSER, browser) if browser else (BY_ACCOUNT, str(user.pk))
    limit.spend(subject)
    if not (codes.accept(user, "".join(code.split())) or _recover(user, code, address)):
        detail = _("This code is wrong, or was used before.")
        raise RuleError("token-invalid", detail, errors=[field_error(f"/{field}", "wrong", detail)])
    limit.refund(subject)


def verify_given(user: User, otp: str, *, address: str, mark: str) -> None:
    """Check the code that a program gave in the field `otp`; raises as `verify` does."""
    if not otp:
        detail = _("This account has a second factor: send a code of it as well, in “otp”.")
        raise RuleError("token-invalid", detail, errors=[field_error("/otp", "required", detail)])
    verify(user, otp, address=address, mark=mark, field="otp")


@transaction.atomic
def add_app(session: Session, offered: str, code: str, *, address: str) -> list[str]:
    """Set up the app of a log-in's person; return recovery codes if they had none before.

    Raises RuleError `invalid` unless `code` is what the app shows.
    """
    sessions.lock_person(session.user, session)
    codes.confirm(session.user, offered, code)
    return _added(session, "codes-app-added", {}, address)


def add_passkey(
    session: Session, answer: dict, *, name: str, site: passkeys.Site, address: str
) -> list[str]:
    """Keep a new passkey of a log-in's person; return recovery codes if they had none before.

    Raises RuleError `invalid` or `conflict`.
    """
    made = passkeys.read_new(session.user, answer, name=name, site=site)
    with transaction.atomic():
        sessions.lock_person(session.user, session)
        passkeys.keep(made)
        return _added(session, "passkey-added", {"name": name}, address)


@transaction.atomic
def remove_app(user: User, *, address: str) -> None:
    """Take the person's codes app away."""
    sessions.lock_person(user)
    if codes.remove(user):
        _removed(user, "codes-app-removed", {}, address)


@transaction.atomic
def remove_passkey(passkey: Passkey, *, address: str) -> None:
    """Take one of a person's passkeys away."""
    user, name = passkey.user, passkey.name
    sessions.lock_person(user)
    if Passkey.objects.filter(pk=passkey.pk).delete()[0]:
        _removed(user, "passkey-removed", {"name": name}, address)


@transaction.atomic
def renew_recovery(user: User, *, address: str) -> list[str]:
    """Return new recovery codes, this once; the ones of before count no more."""
    sessions.lock_person(user)
    _tell(user, "recovery-codes-made", {}, address)
    return recovery.renew(user)


def _added(session: Session, kind: str, facts: dict, address: str) -> list[str]:
    sessions.prove(session)
    # Whoever came in by the password alone must not take the new factor away again.
    sessions.doubt_others(session)
    _tell(session.user, kind, facts, address)
    return [] if recovery.left(session.user) else recovery.renew(session.user)


def _removed(user: User, kind: str, facts: dict, address: str) -> None:
    if not has(user):
        recovery.forget(user)
        sessions.unprove(user)
    _tell(user, kind, facts, address)


def _tell(user: User, kind: str, facts: dict, address: str) -> None:
    mails.post(kind, to=user, facts={"path": PAGE, **facts}, address=address)


@transaction.atomic
def _recover(user: User, code: str, address: str) -> bool:
    if not recovery.accept(user, code):
        return False
    _tell(user, "recovery-code-used", {"left": recovery.left(user)}, address)
    return True
