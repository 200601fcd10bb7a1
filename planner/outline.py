"""The API's document as people read it: calls by subject, and shapes in words instead of JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

METHODS = ("get", "post", "put", "patch", "delete")
MOST_VALUES = 14
"""A longer list of values than that is not read out."""


class Words(NamedTuple):
    """What a value may be: the text, and the named shape that it links to, if any."""

    text: str
    name: str = ""


class Field(NamedTuple):
    """One line of a table: a parameter, a header or a key of an object."""

    name: str
    place: str
    required: bool
    words: Words
    description: str


class Answer(NamedTuple):
    """One answer of a call: its status, what it means, its body by media type, its problems."""

    status: str
    description: str
    bodies: list[tuple[str, Words]]
    slugs: list[str]


class Call(NamedTuple):
    """One method of one address."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    callers: list[str]
    fields: list[Field]
    body: Words | None
    answers: list[Answer]


def calls(document: Mapping[str, Any]) -> dict[str, list[Call]]:
    """Return the document's calls under their tags."""
    found: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if made := methods.get(method):
                call = _call(document, path, method, made)
                found.setdefault(made["tags"][0], []).append(call)
    return found


def shapes(document: Mapping[str, Any]) -> dict[str, tuple[str, list[Field]]]:
    """Return the document's named shapes: what each is, and its keys."""
    named = document["components"]["schemas"]
    return {
        name: (_described(shape), list(_fields(shape)))
        for name, shape in sorted(named.items())
        if not name.endswith("Problem")
    }


def words(shape: Mapping[str, Any]) -> Words:
    """Return in words what a value of this shape may be."""
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return Words(name, name)
    for key in ("oneOf", "anyOf", "allOf"):
        if key in shape:
            return _joined([words(part) for part in shape[key]])
    if "const" in shape or "enum" in shape:
        return Words(_values(shape.get("enum") or [shape["const"]]))
    if shape.get("type") == "array":
        items = words(shape.get("items", {}))
        return Words(f"list of {items.text}", items.name)
    return Words(_plain(shape))


def _call(document: Mapping[str, Any], path: str, method: str, made: Mapping[str, Any]) -> Call:
    body = made.get("requestBody", {}).get("content", {}).get("application/json")
    return Call(
        made["operationId"],
        method.upper(),
        path,
        made["summary"],
        made["description"] if made["description"] != made["summary"] else "",
        [" + ".join(together) for together in made["security"]],
        [
            Field(
                one["name"],
                one["in"],
                one.get("required", False),
                words(one["schema"]),
                one.get("description", ""),
            )
            for one in made.get("parameters", ())
        ],
        words(body["schema"]) if body else None,
        [_answer(document, status, one) for status, one in made["responses"].items()],
    )


def _answer(document: Mapping[str, Any], status: str, one: Mapping[str, Any]) -> Answer:
    if "$ref" in one:
        one = document["components"]["responses"][one["$ref"].rpartition("/")[2]]
    slugs, bodies = [], []
    for media, content in one.get("content", {}).items():
        if media == "application/problem+json":
            slugs = list(content["examples"])
        else:
            bodies.append((media, words(content["schema"])))
    return Answer(status, "" if slugs else one["description"], bodies, slugs)


def _fields(shape: Mapping[str, Any]) -> Iterator[Field]:
    required = shape.get("required", ())
    for name, part in shape.get("properties", {}).items():
        yield Field(name, "", name in required, words(part), part.get("description", ""))


def _described(shape: Mapping[str, Any]) -> str:
    said = shape.get("description", "")
    return said if "properties" in shape else f"{words(shape).text}. {said}".strip()


def _joined(parts: list[Words]) -> Words:
    name = next((part.name for part in parts if part.name), "")
    return Words(" or ".join(part.text for part in parts if part.text), name)


def _plain(shape: Mapping[str, Any]) -> str:
    kinds = shape.get("type", "anything")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_kind(kind, shape) for kind in kinds)


def _kind(kind: str, shape: Mapping[str, Any]) -> str:
    if kind == "integer" and "maximum" in shape:
        return f"whole number {shape['minimum']:,} … {shape['maximum']:,}"
    if kind == "string":
        return shape.get("format", "text") if "maxLength" not in shape else "text"
    return {"integer": "whole number", "boolean": "true or false"}.get(kind, kind)


def _values(values: list) -> str:
    if len(values) > MOST_VALUES:
        return f"one of {len(values)} values"
    return ", ".join("null" if value is None else str(value) for value in values)
