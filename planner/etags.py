"""Conditional requests: has the caller what it would get? RFC 9110, section 13."""

from django.utils.http import parse_etags


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Return whether `If-None-Match` names the entity tag, compared weakly, or any at all."""
    if not if_none_match:
        return False
    tags = parse_etags(if_none_match)
    return "*" in tags or _opaque(etag) in map(_opaque, tags)


def _opaque(etag: str) -> str:
    return etag.removeprefix("W/")
