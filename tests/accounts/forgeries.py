"""Tokens as an attacker, or a faulty server with the right key, might make them."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from accounts.models import Session
from accounts.tokens import UserToken

KID, KEY = UserToken.backend.keyring.newest
HEADER = {"alg": "HS256", "kid": KID, "typ": "JWT"}


def claims_of(session: Session, **changes: Any) -> dict[str, Any]:
    """Return the claims of a good access token with some changed; None leaves one out."""
    now = int(time.time())
    claims = {
        "typ": "access",
        "aud": "planner:users",
        "iss": "planner",
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "gen": session.user.session_generation,
        "jti": "0" * 32,
        "iat": now,
        "exp": now + 900,
    }
    return {name: value for name, value in (claims | changes).items() if value is not None}


def forged(
    claims: dict[str, Any],
    header: dict[str, Any] | None = None,
    *,
    key: bytes = KEY,
    sum_: str = "sha256",
) -> str:
    """Sign claims under a header with HMAC, whatever the header says."""
    parts = [_part(json.dumps(part).encode()) for part in (header or HEADER, claims)]
    signature = hmac.new(key, ".".join(parts).encode(), getattr(hashlib, sum_)).digest()
    return ".".join([*parts, _part(signature)])


def unsigned(claims: dict[str, Any], header: dict[str, Any]) -> str:
    """Return a token with an empty signature."""
    return forged(claims, header).rpartition(".")[0] + "."


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
