"""Plans from JSON: the form that `backups.exports` writes, looked over before memory is spent."""

import re

import orjson
from django.utils.translation import gettext as _

from backups.exports import FORMAT
from backups.imports import Found
from backups.kinds import TYPES
from planner.problems import RuleError

# What stands in a text is passed over; of the rest, each of these begins a value or parts two. A
# text without an end goes to the end of the file, so that every byte is looked at once.
PARTS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[{,]', re.DOTALL)
# The history stands behind the checksum. In a text its quotation marks would have a backslash.
HISTORY = re.compile(rb'("checksum"\s*:\s*"[0-9a-f]{64}")\s*,\s*"history"\s*:\s*\[')
MOST_TEXTS = 1_000_000
MOST_CONTAINERS = 100_000
MOST_PARTS = 5_000_000
"""A full plan has a quarter of these texts, a third of these lists and objects, and three million
days: 32 MB of eleven bytes each."""


def read_json(raw: bytes) -> Found:
    """Read a plan from its JSON, without its history.

    Raises RuleError `invalid` for a document that is none.
    """
    if past := HISTORY.search(raw):
        raw = b"%b}" % memoryview(raw)[: past.end(1)]
    check_parts(raw)
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise RuleError("invalid", _("The file is no JSON: line %d.") % error.lineno) from None
    is_ours = isinstance(document, dict) and document.get("format") == FORMAT["format"]
    if not is_ours or document.get("version") != FORMAT["version"]:
        raise RuleError("invalid", _("The file is no export of a plan."))
    found = Found()
    for kind in TYPES:
        entries = document.get(kind)
        for number, raw_entry in enumerate(entries if isinstance(entries, list) else ()):
            found.take(kind, raw_entry, f"/{kind}/{number}")
    return found


def check_parts(raw: bytes) -> None:
    """Count what a document is made of, since each part takes much more room when it is read.

    Raises RuleError `invalid` for more than any plan has.
    """
    texts = containers = 0
    for parts, part in enumerate(PARTS.finditer(raw), start=1):
        first = raw[part.start()]
        texts += first == 0x22
        containers += first in b"[{"
        if texts > MOST_TEXTS or containers > MOST_CONTAINERS or parts > MOST_PARTS:
            raise RuleError("invalid", _("The file holds more than a device's plan."))
