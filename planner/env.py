"""Typed readers of environment variables; a wrong value stops the start with one clear line.

Every NAME may also be given as NAME_FILE, the path of a file that holds the value, so that
secrets need not stand in the environment.
"""

import base64
import binascii
import fcntl
import json
import os
import re
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = ("1", "true", "on", "yes"), ("0", "false", "off", "no")
KEY_BYTES = 32
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
CONTACT = re.compile(r"mailto:[!-~]+@[!-~]+|https://[!-~]+")
MAIL_BACKENDS = {
    name: f"django.core.mail.backends.{module}.EmailBackend"
    for name, module in (
        (None, "dummy"),
        ("console", "console"),
        ("file", "filebased"),
        ("smtp", "smtp"),
        ("smtp+starttls", "smtp"),
        ("smtps", "smtp"),
    )
}
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def wrong(reason: str) -> ImproperlyConfigured:
    """Return the error that stops the start, printed as one line: its trace would help nobody."""
    sys.tracebacklimit = 0
    return ImproperlyConfigured(reason)


def text(name: str, default: str | None = None) -> str:
    """Return the value of NAME or of the file NAME_FILE; without a default it must be set."""
    path = os.environ.get(f"{name}_FILE")
    value = _content(name, path) if path else os.environ.get(name)
    if not value and default is None:
        raise wrong(f"{name} is not set")
    return value or default


def flag(name: str, default: bool = False) -> bool:
    """Read 1/0, true/false, on/off or yes/no in any case."""
    value = text(name, "on" if default else "off").lower()
    if value not in TRUE + FALSE:
        raise wrong(f"{name} must be on or off, not {value!r}")
    return value in TRUE


def choice(name: str, choices: tuple[str, ...]) -> str:
    """Read one of some words; the first is the default."""
    value = text(name, choices[0])
    if value not in choices:
        raise wrong(f"{name} must be {' or '.join(choices)}, not {value!r}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Read a list separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def keys(name: str) -> dict[str, bytes]:
    """Read `id:base64[,id:base64…]`, newest first; each key holds at least 32 bytes."""
    ring = {}
    for word in words(name):
        key_id, _, encoded = word.partition(":")
        try:
            ring[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise wrong(f"{name}: the key {key_id!r} is not base64") from None
        if not key_id or len(ring[key_id]) < KEY_BYTES:
            raise wrong(f"{name}: a key needs an id and at least 32 bytes")
    if not ring:
        raise wrong(f"{name} is not set")
    return ring


def origin(name: str, default: str) -> str:
    """Read `https://host` or `http://host:port`: where the server is, without a path."""
    value = text(name, default)
    if not ORIGIN.fullmatch(value):
        raise wrong(f"{name} must be like https://planner.example, not {value!r}")
    return value


def database(name: str) -> dict[str, Any]:
    """Read a database's URL as Django's settings of it."""
    try:
        return dj_database_url.parse(text(name))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError):
        raise wrong(f"{name} is not a database's URL") from None


def contact(name: str) -> str:
    """Read how to reach somebody, as `mailto:somebody@planner.example` or `https://…`, or ""."""
    value = text(name, "")
    if value and not CONTACT.fullmatch(value):
        raise wrong(f"{name} must begin with mailto: or https://, not {value!r}")
    return value


def mail(name: str, default: str) -> dict[str, Any]:
    """Read where mails go, as Django's settings of it.

    `console:`, `file:///folder`, or `smtp://user:password@host:port`; `smtps` is TLS from the
    start (RFC 8314), `smtp+starttls` begins it in the connection, `smtp` stays in clear. Empty:
    nowhere.
    """
    value = text(name, default)
    try:
        parts = urlsplit(value)
        scheme, port = parts.scheme if value else None, parts.port
    except ValueError:
        scheme, port = "wrong", None
    if scheme not in MAIL_BACKENDS or (scheme in MAIL_PORTS and not parts.hostname):
        raise wrong(f"{name} is not the URL of a mail server")
    return {
        "EMAIL_BACKEND": MAIL_BACKENDS[scheme],
        "EMAIL_FILE_PATH": unquote(parts.path) if scheme == "file" else None,
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": port or MAIL_PORTS.get(scheme),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": scheme == "smtps",
        "EMAIL_USE_TLS": scheme == "smtp+starttls",
    }


def development_secrets(path: Path, names: tuple[str, ...]) -> None:
    """Give each secret of `names` that is not set a value of this machine's own, kept in `path`."""
    if all(is_set(name) for name in names):
        return
    for name, value in _kept(path, names).items():
        if not is_set(name):
            os.environ[name] = value


def is_set(name: str) -> bool:
    """Return whether NAME or NAME_FILE is given."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", "it is not text")
        raise wrong(f"{name}_FILE cannot be read: {reason}") from None


def _made(name: str) -> str:
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return key if name == "SECRET_KEY" else f"dev:{key}"


def _kept(path: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Return the secrets of the file, which gets the ones that it lacks.

    Of several processes that start at once one writes, under a lock, and all read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = json.loads(file.read() or "{}")
        if missing := [name for name in names if name not in kept]:
            kept |= {name: _made(name) for name in missing}
            file.seek(0)
            file.write(json.dumps(kept, indent=1))
            file.truncate()
    return {name: kept[name] for name in names}
