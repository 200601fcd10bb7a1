"""How a claim code and a device key are stored and compared: never in clear, in constant time."""

import hashlib
import hmac
import secrets

from django.conf import settings


def newest_pepper() -> str:
    """Return the id of the pepper that new codes are hashed under."""
    return next(iter(settings.CLAIM_PEPPERS))


def code_hash(serial: str, code: str, pepper_id: str) -> str:
    """Return the HMAC-SHA256 of a unit's code; the serial in it makes equal codes differ."""
    pepper = settings.CLAIM_PEPPERS[pepper_id]
    return hmac.new(pepper, f"{serial} {code}".encode(), hashlib.sha256).hexdigest()


def key_hash(key: bytes) -> str:
    """Return the SHA-256 of a device key; 32 random bytes need no pepper and no stretching."""
    return hashlib.sha256(key).hexdigest()


def is_code(serial: str, code: str, *, pepper_id: str, stored: str) -> bool:
    """Compare a code; under a pepper that is gone nothing matches, after the same work."""
    known = pepper_id in settings.CLAIM_PEPPERS
    made = code_hash(serial, code, pepper_id if known else newest_pepper())
    return hmac.compare_digest(made, stored) and known


def is_key(key: bytes, *, stored: str) -> bool:
    """Compare a device key with its stored hash."""
    return hmac.compare_digest(key_hash(key), stored)


def nobodys() -> str:
    """Return a hash that matches nothing, to compare with where there is no unit."""
    return secrets.token_hex(32)
