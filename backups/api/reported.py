"""A view of syncs that keeps what devices confirm and how their syncs went."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from backups import cursors, reports, streams
from backups.authentication import PlanCaller
from backups.cursors import Cursor
from backups.models import Backup, SyncReport
from backups.reports import Carried


def cursor_of(caller: PlanCaller, text: str | None) -> Cursor | None:
    """Return the cursor that a caller sent, and note that the device itself has read so far.

    Raises RuleError `cursor-expired` or `history-changed`.
    """
    if text is None:
        return None
    cursor = cursors.check(caller.backup, text, caller.marks)
    if caller.by_key:
        reports.confirm(caller.backup, caller.confirmed, cursor)
    return cursor


class ReportedView(APIView):
    """Keeps a line about each call of a device; an answer says in `carried` what it carried."""

    caller: PlanCaller | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.caller = request.auth

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        begun = perf_counter()
        answer = super().dispatch(request, *args, **kwargs)
        slug = getattr(answer, "slug", None)
        # Without a database there is nowhere to keep it.
        if self.caller is None or not self.caller.by_key or slug == "unavailable":
            return answer
        keep = partial(_keep, self.caller.backup, begun)
        carried = Carried(result=slug) if slug else getattr(answer, "carried", Carried())
        if answer.streaming:
            answer.streaming_content = _followed(answer.streaming_content, carried, keep)
        else:
            _confirm_own(self.caller, carried)
            keep(carried)
        return answer


def _confirm_own(caller: PlanCaller, carried: Carried) -> None:
    """Note that a device has what it pushed, where the answer had nothing else to bring."""
    if carried.results and carried.cursor and not carried.down:
        reports.confirm(caller.backup, caller.confirmed, carried.cursor)


def _keep(backup: Backup, begun: float, carried: Carried) -> None:
    reports.keep(backup, carried, int(1_000 * (perf_counter() - begun)))


def _followed(
    stream: Iterable[bytes], carried: Carried, keep: Callable[[Carried], None]
) -> Iterator[bytes]:
    """Pass a stream on; when it is over, or the caller is gone, keep how much of it was sent."""
    sent = Carried(result=SyncReport.CUT)
    try:
        for part in stream:
            sent = replace(sent, down=sent.down + streams.entries_in(part))
            yield part
        sent = replace(carried, down=sent.down)
    finally:
        keep(sent)
