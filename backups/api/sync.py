"""`/api/sync/`: a device asks what is new, and brings what it changed."""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from rest_framework.request import Request

from backups import changes, cursors, reading, streams, sync
from backups.actors import Actor
from backups.api import idle
from backups.api.answers import NDJSON, answer, conditional, form, not_modified, room
from backups.api.digest import digests
from backups.api.reported import ReportedView, cursor_of
from backups.authentication import PlanAuthentication, PlanCaller
from backups.cursors import Cursor
from backups.models import Backup
from backups.outcomes import Pushed, Result
from backups.permissions import MayWrite
from backups.reports import Carried
from backups.serializers import pull_query, read_push
from devices import prompts
from devices.authentication import Claimed
from devices.serializers import shown_to_device
from planner.etags import is_known
from planner.times import now

POLL_SECONDS = 900
DEFAULT_LIMIT = 500
EVERYTHING = 2**31


class SyncView(ReportedView):
    """GET what changed since a cursor; POST what changed on the device, and get the same."""

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed, MayWrite)

    @property
    def default_response_headers(self) -> dict[str, str]:
        # The answers say theirs themselves; only a question about the address asks for more.
        return super().default_response_headers if self.request.method == "OPTIONS" else {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return idle.answer(request) or super().dispatch(request, *args, **kwargs)

    def get(self, request: Request) -> HttpResponse:
        """Answer a page of news or a stream, or 304 when there is none."""
        backup = request.auth.backup
        since = cursor_of(request.auth, request.query_params.get("since"))
        headers = conditional(backup, request)
        query = pull_query(request)
        if is_known(request.META.get("HTTP_IF_NONE_MATCH"), headers["ETag"]):
            return not_modified(headers)
        if form(request) == NDJSON:
            return _streamed(backup, since, query, headers)
        head = _head() | {"device": _device(request.auth)}
        if query["digest"]:
            head["digest"] = digests(backup, head["server_time"])
        return _news(backup, since, head, query, **headers)

    def post(self, request: Request) -> HttpResponse:
        """Merge the items, then answer their outcomes and the news since the sent cursor."""
        query, push = pull_query(request), read_push(request)
        backup = request.auth.backup
        since = cursor_of(request.auth, push.since)
        actor = Actor.of(request.auth)
        pushed = changes.push(backup, push.items, actor, reported=push.now, key=push.key)
        head = {"ack": 1, "results": [_result(result) for result in pushed.results]} | _head()
        if push.is_refresh:
            return _old_refresh(pushed, head, push.type)
        if push.action is not None:
            head |= {"id": "server", "action": "ack"}
        partly = reading.states(pushed.backup, pushed.partly, head["server_time"])
        if since is None:
            return answer(head, partly, pushed)
        return _news(pushed.backup, since, head, query, pushed, partly)


def _head() -> dict[str, Any]:
    moment = now()
    return {
        "server_time": moment,
        "next_poll": POLL_SECONDS - secrets.randbelow(POLL_SECONDS // 5),
        "days_since": reading.days_since(moment),
    }


def _device(caller: PlanCaller) -> dict[str, Any]:
    device = caller.device
    return {
        "name": device.name,
        "settings": device.shown_settings,
        "settings_revision": device.settings_revision,
        "pending_claim": shown_to_device(prompts.on_screen(device)) if caller.is_asked else None,
    }


def _news(
    backup: Backup,
    since: Cursor | None,
    head: dict[str, Any],
    query: dict[str, Any],
    pushed: Pushed | None = None,
    partly: list[reading.Row] | None = None,
    **headers: str,
) -> HttpResponse:
    """Answer a page of news below the head, and what the sender must see besides, each once."""
    page = sync.pull(
        backup,
        since,
        limit=query["limit"] or DEFAULT_LIMIT,
        now=head["server_time"],
        room=room(head, query["max_bytes"]),
        max_line=query["max_line"],
        pushed=pushed,
    )
    there = {(row.kind, row.id) for row in page.rows}
    rest = [row for row in partly or () if (row.kind, row.id) not in there]
    head |= {"cursor": page.cursor.encode(), "more": page.more}
    return answer(head, page.rows + rest, pushed, page.cursor, **headers)


def _result(result: Result) -> dict[str, Any]:
    shown = {"type": result.type, "id": result.id, "outcome": result.outcome}
    if result.detail:
        shown["detail"] = result.detail
    if result.errors:
        shown["errors"] = result.errors
    return shown


def _streamed(
    backup: Backup, since: Cursor | None, query: dict[str, Any], headers: dict[str, str]
) -> HttpResponse:
    moment = now()
    head = {"digest": digests(backup, moment)} if query.pop("digest") else {}
    lines = streams.lines(backup, since, now=moment, head=head, **query)
    stream = StreamingHttpResponse(lines, content_type=NDJSON, headers=headers)
    stream.carried = Carried(cursor=sync.end_of(backup, since or cursors.present(backup)))
    return stream


def _old_refresh(pushed: Pushed, head: dict[str, Any], kind: str) -> HttpResponse:
    """Answer old firmware's refresh: all living entries of one type, whatever their number."""
    page = sync.pull(pushed.backup, None, limit=EVERYTHING, now=head["server_time"])
    rows = [row for row in page.rows if row.kind == kind]
    head |= {"id": "server", "action": "response", "type": kind, "length": len(rows)}
    return answer(head, rows, pushed)
