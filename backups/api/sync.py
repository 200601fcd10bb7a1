"""`/api/sync/`: a device asks what is new, and brings what it changed."""

import hashlib
import secrets
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import changes, cursors, reading, sync
from backups.cursors import Cursor
from backups.models import Backup
from backups.permissions import MayWrite
from backups.serializers import DEFAULT_LIMIT, PullQuery, Push, read_push
from backups.sync import Page
from devices.authentication import Claimed, DeviceAuthentication
from devices.callers import Caller
from planner.times import now
from planner.wire import checked

POLL_SECONDS = 900
EVERYTHING = 2**31


class SyncView(APIView):
    """GET what changed since a cursor; POST what changed on the device, and get the same."""

    authentication_classes = (DeviceAuthentication,)
    permission_classes = (Claimed, MayWrite)

    def get(self, request: Request) -> HttpResponse:
        """Answer a page of news, or 304 when there is none."""
        query = checked(PullQuery(data=request.query_params))
        backup = Backup.objects.of(request.auth.device)
        since = _cursor(backup, request.query_params.get("since"))
        etag = _etag(backup, request)
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers={"ETag": etag})
        moment = now()
        page = sync.pull(backup, since, limit=query["limit"], now=moment)
        answer = _head(moment) | _news(page) | {"device": _device(request.auth)}
        return Response(answer, headers={"ETag": etag, "Cache-Control": "private, no-cache"})

    def post(self, request: Request) -> Response:
        """Merge the items, then answer their outcomes and the news since the sent cursor."""
        push = read_push(request)
        backup = Backup.objects.of(request.auth.device)
        if push.is_refresh:
            return Response(_old_refresh(backup, push.type))
        since = _cursor(backup, push.since)
        actor = changes.Actor.of(request.auth)
        pushed = changes.push(backup, push.items, actor, reported=push.now, key=push.key)
        return Response(_pushed_answer(push, pushed, since))


def _cursor(backup: Backup, text: str | None) -> Cursor | None:
    return None if text is None else cursors.check(backup, text)


def _etag(backup: Backup, request: Request) -> str:
    """Name the answer by the state it is made from and by the question."""
    asked = request.META.get("QUERY_STRING", "").encode()
    state = cursors.present(backup).encode().encode()
    return f'W/"{hashlib.sha256(state + b"?" + asked).hexdigest()[:32]}"'


def _head(moment: int) -> dict[str, Any]:
    return {
        "server_time": moment,
        "next_poll": POLL_SECONDS - secrets.randbelow(POLL_SECONDS // 5),
        "days_since": reading.days_since(moment),
    }


def _news(page: Page) -> dict[str, Any]:
    return {"cursor": page.cursor.encode(), "more": page.more, **page.entries}


def _device(caller: Caller) -> dict[str, Any]:
    device = caller.device
    return {
        "name": device.name,
        "settings": device.shown_settings,
        # Only a device that nobody owns is asked, and such a device has no plan to sync.
        "pending_claim": None,
    }


def _pushed_answer(push: Push, pushed: changes.Pushed, since: Cursor | None) -> dict[str, Any]:
    moment = now()
    answer = {"ack": 1, "results": [_result(result) for result in pushed.results]} | _head(moment)
    partly = reading.states(pushed.backup, pushed.partly, moment)
    if since is None:
        answer |= partly
    else:
        page = sync.pull(pushed.backup, since, limit=DEFAULT_LIMIT, now=moment, pushed=pushed)
        answer |= _news(page) | _joined(page.entries, partly)
    if push.action is not None:
        answer |= {"id": "server", "action": "ack"}
    return answer


def _joined(news: dict[str, list], more: dict[str, list]) -> dict[str, list]:
    """Add entries to the news, each once."""
    joined = {}
    for kind, entries in news.items():
        there = {entry["id"] for entry in entries}
        joined[kind] = entries + [entry for entry in more[kind] if entry["id"] not in there]
    return joined


def _result(result: changes.Result) -> dict[str, Any]:
    shown = {"type": result.type, "id": result.id, "outcome": result.outcome}
    if result.detail:
        shown["detail"] = result.detail
    if result.errors:
        shown["errors"] = result.errors
    return shown


def _old_refresh(backup: Backup, kind: str) -> dict[str, Any]:
    """Answer old firmware's refresh: all living entries of one type, whatever their number."""
    moment = now()
    page = sync.pull(backup, None, limit=EVERYTHING, now=moment)
    entries = page.entries[kind]
    head = {"id": "server", "action": "response", "type": kind, "length": len(entries)}
    return head | {"server_time": moment, kind: entries}
