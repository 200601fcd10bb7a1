"""Bodies that come compressed; `planner.wire` unpacks them before they are parsed."""

import zlib

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError

MEMBERS = 16
"""Each copies what stands behind it: ten thousand in one body would take seconds."""


def inflate(raw: bytes, limit: int) -> bytes:
    """Unpack all members (RFC 1952), for what is left unread would be acknowledged and lost.

    It stops one byte over the limit, however small the bomb. Raises ParseError for anything else.
    """
    plain = b""
    for _member in range(MEMBERS):
        inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            plain += inflater.decompress(raw, limit + 1 - len(plain))
        except zlib.error:
            raise ParseError(_("The body is not gzip.")) from None
        if len(plain) <= limit and not inflater.eof:
            raise ParseError(_("The gzip body ends too early."))
        raw = inflater.unused_data
        if not raw or len(plain) > limit:
            return plain
    raise ParseError(_("The gzip body has too many parts."))
