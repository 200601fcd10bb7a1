"""What a passkey signs: random, ours by a signature, for one purpose, for some minutes, once."""

import secrets

from django.core import signing
from django.utils.translation import gettext as _

from planner.buckets import Limit
from planner.problems import RuleError

SECONDS = 600
RANDOM_BYTES = 16
# A challenge that counted is remembered as long as it could count again.
ONCE = Limit("challenge", 1, 2.0 * SECONDS, for_good=True)


def new(purpose: str) -> bytes:
    """Return a challenge for one purpose; nothing is kept of it."""
    return _signer(purpose).sign(secrets.token_urlsafe(RANDOM_BYTES)).encode()


def use(challenge: bytes, purpose: str) -> None:
    """Use a challenge up; RuleError `invalid` unless it is ours, for this purpose, and unused."""
    try:
        _signer(purpose).unsign(challenge.decode(), max_age=SECONDS)
        ONCE.spend(challenge.hex())
    except (signing.BadSignature, UnicodeDecodeError, RuleError):
        raise RuleError("invalid", _("That took too long. Try again.")) from None


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"accounts.challenges {purpose}")
