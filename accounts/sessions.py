"""Log-ins: begin, renew, find and end them. The only writer of `Session`.

A log-in is a family of refresh tokens, each good for one renewal. Whoever presents a token that was
renewed before is either a second tab or a lost answer, for some seconds, or a thief.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails
from accounts.models import Session, User
from accounts.networks import address_block
from accounts.tokens import AnyUserToken, UserAccess, UserRefresh, UserToken
from planner import keyed
from planner.lately import is_lately
from planner.problems import RuleError

SUCCESSOR = "accounts.sessions"
GRACE = timedelta(seconds=20)
CONFIRMED_FOR = timedelta(minutes=10)
"""For so long after a log-in, or after asking again, dangerous things need no further proof."""
ENDED_SHOWN = timedelta(days=30)
"""How long an ended log-in stays, so that its person can look back at it."""


class Pair(NamedTuple):
    """What a log-in or a renewal gives: two tokens as text, and the row they belong to."""

    access: str
    refresh: str
    session: Session


@transaction.atomic
def log_in(
    user: User,
    *,
    remember: bool = False,
    verified: bool = False,
    user_agent: str = "",
    address: str | None = None,
    known: bool = False,
) -> Pair:
    """Begin a log-in of `user`, who has proved who they are; `remember` makes its cookies last.

    `verified` says that they proved a second factor as well. Unless the browser is `known`, or the
    same program has logged in from the same network before, the person gets a mail.
    """
    now = _now()
    jti = uuid4().hex
    user_agent = "".join(filter(str.isprintable, user_agent))[:200]
    expected = known or not user.email or _is_usual(user, user_agent, address)
    session = Session.objects.create(
        user=user,
        token_hash=_digest(jti),
        remember=remember,
        user_agent=user_agent,
        address=address or None,
        created_at=now,
        confirmed_at=now,
        verified_at=now if verified else None,
        last_used_at=now,
        expires_at=now + settings.USER_REFRESH_LIFETIME,
    )
    if not expected:
        facts = {"session": str(session.pk)}
        mails.post("new-log-in", to=user, facts=facts, address=address or "")
    return _pair(session, jti)


def find(token: UserToken | Mapping[str, Any]) -> Session:
    """Return the living log-in of verified claims, with its user and preferences: one query.

    Raises RuleError `token-revoked` after log-out, log-out everywhere or deactivation.
    """
    try:
        session = Session.objects.select_related("user__preferences").get(pk=token["sid"])
    except (Session.DoesNotExist, ValidationError):
        raise _revoked() from None
    if not _lives(session, token):
        raise _revoked()
    return session


def rotate(refresh_text: str, *, address: str = "") -> Pair:
    """Renew a log-in by its refresh token, which is used up by it.

    The same token again within 20 seconds gives the same successor: a second tab, or the retry of
    a lost answer. Later it ends the log-in, because one of two holders of the token stole it, and
    the person gets a mail with the `address` that it came from.
    Raises RuleError `token-invalid`, `token-expired` or `token-revoked`.
    """
    token = UserRefresh.read(refresh_text)
    session = find(token)
    if not _advance(session, token["jti"]):
        session = find(token)
        if not _is_retry(session, token["jti"]):
            _end_stolen(session, address)
            raise _revoked()
    if (successor := _successor_at(session, token["jti"])) is None:
        raise _revoked()
    return _pair(session, successor)


def verify(text: str) -> None:
    """Check that this is an access token or an unused refresh token of a living log-in.

    Raises RuleError `token-invalid`, `token-expired` or `token-revoked`.
    """
    token = AnyUserToken.read(text)
    session = find(token)
    if token["typ"] == UserRefresh.token_type and session.token_hash != _digest(token["jti"]):
        raise _revoked()


def log_out(session: Session) -> None:
    """End this log-in: its tokens count no more."""
    Session.objects.filter(pk=session.pk, ended_at=None).update(ended_at=_now())


def lock_person(user: User, by: Session | None = None) -> User:
    """Return the row of a person who is logged in, under its lock until the transaction ends.

    What keeps an account safe begins with it, so that nothing is done by a log-in that a new
    password, say, ends at this moment. Raises RuleError `token-revoked` when all log-ins of the
    person were ended since `user` was read, or that one, or the account is closed.
    """
    people = User.objects.select_for_update(no_key=True)
    alive = {"is_active": True, "session_generation": user.session_generation}
    row = people.filter(pk=user.pk, **alive).first()
    present = Session.objects.select_for_update(no_key=True).filter(ended_at=None)
    if row is None or (by is not None and not present.filter(pk=by.pk)):
        raise _revoked()
    return row


def confirm(session: Session) -> None:
    """Write down that the person at this log-in has just proved who they are."""
    session.confirmed_at = _now()
    Session.objects.filter(pk=session.pk).update(confirmed_at=session.confirmed_at)


def is_confirmed(session: Session) -> bool:
    """Return whether that proof is younger than ten minutes."""
    return is_lately(session.confirmed_at, CONFIRMED_FOR, timezone.now())


def living(user: User) -> QuerySet[Session]:
    """Return where a person is logged in, the last used first."""
    return Session.objects.filter(user=user, ended_at=None, expires_at__gt=timezone.now()).order_by(
        "-last_used_at", "-created_at"
    )


def prove(session: Session) -> None:
    """Write down that a second factor was proved at this log-in just now."""
    session.verified_at = session.confirmed_at = now = _now()
    Session.objects.filter(pk=session.pk).update(verified_at=now, confirmed_at=now)


def doubt_others(session: Session) -> None:
    """Ask again before danger at all other log-ins of the person, however young they are."""
    others = Session.objects.filter(user=session.user_id).exclude(pk=session.pk)
    others.update(confirmed_at=_now() - CONFIRMED_FOR)


def unprove(user: User) -> None:
    """Let no log-in of a person count as proved any more: there is no second factor left."""
    Session.objects.filter(user=user).update(verified_at=None)


def end_others(user: User, keep: Session) -> int:
    """End all log-ins of a person but one; return how many there were."""
    others = Session.objects.filter(user=user, ended_at=None).exclude(pk=keep.pk)
    return others.update(ended_at=_now())


@transaction.atomic
def end_all(user: User) -> None:
    """End all log-ins of a person, and with the generation every token that names them."""
    User.objects.filter(pk=user.pk).update(session_generation=F("session_generation") + 1)
    Session.objects.filter(user=user, ended_at=None).update(ended_at=_now())
    user.refresh_from_db(fields=["session_generation"])


def end_everybodys() -> int:
    """End all log-ins of all people, as `end_all` does; return how many."""
    User.objects.update(session_generation=F("session_generation") + 1)
    return Session.objects.filter(ended_at=None).update(ended_at=_now())


def sweep() -> int:
    """Delete the log-ins that ended, or could have been renewed last, 30 days ago."""
    before = timezone.now() - ENDED_SHOWN
    return Session.objects.filter(Q(ended_at__lt=before) | Q(expires_at__lt=before)).delete()[0]


def _is_usual(user: User, user_agent: str, address: str | None) -> bool:
    """Return whether the person has logged in like this before, or not at all."""
    earlier = Session.objects.filter(user=user)
    same = earlier.filter(user_agent=user_agent).values_list("address", flat=True).distinct()
    if any(address_block(one) == address_block(address) for one in same):
        return True
    return not earlier.exists()


def _advance(session: Session, used_jti: str) -> bool:
    # One conditional UPDATE on the row's own columns: of many at once exactly one changes it.
    now = _now()
    changes = {
        "token_hash": _digest(keyed.digest(SUCCESSOR, used_jti)),
        "previous_hash": _digest(used_jti),
        "rotated_at": now,
        "last_used_at": now,
        "expires_at": min(
            now + settings.USER_REFRESH_LIFETIME,
            session.created_at + settings.USER_SESSION_LIFETIME,
        ),
    }
    present = Session.objects.filter(pk=session.pk, token_hash=_digest(used_jti), ended_at=None)
    if not present.update(**changes):
        return False
    for name, value in changes.items():
        setattr(session, name, value)
    return True


@transaction.atomic
def _end_stolen(session: Session, address: str) -> None:
    if Session.objects.filter(pk=session.pk, ended_at=None).update(ended_at=_now()):
        facts = {"browser": session.browser, "path": "/account/security/"}
        mails.post("session-reused", to=session.user, facts=facts, address=address)


def _is_retry(session: Session, used_jti: str) -> bool:
    was_last = session.previous_hash == _digest(used_jti)
    return was_last and is_lately(session.rotated_at, GRACE, _now())


def _lives(session: Session, token: UserToken | Mapping[str, Any]) -> bool:
    return (
        str(session.user_id) == token["sub"]
        and session.ended_at is None
        and session.expires_at > timezone.now()
        and session.user.is_active
        and session.user.session_generation == token["gen"]
    )


def _pair(session: Session, jti: str) -> Pair:
    return Pair(str(UserAccess.of(session)), str(UserRefresh.made(session, jti)), session)


def _successor_at(session: Session, jti: str) -> str | None:
    """Return the id of the token that followed; it is made again instead of stored.

    Under a former SECRET_KEY too; None when that one is not kept any more.
    """
    made = keyed.digests(SUCCESSOR, jti)
    return next((one for one in made if _digest(one) == session.token_hash), None)


def _digest(jti: str) -> str:
    return hashlib.sha256(jti.encode()).hexdigest()


def _now() -> datetime:
    # Whole seconds, as tokens carry them.
    return timezone.now().replace(microsecond=0)


def _revoked() -> RuleError:
    return RuleError("token-revoked", _("This log-in has ended. Log in again."))
