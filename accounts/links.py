"""The secrets in the links of mails: signed instead of stored, each for one purpose and some time.

A secret names its subject and a fingerprint of how things stood when it was made. Its use changes
that, and so does whatever else makes the mail out of date: then it is good for nothing any more.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Model
from django.urls import reverse
from django.utils.http import urlencode

from accounts.mails import absolute
from planner import keyed

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


def stands(told: dict[str, Any], state: str) -> bool:
    """Return whether things still stand as they did when the secret was made."""
    return keyed.fits(STATE, state, told["state"])
