"""What makes the pages an app: its manifest, its service worker, and the page without a network."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

# Of the light theme's paper and ink; a manifest knows one theme and no oklch.
PAPER = "#fbf9f5"
ICONS = (
    ("app-192.png", 192, "any"),
    ("app-512.png", 512, "any"),
    ("mask-512.png", 512, "maskable"),
)


@login_not_required
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Answer what a browser needs to install the pages, in the reader's language."""
    icons = [
        {"src": static(f"icons/{file}"), "sizes": f"{size}x{size}", "purpose": purpose}
        for file, size, purpose in ICONS
    ]
    shortcuts = [
        {"name": name, "url": reverse(url)}
        for name, url in (
            (_("Tasks"), "backups:tasks"),
            (_("Calendar"), "backups:calendar"),
            (_("Habits"), "backups:habits"),
        )
    ]
    described = {
        "id": "/",
        "name": _("Planner"),
        "short_name": _("Planner"),
        "description": _("Tasks, events and habits of your planner devices."),
        "lang": get_language(),
        "start_url": reverse("backups:today"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [icon | {"type": "image/png"} for icon in icons],
        "shortcuts": shortcuts,
    }
    return JsonResponse(described, content_type="application/manifest+json")


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Answer the service worker; it stands at the root, so that it may serve every page."""
    return render(request, "worker.js", content_type="text/javascript")


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what is shown in place of a page that was not kept; it is kept itself, for everybody."""
    return render(request, "offline.html")
