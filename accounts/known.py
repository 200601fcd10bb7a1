"""Browsers that a person has logged in with before. They guess from a bucket of their own.

So whoever spends an account's tries from elsewhere cannot lock its person out.
"""

from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Session, User

_signer = Signer(salt="accounts.known")


def mark(session: Session) -> str:
    """Return what a browser keeps of a log-in: whose it was, which, and under which password."""
    return _signer.sign(f"{session.user_id}.{session.pk.hex}.{_seal(session.user)}")


def browser_of(user: User, text: str) -> str | None:
    """Return the name of a browser that holds a mark of this person, or None.

    A changed password makes all marks worthless; who is logged in gets a new one.
    """
    try:
        person, browser, seal = _signer.unsign(text).split(".")
    except (BadSignature, ValueError):
        return None
    if person != str(user.pk) or not constant_time_compare(seal, _seal(user)):
        return None
    return browser


def _seal(user: User) -> str:
    return salted_hmac("accounts.known", user.password, algorithm="sha256").hexdigest()[:16]
