"""How much room the values of a body would take, told by its bytes before they are made."""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError

from planner.problems import RuleError

DEPTH = 32
WEIGHTS = {b"{": 12, b"[": 12, b":": 6, b",": 1}
MOST = 250_000
"""So much may the marks of a body weigh outside of its texts: a value takes far more room than its
mark. A thousand whole items weigh less, and so do as many days of habits as a body has room for."""
# A text without an end goes to the end of the body, so that every byte is looked at once; parts of
# some thousand texts keep what is made on the way small.
TEXT = rb'"(?:[^"\\]++|\\.)*+"?'
TEXTS = re.compile(TEXT, re.DOTALL)
PARTS = re.compile(rb'(?:[^"]++|%s){1,2000}' % TEXT, re.DOTALL)
DEEP = re.compile(rb"(?:[\[{][^\[{\]}]*+){%d}" % (DEPTH + 1))
SOME = 10_000
TOO_DEEP = _("The JSON is nested deeper than 32 levels.")


def check_values(raw: bytes) -> None:
    """Check that the values of the JSON in `raw` take no more room than a body's may.

    Raises RuleError `body-too-large`, or ParseError for what is too deep as well.
    """
    if _weight(raw) <= MOST:
        return
    weight = 0
    for part in PARTS.finditer(raw):
        plain = TEXTS.sub(b"", part[0])
        weight += _weight(plain)
        if weight > MOST and DEEP.search(plain, 0, SOME):
            raise ParseError(TOO_DEEP)
        if weight > MOST:
            detail = _("The body holds too many values. Send it in parts.")
            raise RuleError("body-too-large", detail)


def _weight(plain: bytes) -> int:
    return sum(plain.count(mark) * weight for mark, weight in WEIGHTS.items())
