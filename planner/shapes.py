"""JSON Schemas for the API's document: of the wire's own fields, and of serializers made of them.

The document is read from what checks the requests, so that it cannot say anything else.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rest_framework import serializers

from planner.wire import StrictBoolean, StrictInteger, StrictSerializer, StrictText

Shape = dict[str, Any]

SCHEMAS: dict[str, Shape] = {}
"""The named shapes of the document, each kept by `named`."""


def named(name: str, shape: Shape) -> Shape:
    """Keep a shape under a name of the document and return the reference to it."""
    SCHEMAS[name] = shape
    return {"$ref": f"#/components/schemas/{name}"}


ANY, VISIBLE = "^[^\\u0000]*$", "^[^\\u0000]*[^\\s\\u0000\\u001c-\\u001f\\u0085][^\\u0000]*$"


def text(max_bytes: int, *, blank: bool = True, description: str = "", pattern: str = ANY) -> Shape:
    """Return the shape of a text that is limited in bytes of UTF-8.

    JSON Schema counts characters, so `maxLength` alone is too generous; the format says the rest.
    """
    limit = f"At most {max_bytes:,} bytes of UTF-8, no NUL, no lone surrogate."
    return {
        "type": "string",
        "format": f"utf8-{max_bytes}",
        "minLength": 0 if blank else 1,
        "maxLength": max_bytes,
        "pattern": pattern,
        "description": f"{description} {limit}".strip(),
    }


def whole(low: int, high: int, description: str = "") -> Shape:
    """Return the shape of a whole number; 1.0 is none."""
    shape = {"type": "integer", "minimum": low, "maximum": high}
    return shape | ({"description": description} if description else {})


def moment(description: str = "", *, low: int = 0, high: int = 2**53) -> Shape:
    """Return the shape of a time in unix seconds."""
    return whole(low, high, f"{description} Unix seconds.".strip())


def one_of(*values: object, description: str = "") -> Shape:
    """Return the shape of one of a few values."""
    return {"enum": list(values)} | ({"description": description} if description else {})


def nullable(shape: Shape) -> Shape:
    """Return the shape that takes null as well."""
    if isinstance(shape.get("type"), str):
        return shape | {"type": [shape["type"], "null"]}
    return {"oneOf": [shape, {"type": "null"}]}


def listed(shape: Shape, **limits: Any) -> Shape:
    """Return the shape of a list of these."""
    return {"type": "array", "items": shape, **limits}


def record(
    required: Mapping[str, Shape], optional: Mapping[str, Shape] | None = None, **more: Any
) -> Shape:
    """Return the shape of an object with these keys and no others."""
    properties = {**required, **(optional or {})}
    shape: Shape = {"type": "object", "properties": properties, "additionalProperties": False}
    return shape | ({"required": list(required)} if required else {}) | more


def of(serializer: serializers.Serializer, **drawn: Shape) -> Shape:
    """Return the shape of what a serializer takes; a partial one needs no key.

    `drawn` are the shapes of fields that say nothing about themselves.
    """
    partial = serializer.root.partial
    fields = {
        name: drawn.get(name) or _of_field(field) for name, field in serializer.fields.items()
    }
    required = {
        name: shape
        for name, shape in fields.items()
        if serializer.fields[name].required and not partial
    }
    return record(required, {name: fields[name] for name in fields if name not in required})


def needed(shape: Shape) -> Shape:
    """Return the shape of the same object when it is shown: with every key."""
    return shape | {"required": list(shape["properties"])}


def _of_field(field: serializers.Field) -> Shape:
    for kind, draw in FIELDS.items():
        if isinstance(field, kind):
            shape = draw(field)
            return nullable(shape) if field.allow_null else shape
    raise TypeError(f"{type(field).__name__} has no shape")


FIELDS: dict[type, Callable[[Any], Shape]] = {
    StrictSerializer: of,
    StrictText: lambda field: text(field.max_bytes, blank=field.allow_blank),
    StrictInteger: lambda field: whole(field.min_value, field.max_value),
    StrictBoolean: lambda field: {"type": "boolean"},
    serializers.ChoiceField: lambda field: one_of(*field.choices),
    serializers.RegexField: lambda field: {"type": "string"},
    serializers.CharField: lambda field: (
        {
            "type": "string",
            "minLength": 0 if field.allow_blank else 1,
            "pattern": ANY,
        }
        | ({"maxLength": field.max_length} if field.max_length else {})
    ),
    serializers.IntegerField: lambda field: whole(field.min_value, field.max_value),
    serializers.BooleanField: lambda field: one_of(*_spelled(field)),
}


def _spelled(field: serializers.BooleanField) -> Iterable[str]:
    known = field.TRUE_VALUES | field.FALSE_VALUES
    return sorted({value for value in known if isinstance(value, str)})
