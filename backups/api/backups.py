"""`/api/backups/`: restore points, the plan at a moment, what a restore would do, and restores."""

from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import exports, history, points, restore
from backups.actors import Actor
from backups.authentication import PlanAuthentication
from backups.kinds import NAME_BYTES
from backups.models import Backup, RestorePoint
from backups.permissions import MayWrite
from backups.stills import Difference, tally
from devices.authentication import Claimed
from planner import wire
from planner.wire import Digits, StrictInteger, StrictSerializer, StrictText, checked

LATEST_MOMENT = 2**40
LATEST_REVISION = 2**53


class AtQuery(serializers.Serializer):
    """The moment that is asked for, in unix seconds."""

    at = Digits(min_value=0, max_value=LATEST_MOMENT)


class NameSerializer(StrictSerializer):
    """What a person calls a restore point."""

    name = StrictText(max_bytes=NAME_BYTES)


class RestoreSerializer(StrictSerializer):
    """At which revision the plan must still be, when the caller has looked at a preview."""

    expected = StrictInteger(min_value=0, max_value=LATEST_REVISION, required=False)


class RestoreAtSerializer(RestoreSerializer):
    """The moment to bring back as well, in unix seconds."""

    at = StrictInteger(min_value=0, max_value=LATEST_MOMENT)


class BackupsView(APIView):
    """What the views of restore points share."""

    authentication_classes = (PlanAuthentication,)
    permission_classes = (Claimed, MayWrite)

    def point(self, request: Request, id: int) -> RestorePoint:
        """Return a restore point of the caller's plan, or raise Http404."""
        return get_object_or_404(request.auth.backup.points, pk=id)


class PointsView(BackupsView):
    """The restore points of a plan."""

    def get(self, request: Request) -> Response:
        """Answer all of them, the newest first."""
        found = request.auth.backup.points.order_by("-created_at", "-pk")
        return Response([shown(point) for point in found])

    def post(self, request: Request) -> Response:
        """Pin the present state under a name."""
        name = checked(NameSerializer(data=wire.body(request)))["name"]
        point = points.pin_named(request.auth.backup, name, Actor.of(request.auth))
        where = {"Location": f"{request.path}{point.pk}/"}
        return Response(shown(point), status=201, headers=where)


class PointView(BackupsView):
    """One restore point."""

    def get(self, request: Request, id: int) -> StreamingHttpResponse:
        """Answer the whole plan as it stood there."""
        point = self.point(request, id)
        head = {key: value for key, value in shown(point).items() if key not in SUMMED}
        return _state(request.auth.backup, point.revision, head)

    def delete(self, request: Request, id: int) -> Response:
        """Forget a named one; the automatic ones go by themselves."""
        points.remove(self.point(request, id))
        return Response(status=204)


class StateView(BackupsView):
    """The plan at a moment."""

    def get(self, request: Request) -> StreamingHttpResponse:
        """Answer the whole plan as it stood at the end of that second."""
        at = checked(AtQuery(data=request.query_params.dict()))["at"]
        backup = request.auth.backup
        revision = points.revision_at(backup, at)
        return _state(backup, revision, {"at": at, "revision": revision})


class DiffView(BackupsView):
    """What a restore would change."""

    def get(self, request: Request, id: int) -> Response:
        """Answer entry by entry."""
        point, backup = self.point(request, id), request.auth.backup
        found = restore.preview(backup, point.revision)
        told = {"point": point.pk, "revision": backup.revision, "counts": tally(found)}
        return Response(told | {"differences": [difference(one) for one in found]})


class RestoreView(BackupsView):
    """Bringing a restore point back."""

    def post(self, request: Request, id: int) -> Response:
        """Write what differs as ordinary changes, after pinning the present state."""
        asked = checked(RestoreSerializer(data=wire.optional_body(request)))
        return _restored(request, self.point(request, id).revision, asked)


class RestoreAtView(BackupsView):
    """Bringing a moment back."""

    def post(self, request: Request) -> Response:
        """Write what differs as ordinary changes, after pinning the present state."""
        asked = checked(RestoreAtSerializer(data=wire.body(request)))
        return _restored(request, points.revision_at(request.auth.backup, asked["at"]), asked)


SUMMED = ("counts", "checksum")


def shown(point: RestorePoint) -> dict[str, Any]:
    """Return a restore point as the API shows it."""
    return {
        "id": point.pk,
        "name": point.name,
        "reason": point.reason,
        "by": point.by,
        "created_at": int(point.created_at.timestamp()),
        "revision": point.revision,
        "counts": point.counts,
        "checksum": point.checksum,
    }


def difference(one: Difference) -> dict[str, Any]:
    """Return a difference as the API shows it: values as [now, then], days by what they become."""
    kind, id = one.key
    name = (one.then or one.now).values["name"]
    told: dict[str, Any] = {"type": kind, "id": id, "what": one.what, "name": name}
    if one.what == "changes":
        told["fields"] = {name: list(pair) for name, pair in one.fields.items()}
        if kind == "habit":
            told["days"] = {
                "add": [day for day, done in one.days.items() if done],
                "del": [day for day, done in one.days.items() if not done],
            }
    return told


def _state(backup: Backup, revision: int, head: dict[str, Any]) -> StreamingHttpResponse:
    parts = exports.as_json(history.stills(backup, revision), head)
    return StreamingHttpResponse(parts, content_type="application/json")


def _restored(request: Request, revision: int, asked: dict[str, Any]) -> Response:
    actor = Actor.of(request.auth)
    done = restore.restore(request.auth.backup, revision, actor, expected=asked.get("expected"))
    pinned = shown(done.pinned) if done.pinned else None
    counts = tally(done.differences)
    return Response({"revision": done.revision, "counts": counts, "pinned": pinned})
