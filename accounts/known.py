"""Browsers that a person has logged in with before. They guess from a bucket of their own.

So whoever spends an account's tries from elsewhere cannot lock its person out.
"""

from django.core.signing import BadSignature, Signer

from accounts.models import Session, User
from planner import keyed

PURPOSE = "accounts.known"

_signer = Signer(salt=PURPOSE)


def mark(session: Session) -> str:
    """Return what a browser keeps of a log-in: whose it was, which, and under which password."""
    return _signer.sign(
        f"{session.user_id}.{session.pk.hex}.{keyed.digest(PURPOSE, session.user.password)}"
    )


def browser_of(user: User, text: str) -> str | None:
    """Return the name of a browser that holds a mark of this person, or None.

    A changed password makes all marks worthless; who is logged in gets a new one.
    """
    try:
        person, browser, seal = _signer.unsign(text).split(".")
    except (BadSignature, ValueError):
        return None
    if person != str(user.pk) or not keyed.fits(PURPOSE, user.password, seal):
        return None
    return browser
