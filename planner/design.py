"""The living style page, for development alone: the parts of the pages, and the pages of errors."""

import re
from datetime import timedelta
from pathlib import Path

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

TROUBLES = ("400", "403", "403_csrf", "404", "413", "429", "500", "502", "503", "offline")
COLOURS = (
    *("paper", "raised", "sunk", "line", "edge", "ink", "soft", "accent", "accent-deep"),
    *("accent-wash", "high", "high-wash", "medium", "medium-wash", "done", "done-wash"),
)


class Sample(forms.Form):
    """A form with a field of each shape; one of them is wrong."""

    name = forms.CharField(label=_("Name"), max_length=5, help_text=_("As people call it."))
    level = forms.ChoiceField(
        label=_("Priority"),
        choices=[("1", _("Low")), ("2", _("Medium")), ("3", _("High"))],
        widget=forms.RadioSelect({"class": "choices"}),
    )
    undated = forms.BooleanField(label=_("No date"), required=False)


@login_not_required
@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show every part, with every icon of the sprite."""
    sprite = Path(settings.BASE_DIR, "static", "icons", "sprite.svg").read_text()
    context = {
        "icons": re.findall(r'<symbol id="(\w+)"', sprite),
        "colours": COLOURS,
        "troubles": TROUBLES,
        "form": Sample({"name": "Too long a name", "level": "2"}),
    }
    return render(request, "design.html", context)


@login_not_required
@require_safe
def trouble(request: HttpRequest, name: str) -> HttpResponse:
    """Show the page of an error as if it had happened."""
    if name not in TROUBLES:
        raise Http404
    context = {
        "request_id": "0123456789abcdef0123456789abcdef",
        "detail": _("Too many tries."),
        "until": timezone.now() + timedelta(minutes=5),
        "typed": _("Water the plants"),
    }
    return render(request, f"{name}.html", context)
