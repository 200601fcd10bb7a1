"""Asking again before danger: pages that want a proof of the last ten minutes."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.onward import asked_page

View = Callable[..., HttpResponse]


def recently_confirmed(view: View) -> View:
    """Let a page or an action through within ten minutes of a log-in or of asking again.

    Else the person is led to `/account/confirm/` and from there back: to the page itself, and for
    an action to the page that its form named as `next`, to press the button again.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return confirmation(request) or view(request, *args, **kwargs)

    return wrapped


def confirmation(request: HttpRequest) -> HttpResponse | None:
    """Return the way to `/account/confirm/` and back, or None to whoever proved lately."""
    if sessions.is_confirmed(request.login):
        return None
    if request.method == "GET":
        back = request.get_full_path()
    else:
        back = asked_page(request) or request.get_full_path()
        messages.info(request, _("Nothing was changed yet. Confirm, then do it again."))
    return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': back})}")
