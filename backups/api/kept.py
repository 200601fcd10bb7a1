"""Plans of released devices, and bringing one, or that of an old device, to a new device."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backups import kept, replacement
from backups.models import KeptPlan
from backups.replacement import MODES, Preview, Source
from backups.stills import tally
from devices.models import Device
from planner.wire import StrictInteger, StrictSerializer, StrictText, body, checked

LARGEST_ID = 2**63 - 1


class ReplaceSerializer(StrictSerializer):
    """Where the plan comes from, and what becomes of one that is there."""

    old = StrictInteger(min_value=1, max_value=LARGEST_ID, required=False)
    kept = StrictText(max_bytes=36, required=False)
    mode = serializers.ChoiceField(choices=MODES, required=False)

    def validate_kept(self, value: str) -> UUID:
        try:
            return UUID(value)
        except ValueError:
            raise serializers.ValidationError(_("An id is a UUID."), "not-uuid") from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("old" in attrs) == ("kept" in attrs):
            raise serializers.ValidationError({"old": [_("Name `old` or `kept`, one of the two.")]})
        return attrs


class ReplaceView(APIView):
    """POST copies an old device's plan, or a kept one, onto this device."""

    def post(self, request: Request, pk: int) -> Response:
        new = get_object_or_404(Device.objects.of(request.user), pk=pk)
        asked = checked(ReplaceSerializer(data=body(request)))
        source = _source(request, asked)
        done = replacement.replace(new, source, by=request.user, mode=asked.get("mode"))
        return Response(_told(done, asked.get("mode")))


class KeptPlansView(APIView):
    """GET the plans that are kept for the caller."""

    def get(self, request: Request) -> Response:
        return Response([shown(plan) for plan in kept.of(request.user)])


class KeptPlanView(APIView):
    """GET one of them; DELETE erases it at once."""

    def get(self, request: Request, id: UUID) -> Response:
        return Response(shown(_kept(request, id)))

    def delete(self, request: Request, id: UUID) -> Response:
        kept.erase(_kept(request, id))
        return Response(status=204)


def shown(plan: KeptPlan) -> dict[str, Any]:
    """Return a kept plan as the API shows it."""
    return {
        "id": plan.backup.claim,
        "name": plan.name,
        "serial": plan.serial,
        "released": int(plan.released_at.timestamp()),
        "until": int(kept.until(plan).timestamp()),
        "entries": plan.backup.live_count,
    }


def _kept(request: Request, id: UUID) -> KeptPlan:
    return get_object_or_404(kept.of(request.user), backup__claim=id)


def _source(request: Request, asked: dict[str, Any]) -> Source:
    if "kept" in asked:
        return _kept(request, asked["kept"])
    return get_object_or_404(Device.objects.of(request.user), pk=asked["old"])


def _told(done: Preview, mode: str | None) -> dict[str, Any]:
    return {"plan": dict(done.counts), "counts": tally(done.of(mode))}
