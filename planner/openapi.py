"""How the OpenAPI document is made: apps describe their views, drf-spectacular finds the endpoints.

Each app's module `schema` calls `describe` for its views; it is imported when the document is asked
for. What every answer has (problems, headers, tokens) is put in at the end, in one place.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any

from django.utils.module_loading import autodiscover_modules
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.views import APIView

from planner.schemes import CHOICE, COOKIES, CSRF, DEVICE, MEMBER, PERSONAL, USER, schemes
from planner.shapes import SCHEMAS, Shape, listed, named, one_of, record
from planner.slugs import KINDS

NOTES = "x-notes"
JSON, PROBLEM, NDJSON = "application/json", "application/problem+json", "application/x-ndjson"

PEOPLE = ((USER,), (COOKIES, CSRF))
PROGRAMS = ((USER,), (PERSONAL,), (COOKIES, CSRF))
PLANS = ((DEVICE,), (MEMBER,), (COOKIES, CHOICE, CSRF))
BY_KEY = ((DEVICE,),)
OPEN = ()
FORM = ((CSRF,),)

ALWAYS = ("internal", "unavailable")
BODY = ("malformed-json", "invalid", "body-too-large", "unsupported-media-type")
TOKEN = ("token-missing", "token-invalid", "token-expired", "token-revoked")
OF_DEVICE = ("device-blocked",)
OF_PLAN = ("device-blocked", "device-unclaimed")

CURSOR: Shape = {
    "type": "string",
    "description": "A cursor. Opaque; up to 64 characters of base64url.",
}
FIELD_PROBLEM = named(
    "FieldProblem",
    record(
        {
            "pointer": {"type": "string", "description": "Which field, as an RFC 6901 pointer."},
            "code": {"type": "string", "description": "What is wrong, for programs."},
            "detail": {"type": "string", "description": "What is wrong, for people."},
        }
    ),
)
PROBLEM_SHAPE = named(
    "Problem",
    record(
        {
            "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
            "code": one_of(*KINDS, description="The slug: its meaning never changes."),
            "title": {"type": "string"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "maxLength": 400},
            "request_id": {"type": "string", "description": "As in `X-Request-ID`."},
        },
        {"errors": listed(FIELD_PROBLEM, minItems=1, maxItems=20)},
        description="RFC 9457. Under 1 KB without `errors`.",
    ),
)
HEADERS = {
    "X-Request-ID": {
        "description": "Names this request in the server's log.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9A-Za-z-]{8,64}$"},
    },
    "Date": {"description": "Right to the second: set the clock by it.", "schema": {}},
    "WWW-Authenticate": {"required": True, "schema": {"type": "string", "const": "Bearer"}},
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "ETag": {
        "description": "The entry's revision in quotes, or a weak tag of a sync's answer.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Location": {
        "description": "The path of what was made.",
        "required": True,
        "schema": {"type": "string"},
    },
}
MAKING = Lock()
EVERYWHERE = ("X-Request-ID", "Date")
FAILURES: dict[str, dict] = {}
SPECIFIC_HEADERS = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


class Generator(SchemaGenerator):
    """drf-spectacular's generator, after the apps' own descriptions have been read."""

    def __init__(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("schema")
        super().__init__(*args, **options)


def document() -> dict[str, Any]:
    """Return the whole document, made once a process."""
    # drf-spectacular finds its extensions as it goes, which two threads cannot do at once.
    with MAKING:
        return _document()


@cache
def _document() -> dict[str, Any]:
    return Generator().get_schema(request=None, public=True)


def describe(view: type[APIView], **methods: Any) -> None:
    """Describe a view's methods, each by an `operation`, without touching the view."""

    class Description(OpenApiViewExtension):
        target_class = view

        def view_replacement(self) -> type[APIView]:
            return extend_schema_view(**methods)(type(view.__name__, (view,), {}))


def answer(
    shape: Shape | None = None,
    description: str = "",
    *,
    headers: Iterable[str] = (),
    links: Mapping[str, dict] | None = None,
    **forms: Shape,
) -> dict[str, Any]:
    """Return one answer of an operation; `forms` are its media types other than JSON."""
    made: dict[str, Any] = {"description": description}
    content = ({JSON: {"schema": shape}} if shape else {}) | {
        name: {"schema": form} for name, form in forms.items()
    }
    if content:
        made["content"] = content
    if headers:
        made["headers"] = {name: _header(name) for name in headers}
    return made | ({"links": dict(links)} if links else {})


def operation(
    name: str,
    summary: str,
    answers: Mapping[int, dict],
    *,
    tag: str,
    description: str = "",
    callers: tuple[tuple[str, ...], ...],
    request: Shape | None = None,
    needs_body: bool = True,
    media: str = JSON,
    parameters: Iterable[OpenApiParameter] = (),
    problems: Iterable[str] = (),
) -> Any:
    """Return the description of one method of a view, for `describe`."""
    slugs = {
        *problems,
        *ALWAYS,
        *(() if callers in (OPEN, FORM) else TOKEN),
        *(BODY if request else ()),
    }
    return extend_schema(
        operation_id=name,
        summary=summary,
        tags=[tag],
        request={media: request} if request else None,
        responses=dict.fromkeys(answers),
        parameters=list(parameters),
        extensions={
            NOTES: {
                "description": description or summary,
                "callers": callers,
                "answers": answers,
                "slugs": slugs,
                "needs_body": needs_body,
            }
        },
    )


def query(name: str, shape: Shape, description: str, *, required: bool = False) -> OpenApiParameter:
    """Return a parameter of the query."""
    return OpenApiParameter(name, shape, "query", required, description=description)


def header(name: str, shape: Shape, description: str) -> OpenApiParameter:
    """Return a header that a caller may send."""
    return OpenApiParameter(name, shape, "header", description=description)


def path(name: str, shape: Shape, description: str) -> OpenApiParameter:
    """Return a part of the path that its converter says too little about."""
    return OpenApiParameter(name, shape, "path", True, description=description)


def complete(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Put in what all operations share; drf-spectacular calls this at the end."""
    for methods in result["paths"].values():
        for method, made in methods.items():
            if notes := made.pop(NOTES, None):
                # What a view's docstring says is for its readers.
                made["description"] = notes["description"]
                if "requestBody" in made:
                    made["requestBody"]["required"] = notes["needs_body"]
                made["security"] = _security(notes["callers"], method)
                made["responses"] = _responses(notes["answers"], notes["slugs"])
    result["components"] = {
        "schemas": dict(sorted(SCHEMAS.items())),
        "responses": dict(sorted(FAILURES.items())),
        "headers": HEADERS,
        "examples": {slug: {"value": _example(slug)} for slug in KINDS},
        "securitySchemes": schemes(),
    }
    return result


def _responses(answers: Mapping[int, dict], slugs: Iterable[str]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for slug in sorted(slugs, key=list(KINDS).index):
        by_status.setdefault(_status(slug), []).append(slug)
    made = {status: _with_headers(one, EVERYWHERE) for status, one in answers.items()}
    made |= {status: _failure(status, found) for status, found in by_status.items()}
    return {str(status): made[status] for status in sorted(made)}


def _failure(status: int, slugs: list[str]) -> dict[str, str]:
    """Keep the answer with these problems among the document's and return the reference to it."""
    name = "-".join([str(status), *slugs])
    narrowed = {"code": {"enum": slugs}, "status": {"const": status}}
    made = {
        "description": HTTPStatus(status).phrase + ": " + ", ".join(f"`{slug}`" for slug in slugs),
        "content": {
            PROBLEM: {
                "schema": {"allOf": [PROBLEM_SHAPE, {"properties": narrowed}]},
                "examples": {slug: {"$ref": f"#/components/examples/{slug}"} for slug in slugs},
            }
        },
    }
    specific = [SPECIFIC_HEADERS[status]] if status in SPECIFIC_HEADERS else []
    FAILURES[name] = _with_headers(made, (*EVERYWHERE, *specific))
    return {"$ref": f"#/components/responses/{name}"}


def _with_headers(made: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return made | {"headers": {name: _header(name) for name in names} | made.get("headers", {})}


def _status(slug: str) -> int:
    return KINDS[slug].status


def _example(slug: str) -> dict[str, Any]:
    shown = {"type": f"/problems/{slug}", "code": slug, "title": str(KINDS[slug].title)}
    shown |= {"status": _status(slug), "detail": str(KINDS[slug].advice)}
    return shown | {"request_id": "7f3c0b5e9a4d4c1e8f2a6b7c8d9e0f11"}


def _header(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}


def _security(callers: tuple[tuple[str, ...], ...], method: str) -> list[dict]:
    is_safe = method in ("get", "head")
    return [{name: [] for name in together if name != CSRF or not is_safe} for together in callers]
