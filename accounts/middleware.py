"""From the log-in's cookies to `request.user` and `request.login`, and to the person's language."""

from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from rest_framework.permissions import SAFE_METHODS

from accounts import cookies
from accounts.models import User
from accounts.reading import as_read_by


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


class LogInFirstMiddleware(LoginRequiredMiddleware):
    """Leads strangers to the log-in, and then on: with a form that was sent, to its page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable) -> HttpResponse:
        here = request.build_absolute_uri("/")
        came_from = request.headers.get("Referer", "").partition("#")[0]
        if request.method in SAFE_METHODS or not came_from.startswith(here):
            return super().handle_no_permission(request, view_func)
        page = "/" + came_from.removeprefix(here)
        return redirect_to_login(page, self.get_login_url(view_func))


class PreferencesMiddleware:
    """Makes pages as the person likes them: language, time zone, clock and dates.

    A stranger gets the language that the browser asks for. All of it ends with the page, and the
    API speaks to programs: English, in unix seconds.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/api/"):
            return self.get_response(request)
        known = getattr(request.user, "preferences", None)
        language = known.language if known else translation.get_language_from_request(request)
        with as_read_by(known, language=language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not known:
            patch_vary_headers(response, ("Accept-Language",))
        return response
