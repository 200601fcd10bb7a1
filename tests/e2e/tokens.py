"""Tokens as time and forgers change them; the server's keys are those of tests/settings.py."""

import base64
import os

import jwt


def expired(token: str, keyring: str) -> str:
    """Return the same token an hour after its end."""
    return _signed(token, keyring, {"exp": jwt_claims(token)["exp"] - 86400 * 30})


def jwt_claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def forged(token: str) -> str:
    """Return the same token, signed with a key of somebody else."""
    header = jwt.get_unverified_header(token)
    return jwt.encode(jwt_claims(token), b"somebody else's key, 32 bytes long", headers=header)


def _signed(token: str, keyring: str, claims: dict) -> str:
    kid, _, key = os.environ[keyring].partition(",")[0].partition(":")
    header = jwt.get_unverified_header(token)
    assert header["kid"] == kid
    secret = base64.b64decode(key)
    return jwt.encode(jwt_claims(token) | claims, secret, headers=header)
