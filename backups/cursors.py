"""Cursors: how far a device has read. Opaque outside, 35 to 63 characters of base64url."""

import base64
import binascii
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from backups.models import Backup
from planner.prepared import Prepared
from planner.problems import RuleError

VERSION = 1
HEAD = struct.Struct(">BB8sQ8s")
INSIDE = struct.Struct(">B16s")
REFRESH = struct.Struct(">IB16s")
START = struct.Struct(">I")
FINGERPRINT = Prepared(
    "SELECT fingerprint FROM backups_commit WHERE backup_id = %s AND revision = %s"
)
NO_MARKS: Mapping[int, bytes | None] = MappingProxyType({})
PLAIN_FORM, INSIDE_FORM, REFRESH_FORM, START_FORM = 0, 1, 2, 3


@dataclass(frozen=True)
class Inside:
    """A page that ended inside one revision: the last entry sent, by kind and id."""

    number: int
    uuid: UUID


@dataclass(frozen=True)
class Refresh:
    """A full refresh under way: its anchor in unix seconds, and the last entry sent, if any."""

    anchor: int
    phase: int
    uuid: UUID | None


@dataclass(frozen=True)
class Cursor:
    """A place in one history; `position` tells where inside that place a page ended."""

    epoch: bytes
    revision: int
    fingerprint: bytes
    position: Inside | Refresh | None = None

    def encode(self) -> str:
        """Return the text that devices hold."""
        form, tail = _packed(self.position)
        head = HEAD.pack(VERSION, form, self.epoch, self.revision, self.fingerprint)
        return base64.urlsafe_b64encode(head + tail).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Read a cursor; raises RuleError `cursor-expired` for what is none."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        version, form, epoch, revision, mark = HEAD.unpack_from(raw)
        if version != VERSION or revision >= 2**63:
            raise ValueError(text)
        return Cursor(epoch, revision, mark, _position(form, raw[HEAD.size :]))
    except (binascii.Error, struct.error, ValueError):
        raise _expired() from None


def present(backup: Backup) -> Cursor:
    """Return the cursor of the backup's newest revision."""
    return Cursor(backup.epoch, backup.revision, bytes(backup.fingerprint))


def revision_named(text: str) -> int | None:
    """Return the revision that a cursor names; None for what is no cursor."""
    try:
        return decode(text).revision
    except RuleError:
        return None


def check(backup: Backup, text: str, marks: Mapping[int, bytes | None] = NO_MARKS) -> Cursor:
    """Return the cursor if this backup's history holds it; `marks` are fingerprints known already.

    Raises RuleError `cursor-expired` (410) for another claim's or an unreadable one, and
    `history-changed` (409) for one of a history that the server has lost.
    """
    cursor = decode(text)
    if cursor.epoch != backup.epoch:
        raise _expired()
    if cursor.fingerprint != _fingerprint(backup, cursor.revision, marks):
        raise RuleError(
            "history-changed",
            _("The server lost this history. Push everything without “since”, then refresh."),
        )
    return cursor


def at_revision(backup: Backup, revision: int, position: Inside | None) -> Cursor:
    """Return the cursor of a page that ended at a revision, in its middle or at its end."""
    return Cursor(backup.epoch, revision, _fingerprint(backup, revision) or b"", position)


def _fingerprint(
    backup: Backup, revision: int, marks: Mapping[int, bytes | None] = NO_MARKS
) -> bytes | None:
    if revision == backup.revision:
        return bytes(backup.fingerprint)
    if revision in marks:
        return marks[revision]
    with connection.cursor() as cursor:
        FINGERPRINT.run(cursor, [backup.pk, revision])
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def _packed(position: Inside | Refresh | None) -> tuple[int, bytes]:
    if position is None:
        return PLAIN_FORM, b""
    if isinstance(position, Inside):
        return INSIDE_FORM, INSIDE.pack(position.number, position.uuid.bytes)
    if position.uuid is None:
        return START_FORM, START.pack(position.anchor)
    return REFRESH_FORM, REFRESH.pack(position.anchor, position.phase, position.uuid.bytes)


def _position(form: int, tail: bytes) -> Inside | Refresh | None:
    if form == PLAIN_FORM and not tail:
        return None
    if form == INSIDE_FORM:
        number, uuid = INSIDE.unpack(tail)
        return Inside(number, UUID(bytes=uuid))
    if form == REFRESH_FORM:
        anchor, phase, uuid = REFRESH.unpack(tail)
        return Refresh(anchor, phase, UUID(bytes=uuid))
    if form == START_FORM:
        return Refresh(*START.unpack(tail), 0, None)
    raise ValueError(form)


def _expired() -> RuleError:
    return RuleError(
        "cursor-expired",
        _("This cursor is of another claim or cannot be read. Start with a full refresh."),
    )
