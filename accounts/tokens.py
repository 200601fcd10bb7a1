"""JWTs as simplejwt's token classes: a keyring and an audience of their own, strictly verified."""

import re
import time
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar, Self

import jwt
from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import (
    ExpiredTokenError,
    TokenBackendError,
    TokenBackendExpiredToken,
    TokenError,
)
from rest_framework_simplejwt.tokens import Token

from accounts.keyring import Keyring
from accounts.models import Session
from planner.problems import RuleError

ALGORITHM = "HS256"
TIMES = ("exp", "iat")
REQUIRED = [*TIMES, "jti", "iss", "aud", "sub"]
LONGEST = 4096
SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
REMEMBERED = 2048
NO_TIME = timedelta(0)
LEEWAY = 30
"""Seconds by which a token may seem to be issued in the future: servers' clocks differ, and are
set back. A token is never good for longer by it."""
LATEST = 2**36
"""A time in the 42nd century, which every datetime can still hold."""


class KeyringBackend(TokenBackend):
    """HS256 under a keyring; the header must be the very one written here.

    The last tokens found good are remembered, so that a token that comes again is not verified
    again; its time is looked at on every use.
    """

    def __init__(self, keys: dict[str, bytes], *, audience: str) -> None:
        super().__init__(ALGORITHM, audience=audience, issuer=settings.TOKEN_ISSUER)
        self.keyring = Keyring(keys)
        self._verified = lru_cache(REMEMBERED)(self._verify)

    def encode(self, payload: dict[str, Any]) -> str:
        kid, key = self.keyring.newest
        claims = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(claims, key, ALGORITHM, headers={"kid": kid})

    def decode(self, token: str, verify: bool = True) -> dict[str, Any]:
        """Return the claims; there is no reading without verifying, whatever `verify` says."""
        if not isinstance(token, str) or len(token) > LONGEST or not SHAPE.fullmatch(token):
            raise TokenBackendError("not a token")
        try:
            claims = self._verified(token)
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken("expired") from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError("invalid") from error
        now = time.time()
        if claims["exp"] <= now:
            raise TokenBackendExpiredToken("expired")
        if claims["iat"] > now + LEEWAY:
            raise TokenBackendError("not yet issued")
        return dict(claims)

    def _verify(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        kid = header.get("kid", "")
        key = self.keyring.key(kid)
        # Whatever else a header may ask for (jku, jwk, x5u, crit, …) is nothing that we wrote.
        if key is None or header != {"alg": ALGORITHM, "kid": kid, "typ": "JWT"}:
            raise jwt.InvalidTokenError("foreign header")
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self.audience,
            issuer=self.issuer,
            options={"require": REQUIRED, "strict_aud": True, "verify_iat": False},
        )
        if not all(type(claims[name]) is int and 0 <= claims[name] < LATEST for name in TIMES):
            raise jwt.InvalidTokenError("a time is no whole number of seconds")
        return claims


class KeyedToken(Token):
    """A token for one audience; subclasses name `backend`, `token_type`, `lifetime`, `claims`."""

    backend: ClassVar[KeyringBackend]
    claims: ClassVar[dict[str, type]] = {}
    """Further claims that must be there, and their types."""

    @property
    def token_backend(self) -> KeyringBackend:
        return self.backend

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the verified token, or raise RuleError `token-expired` or `token-invalid`."""
        try:
            return cls(text)
        except ExpiredTokenError:
            raise RuleError("token-expired", _("The time of this token is over.")) from None
        except TokenError:
            raise RuleError("token-invalid", _("This is not a token that counts here.")) from None

    def verify(self) -> None:
        super().verify()
        if any(type(self.get(name)) is not kind for name, kind in self.claims.items()):
            raise TokenError("a claim is missing or of another type")


class UserToken(KeyedToken):
    """What the tokens of a person's log-in have in common."""

    backend = KeyringBackend(settings.USER_TOKEN_KEYS, audience="planner:users")
    claims: ClassVar[dict[str, type]] = {"sid": str, "gen": int}

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return a new token of that log-in."""
        token = cls()
        token["sub"] = str(session.user_id)
        token["sid"] = str(session.pk)
        token["gen"] = session.user.session_generation
        return token


class UserAccess(UserToken):
    """Sent with every request, as a bearer token or in a cookie."""

    token_type = "access"  # noqa: S105 - a kind, not a secret
    lifetime = settings.USER_ACCESS_LIFETIME


class UserRefresh(UserToken):
    """Good for one renewal of the log-in."""

    token_type = "refresh"  # noqa: S105 - a kind, not a secret
    lifetime = settings.USER_REFRESH_LIFETIME

    @classmethod
    def made(cls, session: Session, jti: str) -> Self:
        """Return the session's present token; all of it comes from the row, so it can be remade."""
        token = cls.of(session)
        token["jti"] = jti
        token.set_iat(at_time=(session.rotated_at or session.created_at))
        token.set_exp(from_time=session.expires_at, lifetime=NO_TIME)
        return token


class AnyUserToken(UserToken):
    """An access or a refresh token, where the question is only whether it is good."""

    token_type = "any"  # noqa: S105 - a kind, not a secret
    lifetime = NO_TIME

    def verify_token_type(self) -> None:
        if self.get("typ") not in (UserAccess.token_type, UserRefresh.token_type):
            raise TokenError("another type")


def bearer(header: str | None) -> str | None:
    """Return the token of an `Authorization` header (RFC 6750); None when it is of another scheme.

    A header that begins with `Bearer` and goes on wrongly gives text that is no token.
    """
    scheme, _space, text = (header or "").strip().partition(" ")
    return text.strip() if scheme.lower() == "bearer" else None
