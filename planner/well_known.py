"""What programs look for below `/.well-known/` (RFC 8615)."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

GOOD_FOR = timedelta(days=180)
"""RFC 9116 wants less than a year. Whoever runs the server vouches for the address by that."""


@login_not_required
@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """Say whom to tell of a weakness (RFC 9116); 404 where nobody was named."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    day = (timezone.now() + GOOD_FOR).date()
    fields = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{datetime.combine(day, time(tzinfo=UTC)):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": ", ".join(code for code, _name in settings.LANGUAGES),
        "Canonical": f"{settings.SITE_URL}/.well-known/security.txt",
    }
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Lead a password manager to the page of a new password (W3C, change-password-url)."""
    return redirect("accounts:password")
