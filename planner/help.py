"""The pages that explain the product itself: keys, accessibility, privacy."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


def _page(name: str) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view of a page of words, with the menu for a reader who is logged in."""

    @login_not_required
    @require_safe
    def page(request: HttpRequest) -> HttpResponse:
        frame = "base.html" if request.user.is_authenticated else "centred.html"
        return render(request, f"help/{name}.html", {"frame": frame})

    return page


keys = _page("keys")
accessibility = _page("accessibility")
privacy = _page("privacy")
