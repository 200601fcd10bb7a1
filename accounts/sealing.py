"""Secrets that the server must read itself: encrypted, so that the database alone tells none."""

import base64
import hashlib
import logging

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

log = logging.getLogger("planner.sealing")


def seal(secret: bytes) -> str:
    """Return the secret under the newest of SECOND_FACTOR_KEYS."""
    return _ring().encrypt(secret).decode()


def unseal(sealed: str) -> bytes | None:
    """Return what was sealed under any of the keys; None, and a line logged, without its key."""
    try:
        return _ring().decrypt(sealed)
    except InvalidToken:
        log.error("a key of SECOND_FACTOR_KEYS that is still needed is gone")
        return None


def reseal(sealed: str) -> str | None:
    """Return the same secret under the newest key; None as `unseal` does."""
    secret = unseal(sealed)
    return None if secret is None else seal(secret)


def _ring() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.SECOND_FACTOR_KEYS.values()])


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key).digest()))
