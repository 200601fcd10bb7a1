"""Who I am: profile and preferences."""

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import emails, profile
from accounts.addresses import client_address
from accounts.serializers import MeSerializer, ProfileSerializer
from planner.wire import body, checked


class MeView(APIView):
    """Profile and preferences."""

    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    def patch(self, request: Request) -> Response:
        changes = checked(ProfileSerializer(data=body(request), partial=True))
        email = changes.pop("email", None)
        if email is not None:
            emails.allow(request.auth)
        with transaction.atomic():
            profile.change(request.user, **changes)
            if email is not None:
                emails.change(request.user, email, address=client_address(request))
        return Response(MeSerializer(request.user).data)
