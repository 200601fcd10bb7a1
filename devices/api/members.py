"""The API of a device's people: members, invitations, and requests to join."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import mails
from devices import claims, invitations, lifecycle, members, roles
from devices.api.devices import find
from devices.models import Device, Membership
from devices.serializers import (
    AnswerSerializer,
    InvitationSerializer,
    RequestsSerializer,
    RoleSerializer,
    shown_invitation,
    shown_member,
    shown_request,
)
from planner.wire import body, checked


class MembersView(APIView):
    """GET who is at a device, and to its owner who may come; POST invites; PATCH takes requests."""

    def get(self, request: Request, pk: int) -> Response:
        return Response(_people(request, find(request, pk)))

    def post(self, request: Request, pk: int) -> Response:
        device = find(request, pk)
        wanted = checked(InvitationSerializer(data=body(request)))
        if wanted["address"]:
            made = invitations.invite_by_mail(device, by=request.user, **wanted)
            return Response(shown_invitation(made) | {"link": None}, status=201)
        made, secret = invitations.invite_by_link(device, by=request.user, role=wanted["role"])
        link = mails.absolute(invitations.path(secret))
        return Response(shown_invitation(made) | {"link": link}, status=201)

    def patch(self, request: Request, pk: int) -> Response:
        device = find(request, pk)
        wanted = checked(RequestsSerializer(data=body(request)))["takes_requests"]
        members.take_requests(device, by=request.user, wanted=wanted)
        return Response(_people(request, find(request, pk)))


class MemberView(APIView):
    """PATCH changes a member's role; DELETE removes the member, or lets the caller leave."""

    def patch(self, request: Request, pk: int, member: int) -> Response:
        role = checked(RoleSerializer(data=body(request)))["role"]
        changed = members.set_role(find(request, pk), member, role, by=request.user)
        return Response(shown_member(changed))

    def delete(self, request: Request, pk: int, member: int) -> Response:
        device = find(request, pk)
        if _is_own(request, device, member):
            lifecycle.leave(device, by=request.user)
        else:
            members.remove(device, member, by=request.user)
        return Response(status=204)


class InvitationView(APIView):
    """DELETE takes an open invitation back."""

    def delete(self, request: Request, pk: int, invitation: int) -> Response:
        invitations.cancel(find(request, pk), invitation, by=request.user)
        return Response(status=204)


class RequestView(APIView):
    """POST accepts or refuses a request to join."""

    def post(self, request: Request, pk: int, asked: UUID) -> Response:
        device = find(request, pk)
        answer = checked(AnswerSerializer(data=body(request)))
        claims.decide(device, asked, by=request.user, **answer)
        return Response(_people(request, device))


def _is_own(request: Request, device: Device, member: int) -> bool:
    return Membership.objects.filter(pk=member, device=device, user=request.user).exists()


def _people(request: Request, device: Device) -> dict:
    """Return the people of a device; who may come is for those alone who may share it."""
    people = device.memberships.select_related("user").order_by("pk")
    shares = roles.may(device.role, "share")
    open_invitations = device.invitations.open().order_by("pk") if shares else ()
    requests = device.claims.requests() if shares else ()
    return {
        "takes_requests": device.takes_requests,
        "members": [shown_member(one) for one in people],
        "invitations": [shown_invitation(one) for one in open_invitations],
        "requests": [shown_request(one) for one in requests],
    }
