"""`/api/sync/wait/` and `/api/stream/`: is there news of a plan?

These views answer at once, which is all that a worker for ordinary requests may spend on them. An
answer without news says in `hold` what would be waited for; `backups.waiting`, in a process of its
own, then keeps the caller and asks again when there is some.
"""

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import cursors, reports
from backups.api.reported import cursor_of
from backups.authentication import PlanAuthentication
from backups.live import Hold
from devices.authentication import Claimed
from planner.wire import Digits, checked

DEFAULT_SECONDS, MOST_SECONDS = 25, 55
RETRY_MILLISECONDS = 10_000


class CursorText(serializers.Field):
    """A cursor as it was sent; `cursors` says whether it is one."""

    def to_internal_value(self, data: str) -> str:
        return data


class WaitQuery(serializers.Serializer):
    """The cursor behind which news is wanted, and for how many seconds the caller waits."""

    since = CursorText()
    timeout = Digits(required=False, min_value=1, max_value=MOST_SECONDS, default=DEFAULT_SECONDS)


class WaitView(APIView):
    """A long poll that tells a device when to sync."""

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed,)

    def get(self, request: Request) -> HttpResponse:
        """Answer 200 when there is something newer than the cursor, else 204."""
        query = checked(WaitQuery(data=request.query_params.dict()))
        backup = request.auth.backup
        if cursor_of(request.auth, query["since"]) != cursors.present(backup):
            return Response({"news": True})
        # For a caller of a process that cannot hold it; one that was held may come again at once.
        answer = Response(status=204, headers={"Retry-After": str(RETRY_MILLISECONDS // 1_000)})
        answer.hold = Hold(backup.pk, backup.revision, query["timeout"])
        return answer


class StreamView(APIView):
    """Server-sent events that tell a page when what it shows has changed."""

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed,)

    def get(self, request: Request) -> HttpResponse:
        """Answer one event, which says where the plan stands, and when to come again."""
        backup = request.auth.backup
        standing = reports.standing(backup, reports.confirmed(backup))
        event = b"event: news\ndata: %b\n\n" % standing.encode()
        answer = HttpResponse(
            b"retry: %d\n\n%b" % (RETRY_MILLISECONDS, event),
            content_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        answer.hold = Hold(backup.pk, backup.revision, event=event)
        return answer
