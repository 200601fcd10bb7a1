"""Who calls the API: a person by a bearer token, or by cookies with Django's CSRF check."""

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts import cookies, sessions
from accounts.models import Session, User
from accounts.tokens import UserAccess, bearer


class UserAuthentication(BaseAuthentication):
    """`request.user` is the person and `request.auth` the log-in, an `accounts.Session`."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        text = bearer(request.headers.get("Authorization"))
        session = by_cookie(request) if text is None else sessions.find(UserAccess.read(text))
        return session and (session.user, session)

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def by_cookie(request: Request) -> Session | None:
    """Return the log-in of the cookies, None without any; unsafe methods need a CSRF token."""
    found = cookies.read(request._request)
    if found.error:
        raise found.error
    if found.session:
        enforce_csrf(request)
    return found.session


def enforce_csrf(request: Request) -> None:
    """Run Django's CSRF check, the `Origin` header included, for an unsafe method."""
    check = CSRFCheck(_no_response)
    check.process_request(request)
    if reason := check.process_view(request, None, (), {}):
        raise PermissionDenied(reason)


def _no_response(request: HttpRequest) -> None:
    """The middleware's next step, which DRF's use of it never takes."""
