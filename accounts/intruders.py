"""The link of a mail about a new log-in, by which the person ends one that was not theirs."""

from datetime import timedelta

from accounts import links
from accounts.links import Purpose
from accounts.models import Session

NOT_ME = Purpose("accounts:not_me", timedelta(days=30))


def link(session: Session) -> str:
    """Return the link that ends this log-in."""
    return links.make(NOT_ME, session, "")


def session_of(secret: str) -> Session | None:
    """Return the log-in that a link is about; None for a forged or an old one, or one long over."""
    told = links.read(NOT_ME, secret)
    return told and Session.objects.filter(pk=told["of"]).first()
