"""The API of devices: what a person does with theirs, and what a device asks for itself."""

from collections.abc import Iterable

from django.shortcuts import get_object_or_404
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.addresses import client_address
from accounts.tokens import bearer
from devices import claims, keys, lifecycle, personal_tokens, presence, prompts, selection
from devices.authentication import ByKey, MayClaim, OwnAuthentication, PersonAuthentication
from devices.models import Claim, Device, DeviceQuerySet, PersonalToken
from devices.serializers import (
    AnswerSerializer,
    ChangeSerializer,
    ClaimSerializer,
    KeySerializer,
    OwnKeySerializer,
    ReportSerializer,
    shown,
    shown_people,
    shown_to_device,
    shown_waiting,
)
from planner.times import now
from planner.wire import body, checked, no_body


class DevicesView(APIView):
    """GET the caller's devices; POST claims one."""

    authentication_classes = (PersonAuthentication,)
    permission_classes = (IsAuthenticated, MayClaim)

    def get(self, request: Request) -> Response:
        return Response(_shown(_devices(request)))

    def post(self, request: Request) -> Response:
        label = checked(ClaimSerializer(data=body(request)))
        claim = claims.claim(request.user, **label, address=client_address(request))
        if claim.state == Claim.State.PENDING:
            return Response(shown_waiting(claim), status=202)
        where = {"Location": f"{request.path}{claim.device_id}/"}
        return Response(_shown([find(request, claim.device_id)])[0], status=201, headers=where)


class DeviceView(APIView):
    """GET one of the caller's devices; PATCH name and settings; DELETE releases or leaves it."""

    def get(self, request: Request, pk: int) -> Response:
        return Response(_shown([find(request, pk)])[0])

    def patch(self, request: Request, pk: int) -> Response:
        device = find(request, pk)
        changes = checked(ChangeSerializer(data=body(request), partial=True))
        lifecycle.change(device, by=request.user, **changes)
        return Response(_shown([find(request, pk)])[0])

    def delete(self, request: Request, pk: int) -> Response:
        device = find(request, pk)
        lifecycle.part(device, by=request.user, role=device.role)
        return Response(status=204)


class MemberTokenView(APIView):
    """POST gives the caller a device token; with a log-in by cookies it chooses the device too."""

    authentication_classes = (PersonAuthentication,)

    def post(self, request: Request, pk: int) -> Response:
        device = find(request, pk)
        no_body(request)
        if bearer(request.headers.get("Authorization")) is not None:
            return Response(selection.grant(request.auth, device)._asdict())
        response = Response()
        response.data = selection.choose(response, request.auth, device)._asdict()
        return response


class DeviceTokenView(APIView):
    """POST gives a device its token for serial and key, and tells it whose it is."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def post(self, request: Request) -> Response:
        device, access = keys.access(**checked(KeySerializer(data=body(request))))
        return Response(
            {
                **access._asdict(),
                "claimed": device.is_claimed,
                "claim": device.claim,
                "rekey": device.rekey != Device.Rekey.NO,
                "server_time": now(),
            }
        )


class OwnView(APIView):
    """For the device itself, with a token got by its key."""

    authentication_classes = (OwnAuthentication,)
    permission_classes = (ByKey,)


class OwnDeviceView(OwnView):
    """GET what a device should know about itself; PATCH what it tells about itself."""

    def get(self, request: Request) -> Response:
        return Response(_own(request.auth.device))

    def patch(self, request: Request) -> Response:
        facts = checked(ReportSerializer(data=body(request), partial=True))
        presence.report(request.auth.device, facts)
        return Response(_own(request.auth.device))


class OwnClaimView(OwnView):
    """POST accepts or refuses the claim that waits."""

    def post(self, request: Request) -> Response:
        answer = checked(AnswerSerializer(data=body(request)))
        claims.answer(request.auth.device, **answer)
        return Response(status=204)


class OwnKeyView(OwnView):
    """POST brings the key that the device made for itself."""

    def post(self, request: Request) -> Response:
        keys.offer(request.auth.device, **checked(OwnKeySerializer(data=body(request))))
        return Response(status=204)


class OwnResetView(OwnView):
    """POST ends the claim, asked for by the device's own factory reset."""

    def post(self, request: Request) -> Response:
        no_body(request)
        lifecycle.reset(request.auth.device)
        return Response(status=204)


def _devices(request: Request) -> DeviceQuerySet:
    found = Device.objects.of(request.user).select_related("last_seen").order_by("pk")
    if isinstance(request.auth, PersonalToken):
        return personal_tokens.reached(found, request.auth)
    return found


def find(request: Request, pk: int) -> Device:
    """Return one of the caller's devices, with the caller's role, or raise Http404."""
    return get_object_or_404(_devices(request), pk=pk)


def _shown(devices: Iterable[Device]) -> list[dict]:
    return [shown(device) for device in presence.with_pending(devices)]


def _own(device: Device) -> dict:
    return {
        "id": device.pk,
        "serial": device.serial,
        "name": device.name,
        "claimed": device.is_claimed,
        "claim": device.claim,
        "people": shown_people(device),
        "settings": device.shown_settings,
        "settings_revision": device.settings_revision,
        "pending_claim": shown_to_device(prompts.on_screen(device)),
        "server_time": now(),
    }
