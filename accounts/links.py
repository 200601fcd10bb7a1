"""The secrets in the links of mails: signed instead of stored, each for one purpose and some time.

A secret names its subject and a fingerprint of how things stood when it was made. Its use changes
that, and so does whatever else makes the mail out of date: then it is good for nothing any more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Manager, Model, QuerySet
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.mails import absolute
from accounts.models import User
from planner import keyed
from planner.problems import RuleError

STATE = "accounts.links"


class Purpose(NamedTuple):
    """What a link is for: the URL name of the page it leads to, and how long it is good."""

    page: str
    good_for: timedelta


def make(purpose: Purpose, subject: Model, state: str) -> str:
    """Return the address of the page, with a secret about the subject.

    The secret is in the query: no log of ours keeps that.
    """
    told = {"of": str(subject.pk), "state": keyed.digest(STATE, state)}
    secret = signing.dumps(told, salt=purpose.page)
    return f"{absolute(reverse(purpose.page))}?{urlencode({'link': secret})}"


def read(purpose: Purpose, secret: str, *, of_any_age: bool = False) -> dict[str, Any] | None:
    """Return what a secret tells, `of` being its subject; None for a forged or an old one."""
    try:
        return signing.loads(
            secret, salt=purpose.page, max_age=None if of_any_age else purpose.good_for
        )
    except signing.BadSignature:
        return None


def holder(
    purpose: Purpose,
    secret: str,
    people: Manager[User] | QuerySet[User],
    state: Callable[[User], str],
) -> User | None:
    """Return the active person whom a secret is about, while things stand as when it was made."""
    told = read(purpose, secret)
    user = told and people.filter(pk=told["of"], is_active=True).first()
    return user if user and keyed.fits(STATE, state(user), told["state"]) else None


def useless() -> RuleError:
    """Return the error of a secret that is good for nothing any more."""
    return RuleError("invalid", _("This link was used before, or it is too old."))
