"""Tokens for a name and a password, as text or in cookies; renewed, checked and ended."""

from django.middleware.csrf import rotate_token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies, passwords, second_factor, sessions
from accounts.addresses import client_address
from accounts.authentication import enforce_csrf
from accounts.serializers import (
    CredentialsSerializer,
    LoginSerializer,
    RefreshSerializer,
    VerifySerializer,
)
from accounts.sessions import Pair
from planner.wire import body, checked, no_body


class OpenView(APIView):
    """For callers who have no token yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class TokenView(OpenView):
    """A pair of tokens for a name or an e-mail address and a password."""

    def post(self, request: Request) -> Response:
        pair = _log_in(request, checked(CredentialsSerializer(data=body(request))))
        return Response({"access": pair.access, "refresh": pair.refresh})


class RefreshView(OpenView):
    """A new pair for a refresh token, which is used up."""

    def post(self, request: Request) -> Response:
        refresh = checked(RefreshSerializer(data=body(request)))["refresh"]
        pair = sessions.rotate(refresh, address=client_address(request))
        return Response({"access": pair.access, "refresh": pair.refresh})


class VerifyView(OpenView):
    """Tells whether a token of a person is good."""

    def post(self, request: Request) -> Response:
        sessions.verify(checked(VerifySerializer(data=body(request)))["token"])
        return Response({})


class LoginView(OpenView):
    """The same log-in as `TokenView`, into cookies."""

    def post(self, request: Request) -> Response:
        enforce_csrf(request)
        pair = _log_in(request, checked(LoginSerializer(data=body(request))))
        rotate_token(request._request)
        response = Response(status=204)
        cookies.set_pair(response, pair)
        cookies.clear_device(response)
        return response


class LogoutView(APIView):
    """Ends the log-in that the token or the cookies belong to."""

    def post(self, request: Request) -> Response:
        no_body(request)
        sessions.log_out(request.auth)
        response = Response(status=204)
        cookies.leave(response)
        return response


def _log_in(request: Request, given: dict) -> Pair:
    address, mark = client_address(request), cookies.mark(request)
    user = passwords.verify(given["username"], given["password"], address=address, mark=mark)
    needs_code = second_factor.has(user)
    if needs_code:
        second_factor.verify_given(user, given["otp"], address=address, mark=mark)
    return sessions.log_in(
        user,
        remember=given.get("remember", False),
        verified=needs_code,
        user_agent=request.headers.get("User-Agent", ""),
        address=address,
        known=cookies.is_known(request, user),
    )
