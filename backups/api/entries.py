"""`/api/tasks/`, `/api/events/`, `/api/habits/`: one entry at a time, through the same door."""

import datetime
import re
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db.models import QuerySet
from django.http import Http404
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import changes, filters, reading
from backups.api.answers import not_modified
from backups.authentication import PlanAuthentication
from backups.items import Item, Refused, read
from backups.kinds import KINDS, MOMENT, TYPES
from backups.models import ENTRY_MODELS, Backup
from backups.permissions import MayWrite
from backups.serializers import MAX_PAGE_SIZE, PageQuery
from devices.authentication import Claimed
from planner import wire
from planner.etags import is_known
from planner.problems import RuleError, field_error, step
from planner.times import FOREVER, day_seconds, now, seconds_day
from planner.wire import OUT_OF_RANGE, checked

REVISION = re.compile(r"[0-9]{1,19}")
DEFAULTS = {
    "task": {"description": "", "completion": 0, "priority": 1, "duedate": None},
    "event": {"description": ""},
    "habit": {},
}


class Pages(PageNumberPagination):
    """Pages of 100 entries, or of `page_size` up to 1,000."""

    page_size, max_page_size, page_size_query_param = 100, MAX_PAGE_SIZE, "page_size"


class PlanView(APIView):
    """What the views of one kind of entry share."""

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed, MayWrite)
    kind: str

    def write(self, request: Request, item: Item) -> Backup:
        """Push one item; a result other than applied or unchanged becomes an error."""
        backup = request.auth.backup
        expected = _expected(request)
        actor = changes.Actor.of(request.auth)
        pushed = changes.push(backup, [item], actor, expected=expected)
        _raise_unless_applied(pushed.results[0])
        return pushed.backup

    def read(self, backup: Backup, id: UUID, status: int = 200) -> Response:
        """Answer one living entry with its revision as ETag, or 404."""
        found = reading.one(backup, self.kind, id, now())
        if found is None:
            raise Http404
        entry, revision = found
        headers = {"ETag": f'"{revision}"'}
        if self.request.method == "GET" and is_known(
            self.request.headers.get("If-None-Match"), headers["ETag"]
        ):
            return not_modified(headers)
        return Response(_plain(entry), status=status, headers=headers)


class ListView(PlanView):
    """The entries of one kind."""

    def get(self, request: Request) -> Response:
        """Answer a page of the living entries that the query asks for."""
        checked(PageQuery(data=request.query_params.dict()))
        backup = request.auth.backup
        entries = filters.listed(self.kind, backup, request.query_params.dict())
        pages = Pages()
        rows = pages.paginate_queryset(_Cut(self.kind, entries), request, view=self)
        listed = [orjson.loads(row.wire) for row in reading.with_days(backup, rows, now())]
        return pages.get_paginated_response([_plain(entry) for entry in listed])

    def post(self, request: Request) -> Response:
        """Create an entry; its id may be given. One that exists is updated."""
        body = DEFAULTS[self.kind] | {"id": str(uuid4())} | wire.body(request)
        item = _item(self.kind, body)
        _check_whole(self.kind, body)
        if item.deleted:
            name = "completion" if self.kind == "task" else "deleted"
            raise _invalid([name], "out-of-range", _("A new entry cannot be a deleted one."))
        known = ENTRY_MODELS[self.kind].objects.filter(uuid=item.id)
        backup = request.auth.backup
        status = 200 if known.of(backup).alive().exists() else 201
        answer = self.read(self.write(request, item), UUID(item.id), status)
        answer["Location"] = f"{request.path}{item.id}/"
        return answer


class OneView(PlanView):
    """One entry."""

    def get(self, request: Request, id: UUID) -> Response:
        """Answer the entry."""
        return self.read(request.auth.backup, id)

    def patch(self, request: Request, id: UUID) -> Response:
        """Change the given fields."""
        return self._change(request, id, wire.body(request))

    def put(self, request: Request, id: UUID) -> Response:
        """Give the entry these fields, and the defaults where one is missing."""
        body = DEFAULTS[self.kind] | wire.body(request)
        _check_known(self.kind, body)
        _check_whole(self.kind, body)
        return self._change(request, id, body)

    def delete(self, request: Request, id: UUID) -> Response:
        """Delete the entry on the server and on the device."""
        self._find(request, id)
        self.write(request, Item(self.kind, str(id), deleted=True))
        return Response(status=204)

    def _change(self, request: Request, id: UUID, body: dict[str, Any]) -> Response:
        if body.get("id", str(id)) != str(id):
            raise _invalid(["id"], "invalid", _("The id cannot be changed."))
        item = _item(self.kind, body | {"id": str(id)})
        self._find(request, id)
        backup = self.write(request, item)
        return self._gone(backup, id) if item.deleted else self.read(backup, id)

    def _gone(self, backup: Backup, id: UUID) -> Response:
        """Answer the entry that this call deleted, as devices get it."""
        row = reading.states(backup, {(self.kind, str(id))}, now())[0]
        return Response(_plain(orjson.loads(row.wire)), headers={"ETag": f'"{row.revision}"'})

    def _find(self, request: Request, id: UUID) -> None:
        self.read(request.auth.backup, id)


class HabitDayView(PlanView):
    """One day of a habit: PUT ticks it, DELETE clears it."""

    kind = "habit"

    def put(self, request: Request, id: UUID, date: str) -> Response:
        """Mark the day as done."""
        return self._mark(request, id, date, done=True)

    def delete(self, request: Request, id: UUID, date: str) -> Response:
        """Clear the day."""
        return self._mark(request, id, date, done=False)

    def _mark(self, request: Request, id: UUID, date: str, *, done: bool) -> Response:
        day = _day(date)
        self.read(request.auth.backup, id)
        wire.no_body(request)
        return self.read(self.write(request, Item("habit", str(id), days={day: done})), id)


LISTS = {f"{kind}s": type(f"{kind.title()}List", (ListView,), {"kind": kind}) for kind in TYPES}
ONES = {f"{kind}s": type(f"{kind.title()}One", (OneView,), {"kind": kind}) for kind in TYPES}


class _Cut:
    """A query that is cut into pages before its rows are read."""

    ordered = True

    def __init__(self, kind: str, entries: QuerySet) -> None:
        self.number = TYPES.index(kind)
        self.entries = entries

    def count(self) -> int:
        return self.entries.count()

    def __getitem__(self, part: slice) -> list[reading.Row]:
        return reading.rows_of(self.number, self.entries[part])


def _item(kind: str, body: dict[str, Any]) -> Item:
    """Read a body as an item; null is what people's programs call a task without a date."""
    _check_known(kind, body)
    if kind == "task" and body.get("duedate", 0) is None:
        body = body | {"duedate": FOREVER}
    item = read(kind, body)
    if isinstance(item, Refused):
        raise RuleError("invalid", _("The entry is not right."), errors=item.errors)
    return item


def _check_known(kind: str, body: dict[str, Any]) -> None:
    known = {"id", "deleted", *KINDS[kind].checks} | ({"completed"} if kind == "habit" else set())
    if unknown := sorted(set(body) - known):
        raise _invalid(unknown, "unknown-field", _("This field is not known here."))


def _check_whole(kind: str, body: dict[str, Any]) -> None:
    if missing := [name for name in KINDS[kind].needed if name not in body]:
        raise _invalid(missing, "required", _("This is needed."))


def _plain(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"duedate": None} if entry.get("duedate") == FOREVER else entry


def _day(date: str) -> int:
    try:
        found = datetime.date.fromisoformat(date)
        # The standard library takes 20260131 and 2026-W05-6 as well.
        day = day_seconds(found) if str(found) == date else None
    except ValueError:
        day = None
    if day is None:
        raise _invalid(["date"], "invalid", _("A day is written YYYY-MM-DD."))
    if MOMENT(day):
        within = {"min": seconds_day(MOMENT.low), "max": seconds_day(MOMENT.high)}
        raise _invalid(["date"], "out-of-range", OUT_OF_RANGE.format(**within))
    return day


def _expected(request: Request) -> set[int] | None:
    """Return the revisions that `If-Match` allows, or None for any."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tags = (tag.strip('"') for tag in parse_etags(header))
    return {int(tag) for tag in tags if REVISION.fullmatch(tag)}


def _raise_unless_applied(result: changes.Result) -> None:
    if result.outcome == "superseded":
        raise RuleError("conflict", _("Somebody deleted or changed this entry meanwhile."))
    if result.outcome == "rejected":
        code = result.errors[0]["code"]
        slug = code if code == "quota-exceeded" else "conflict"
        raise RuleError(slug, result.errors[0]["detail"], errors=result.errors)


def _invalid(names: list[str], code: str, detail: str) -> RuleError:
    errors = [field_error(step(name), code, detail) for name in names]
    return RuleError("invalid", _("The entry is not right."), errors=errors)
