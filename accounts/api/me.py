"""Who I am: profile and preferences."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import profile
from accounts.serializers import MeSerializer, ProfileSerializer
from planner.wire import body, checked


class MeView(APIView):
    """Profile and preferences."""

    def get(self, request: Request) -> Response:
        return Response(MeSerializer(request.user).data)

    def patch(self, request: Request) -> Response:
        changes = checked(ProfileSerializer(data=body(request), partial=True))
        profile.change(request.user, **changes)
        return Response(MeSerializer(request.user).data)
