"""What the API's document says about single entries: lists, one entry, one day of a habit."""

from functools import partial
from typing import Any

from backups import filters
from backups.api import entries
from backups.kinds import KINDS, TYPES
from backups.schema.parts import ALIVE, COMPLETION, DAYS, FIELDS, GONE, ID, SHOWN, queries
from backups.serializers import PageQuery
from planner import shapes
from planner.openapi import (
    OF_PLAN,
    PLANS,
    answer,
    describe,
    header,
    operation,
    path,
)
from planner.shapes import Shape, listed, named, record
from planner.times import FOREVER

TAG = "Plans, one entry at a time"
DUE = shapes.nullable(shapes.moment("Null: a task without a date.", high=FOREVER))
IF_MATCH = header("If-Match", {"type": "string"}, "The `ETag` that was read; else a 412.")
PAGING = queries(
    PageQuery(),
    {"page": "Which page, from 1; one behind the last is a 404.", "page_size": "100 if not given."},
)
DAY = {
    "type": "string",
    "format": "date",
    "pattern": "^((19[7-9][0-9]|20[0-2][0-9]|203[0-7])-[0-9]{2}-[0-9]{2}|2038-01-[01][0-9])$",
}
IF_NONE_MATCH = header("If-None-Match", {"type": "string"}, "The `ETag` that was read.")
WRITE = ("forbidden", "conflict", "quota-exceeded", "precondition-failed")
ITS_ID = "The entry's own `id` may be among the fields; it cannot be changed. %s deletes it."
ENDS = {"task": "`completion` 2", "event": "`deleted` 1", "habit": "`deleted` 1"}
DELETED = shapes.one_of(0, 1)
PUT = "Give it these fields, and the defaults for the others"
LINKS = ("one", "change", "put", "delete")
of_plan = partial(operation, tag=TAG, callers=PLANS)


def _shown(kind: str) -> Shape:
    if kind != "task":
        return SHOWN[kind]
    return named("PlainTask", record({"id": ID, **FIELDS["task"], "duedate": DUE}))


def _changed(kind: str) -> Shape:
    """Return the shape of an entry that a change may have deleted."""
    if kind != "task":
        return {"oneOf": [SHOWN[kind], GONE]}
    fields = {**FIELDS["task"], "completion": COMPLETION, "duedate": DUE}
    return named("ChangedTask", record({"id": ID, **fields}))


def _written(kind: str, suffix: str, *, whole: bool, **more: Shape) -> Shape:
    fields = {**FIELDS[kind], **more}
    fields |= {"duedate": DUE} if kind == "task" else {}
    fields |= {"completed": DAYS} if kind == "habit" else {}
    required = KINDS[kind].needed if whole else ()
    # A task may leave its date out: it then has none.
    required = [name for name in required if name not in entries.DEFAULTS[kind]]
    needed = {key: fields[key] for key in required}
    rest = {key: fields[key] for key in fields if key not in needed}
    return named(f"{kind.title()}{suffix}", record(needed, rest))


def _filters(kind: str) -> list:
    names = filters.ORDERINGS[kind]
    return queries(
        filters.FILTERS[kind](),
        {
            "q": "A part of the name or the description, in any case.",
            "ordering": "A field; a minus before it turns the order round.",
        },
        ordering=shapes.one_of(*names, *(f"-{name}" for name in names)),
    )


def _page(kind: str) -> Shape:
    address = {"type": ["string", "null"], "format": "uri"}
    return named(
        f"{kind.title()}Page",
        record(
            {
                "count": shapes.whole(0, 16_000),
                "next": address,
                "previous": address,
                "results": listed(_shown(kind), maxItems=entries.Pages.max_page_size),
            }
        ),
    )


def _list(kind: str) -> Any:
    plural = f"{kind}s"
    return of_plan(
        plural,
        f"List the {plural}",
        {200: answer(_page(kind), "A page of the live ones, as people see them.")},
        parameters=[*_filters(kind), *PAGING],
        problems=(*OF_PLAN, "not-found", "invalid"),
    )


def _new(kind: str) -> Any:
    shown, alive = _shown(kind), {} if kind == "task" else ALIVE
    links = {
        name: {"operationId": name, "parameters": {"id": "$response.body#/id"}}
        for name in (f"{kind}_{verb}" for verb in LINKS)
    }
    return of_plan(
        f"{kind}_new",
        f"Create {'an' if kind == 'event' else 'a'} {kind}",
        {
            200: answer(shown, "There was one with this id.", headers=["ETag", "Location"]),
            201: answer(shown, "It is new.", headers=["ETag", "Location"], links=links),
        },
        request=_written(kind, "New", whole=True, id=ID, **alive),
        parameters=[IF_MATCH],
        problems=(*OF_PLAN, *WRITE),
    )


def _one(kind: str) -> Any:
    return of_plan(
        f"{kind}_one",
        "Read one",
        {
            200: answer(_shown(kind), "As it is now.", headers=["ETag"]),
            304: answer(description="As `If-None-Match` has it.", headers=["ETag"]),
        },
        parameters=[IF_NONE_MATCH],
        problems=(*OF_PLAN, "not-found"),
    )


def _change(kind: str, name: str, summary: str, suffix: str, *, whole: bool) -> Any:
    ends = {"completion": COMPLETION} if kind == "task" else {"deleted": DELETED}
    return of_plan(
        f"{kind}_{name}",
        summary,
        {200: answer(_changed(kind), "As it is now.", headers=["ETag"])},
        description=ITS_ID % ENDS[kind],
        request=_written(kind, suffix, whole=whole, **ends),
        parameters=[IF_MATCH],
        problems=(*OF_PLAN, *WRITE, "not-found"),
    )


def _delete(kind: str) -> Any:
    return of_plan(
        f"{kind}_delete",
        "Delete it, here and on the device",
        {204: answer(description="It is deleted.")},
        parameters=[IF_MATCH],
        problems=(*OF_PLAN, "forbidden", "conflict", "precondition-failed", "not-found"),
    )


for _kind in TYPES:
    describe(entries.LISTS[f"{_kind}s"], get=_list(_kind), post=_new(_kind))
    describe(
        entries.ONES[f"{_kind}s"],
        get=_one(_kind),
        patch=_change(_kind, "change", "Change some fields", "Change", whole=False),
        put=_change(_kind, "put", PUT, "Whole", whole=True),
        delete=_delete(_kind),
    )


describe(
    entries.HabitDayView,
    **{
        method: of_plan(
            f"habit_day_{method}",
            summary,
            {200: answer(SHOWN["habit"], "The habit as it is now.", headers=["ETag"])},
            parameters=[
                path("date", DAY, "The day, as YYYY-MM-DD, to 2038-01-19."),
                IF_MATCH,
            ],
            problems=(*OF_PLAN, *WRITE, "not-found", "invalid"),
        )
        for method, summary in (("put", "Mark a day as done"), ("delete", "Clear a day"))
    },
)
