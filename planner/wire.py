"""JSON as this server takes and gives it: a strict parser, a fast renderer, strict fields.

DRF's own parts forgive too much for a protocol: they trim names, take "1", 1.0 and true for an
integer, let the second of two equal keys win, and answer deep nesting with a 500.
"""

import json
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any, NoReturn

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from planner.inflating import inflate
from planner.problems import RuleError
from planner.values import DEPTH, TOO_DEEP, check_values

NESTS = (dict, list)
OUT_OF_RANGE = _("This must be between {min} and {max}.")
LONGEST = str(2**64 - 1)
"""The digits of the greatest integer that every part of this server reads as one."""


class JSONRenderer(BaseRenderer):
    """Compact UTF-8 JSON by orjson."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class OneFormat(BaseContentNegotiation):
    """The API speaks JSON whatever `Accept` says: a small client may send none or nonsense."""

    def select_parser(self, request: Request, parsers: list[BaseParser]) -> BaseParser | None:
        essence = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == essence), None)

    def select_renderer(
        self, request: Request, renderers: list[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class StrictJSONParser(BaseParser):
    """UTF-8 JSON of at most 1 MiB after decompression, depth 32, no duplicate keys, no NaN."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        meta = parser_context["request"].META
        _check_charset(media_type or "")
        encoding = meta.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
        raw = _body(stream, encoding, int(meta.get("CONTENT_LENGTH") or 0))
        check_values(raw)
        return loads(raw)


def body(request: Request) -> dict:
    """Return the JSON object that a request carries.

    Raises RuleError `malformed-json` for an empty body and `invalid` for anything but an object.
    """
    parsed = request.data
    if request.stream is None:
        raise RuleError("malformed-json", _("The body is empty; send a JSON object."))
    return _object(parsed)


def optional_body(request: Request) -> dict:
    """Return the JSON object that a request carries, an empty one where it carries nothing."""
    parsed = request.data
    return {} if request.stream is None else _object(parsed)


def no_body(request: Request) -> None:
    """Refuse JSON with a field: its caller meant something that would not be done.

    Other bodies are passed over: libraries send an empty form where there is nothing to say.
    """
    if (request.content_type or "").lower().startswith(StrictJSONParser.media_type):
        checked(StrictSerializer(data=optional_body(request)))


def _object(parsed: Any) -> dict:
    if not isinstance(parsed, dict):
        raise RuleError("invalid", _("The body must be a JSON object."))
    return parsed


def loads(raw: bytes) -> Any:
    """Parse strict JSON; raises DRF's ParseError that says what is wrong with it."""
    try:
        parsed = _compact(raw) or json.loads(
            raw.decode(), object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer
        )
        if _is_deep(parsed):
            raise RecursionError
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8.")) from None
    except RecursionError:
        raise ParseError(TOO_DEEP) from None
    except ValueError as error:
        raise ParseError(_("The body is not JSON: %s") % error) from None
    return parsed


def _compact(raw: bytes) -> Any:
    """Parse JSON as devices write it, five times as fast; None for any other.

    What is the same when it is written again has no key twice, and nothing else was lost either.
    """
    try:
        parsed = orjson.loads(raw)
        return parsed if orjson.dumps(parsed) == raw else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def _check_charset(media_type: str) -> None:
    for part in media_type.lower().split(";")[1:]:
        name, _equals, charset = part.strip().partition("=")
        if name == "charset" and charset.strip('" ') not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type)


def _body(stream: Any, encoding: str, announced: int) -> bytes:
    if encoding not in ("identity", "", "gzip"):
        raise UnsupportedMediaType(encoding, _("Content-Encoding may be gzip or identity."))
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if announced > limit:
        raise _too_large()
    raw = stream.read(limit + 1)
    if encoding == "gzip" and len(raw) <= limit:
        raw = inflate(raw, limit)
    if len(raw) > limit:
        raise _too_large()
    return raw


def _too_large() -> RuleError:
    return RuleError("body-too-large", _("A body may hold 1 MiB at most. Send it in parts."))


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(_("a key stands twice in one object"))
    return made


def _refuse(word: str) -> NoReturn:
    raise ValueError(_("%s is not a number in JSON") % word)


def _integer(digits: str) -> int | float:
    # Far beyond any field's range; a float is refused by every integer field.
    is_long = len(digits) > len(LONGEST) or (len(digits) == len(LONGEST) and digits > LONGEST)
    return float("inf") if is_long else int(digits)


def _is_deep(value: Any) -> bool:
    """Return whether lists and objects stand in one another more than DEPTH times."""
    nested = [value] if isinstance(value, NESTS) else []
    for _level in range(DEPTH):
        parts = chain.from_iterable(
            node.values() if isinstance(node, dict) else node for node in nested
        )
        nested = [part for part in parts if isinstance(part, NESTS)]
    return bool(nested)


class Digits(serializers.IntegerField):
    """A whole number in an address's query: ASCII digits, and nothing that Python takes besides."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not re.fullmatch(r"-?[0-9]{1,20}", data, re.ASCII):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictInteger(serializers.Field):
    """A JSON integer within a range; 1.0, "1" and true are none."""

    default_error_messages = {
        "type": _("This must be a whole number."),
        "out-of-range": OUT_OF_RANGE,
    }

    def __init__(self, *, min_value: int, max_value: int, **options: Any) -> None:
        super().__init__(**options)
        self.min_value, self.max_value = min_value, max_value

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("type")
        if not self.min_value <= data <= self.max_value:
            self.fail("out-of-range", min=self.min_value, max=self.max_value)
        return data

    def to_representation(self, value: int) -> int:
        return value


class StrictText(serializers.Field):
    """Text kept byte for byte: a limit in UTF-8 bytes, no NUL, no lone surrogate."""

    default_error_messages = {
        "type": _("This must be text."),
        "blank": _("This may not be empty."),
        "too-long": _("This may hold {max} bytes of UTF-8 at most."),
        "bad-text": _("This holds a character that cannot be stored."),
    }

    def __init__(self, *, max_bytes: int, allow_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_bytes, self.allow_blank = max_bytes, allow_blank

    def to_internal_value(self, data: Any) -> str:
        if code := text_fault(data, self.max_bytes, blank=self.allow_blank):
            self.fail(code, max=self.max_bytes)
        return data

    def to_representation(self, value: str) -> str:
        return value


def text_fault(value: Any, max_bytes: int, *, blank: bool) -> str | None:
    """Return the code of what is wrong with a text, or None: the one rule for API and forms."""
    if not isinstance(value, str):
        return "type"
    try:
        length = len(value.encode())
    except UnicodeEncodeError:
        return "bad-text"
    if "\0" in value:
        return "bad-text"
    if length > max_bytes:
        return "too-long"
    return "blank" if not blank and not value else None


class StrictBoolean(serializers.Field):
    """JSON's true or false and nothing else."""

    default_error_messages = {"type": _("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            self.fail("type")
        return data

    def to_representation(self, value: bool) -> bool:
        return value


class StrictSerializer(serializers.Serializer):
    """A serializer that refuses keys it does not know, so that a typing error is not ignored."""

    default_error_messages = {"unknown-field": _("This field is not known here.")}

    def to_internal_value(self, data: Any) -> dict:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            message = serializers.ErrorDetail(self.error_messages["unknown-field"], "unknown-field")
            raise serializers.ValidationError({key: [message] for key in sorted(unknown)})
        return super().to_internal_value(data)


def checked(serializer: serializers.Serializer) -> dict:
    """Return the validated values of a serializer, or raise DRF's ValidationError."""
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data
