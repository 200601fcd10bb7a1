"""From the chosen-device cookie to `request.caller`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from devices import selection


class ChosenDeviceMiddleware:
    """Sets `request.caller` (a `Caller`, or false) when asked for, and keeps the cookie fresh."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.caller = SimpleLazyObject(lambda: selection.read(request).caller)
        response = self.get_response(request)
        selection.finish(request, response)
        return response
