"""E-mail addresses of people: one counts only when a mail to it was answered.

Until then it waits in `unverified_email`, where any number of accounts may have it; `email` is the
one that opens the account and gets the mails. Sign-up, the account pages and the API call this.
"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import links, mails, sessions
from accounts.links import Purpose
from accounts.models import Mail, Session, User
from planner.buckets import Limit
from planner.problems import RuleError, field_error

VERIFY = Purpose("accounts:email_verify", timedelta(days=3))
KEEP = Purpose("accounts:email_keep", timedelta(days=14))
CHANGED = "email-changed"
SIGN_UP = "sign_up"
BY_PERSON = Limit("email-person", 10, 3600.0)


def ask(user: User, email: str, *, address: str, is_new: bool = False) -> None:
    """Let an address of a person wait for the answer to a mail, in the caller's transaction.

    Mails to addresses that new people name are counted apart from those that others ask for.
    Raises RuleError `invalid`.
    """
    user.unverified_email = _as_kept(email)
    user.save(update_fields=["unverified_email"])
    facts = {SIGN_UP: True} if is_new else {}
    mails.post("verify-email", to=user.unverified_email, person=user, facts=facts, address=address)


def allow(session: Session) -> None:
    """Check that the person at this log-in may change the address now.

    Raises RuleError `forbidden` when they have not proved lately who they are, or `throttled`.
    """
    if not sessions.is_confirmed(session):
        raise RuleError(
            "forbidden",
            _("An e-mail address can be changed for ten minutes after a log-in. Log in again."),
        )
    BY_PERSON.spend(str(session.user_id))


@transaction.atomic
def change(user: User, email: str, *, address: str) -> None:
    """Begin to change the address of a person who may; "" takes it away at once.

    The present one counts until the new one is verified; asked for again, it stays. Raises
    RuleError `invalid`.
    """
    _lock(user)
    if User.objects.normalize_email(email) == user.email:
        withdraw(user)
    elif email:
        ask(user, email, address=address)
    else:
        _put(user, "", address=address)


def ask_again(user: User, *, address: str) -> None:
    """Mail once more to the address that waits. Raises RuleError `throttled`."""
    BY_PERSON.spend(str(user.pk))
    mails.post("verify-email", to=user.unverified_email, person=user, address=address)


def withdraw(user: User) -> None:
    """Let no address wait any more."""
    user.unverified_email = ""
    user.save(update_fields=["unverified_email"])


def verification(user: User) -> str:
    """Return the link that verifies the address that waits."""
    return links.make(VERIFY, user, _waiting(user))


def whose(secret: str) -> User | None:
    """Return who is waiting for the answer that this secret is; None if nobody is any more."""
    return links.holder(VERIFY, secret, User.objects, _waiting)


def verify(secret: str, *, address: str) -> User:
    """Let the address count that waits, and tell the former one.

    Raises RuleError `invalid` for a secret that was used or is too old, and when the address is
    another account's.
    """
    try:
        with transaction.atomic():
            # Locked, so that of two uses at once the second finds the secret used.
            people = User.objects.select_for_update(no_key=True)
            user = links.holder(VERIFY, secret, people, _waiting)
            if user is None:
                raise links.useless()
            _put(user, user.unverified_email, address=address)
    except IntegrityError:
        detail = _("Another account has this e-mail address.")
        fault = field_error("/email", "taken", detail)
        raise RuleError("invalid", detail, errors=[fault]) from None
    return user


def keeping(change: Mail) -> str:
    """Return the link by which the owner of the former address, who gets this mail, undoes it."""
    return links.make(KEEP, change, "")


def kept(secret: str) -> tuple[User, str] | None:
    """Return whose address this secret brings back, and which; None when it is good no more."""
    change = _change_of(secret)
    return change and (change.user, change.facts["former"])


def keep(secret: str) -> User:
    """Bring the former address back and end all log-ins.

    Whoever took the address away may have changed more since: that is no way to keep it, and the
    mails about those changes bring nothing back any more. Raises RuleError `invalid` for a secret
    that was used or is too old, and when the address is another account's.
    """
    try:
        with transaction.atomic():
            return _bring_back(secret)
    except IntegrityError:
        raise links.useless() from None


def _as_kept(email: str) -> str:
    # Looked at again: its domain in small letters, of which "İ" has two, may be too long.
    kept = User.objects.normalize_email(email)
    try:
        return User._meta.get_field("unverified_email").clean(kept, None)
    except ValidationError as error:
        detail = " ".join(error.messages)
        fault = field_error("/email", "invalid", detail)
        raise RuleError("invalid", detail, errors=[fault]) from None


def _bring_back(secret: str) -> User:
    change = _change_of(secret)
    people = User.objects.select_for_update(no_key=True)
    user = change and people.filter(pk=change.user_id).first()
    # Looked for again under the lock, so that of two uses at once the second finds it used.
    if not user or not _change_of(secret) or User.objects.named(change.facts["former"]).exists():
        raise links.useless()
    Mail.objects.filter(user=user, kind=CHANGED, pk__gte=change.pk).delete()
    user.email, user.unverified_email = change.facts["former"], ""
    user.save(update_fields=["email", "unverified_email"])
    sessions.end_all(user)
    return user


def _lock(user: User) -> None:
    """Lock a person's row, and take over how their addresses stand now."""
    row = sessions.lock_person(user)
    user.email, user.unverified_email = row.email, row.unverified_email


def _change_of(secret: str) -> Mail | None:
    told = links.read(KEEP, secret)
    changes = Mail.objects.select_related("user").filter(kind=CHANGED)
    return told and changes.filter(pk=told["of"]).first()


def _put(user: User, email: str, *, address: str) -> None:
    former, user.email, user.unverified_email = user.email, email, ""
    user.save(update_fields=["email", "unverified_email"])
    facts = {"former": former, "email": email}
    mails.post(CHANGED, to=former, person=user, facts=facts, address=address)


def _waiting(user: User) -> str:
    return f"{user.email}\n{user.unverified_email}"
