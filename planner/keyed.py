"""Digests under SECRET_KEY: what was made under a former key counts while that one is kept."""

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

LENGTH = 32


def digest(purpose: str, text: str) -> str:
    """Return an HMAC-SHA256 of the text, in 32 hexadecimal digits; each purpose has its own."""
    return digests(purpose, text)[0]


def digests(purpose: str, text: str) -> list[str]:
    """Return the same under SECRET_KEY and under each of SECRET_KEY_FALLBACKS."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (salted_hmac(purpose, text, secret=key, algorithm="sha256") for key in keys)
    return [one.hexdigest()[:LENGTH] for one in made]


def fits(purpose: str, text: str, given: str) -> bool:
    """Return whether `given` is a digest of the text under any of the keys, in constant time."""
    return any(constant_time_compare(one, given) for one in digests(purpose, text))
