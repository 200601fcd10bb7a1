"""From the log-in's cookies to `request.user` and `request.login`."""

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from accounts import cookies
from accounts.models import User


class CookieUserMiddleware(AuthenticationMiddleware):
    """Sets `request.user` and `request.login` (an `accounts.Session`, or false) when asked for.

    An expired access token is renewed on the way, and the response carries the new cookies. It
    takes the place of the class it extends, so that Django's system checks know it.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.login = SimpleLazyObject(lambda: cookies.read(request).session)
        request.user = SimpleLazyObject(lambda: _user(request))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        cookies.finish(request, response)
        return response


def _user(request: HttpRequest) -> User | AnonymousUser:
    session = cookies.read(request).session
    return session.user if session else AnonymousUser()
