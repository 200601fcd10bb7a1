"""`manage.py error_pages`: the pages that nginx shows when it answers by itself."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

TEMPLATES = {
    400: "400.html",
    404: "404.html",
    405: "400.html",
    413: "413.html",
    421: "400.html",
    429: "429.html",
    431: "400.html",
    503: "502.html",
}
REQUEST_ID = '<!--# echo var="request_id" -->'
"""What nginx's module for server-side includes puts the request's id in place of."""


class Command(BaseCommand):
    help = "Write nginx's error pages into STATIC_ROOT/errors; run it after collectstatic."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write each page in each language."""
        for language, _name in settings.LANGUAGES:
            folder = settings.STATIC_ROOT / "errors" / language
            folder.mkdir(parents=True, exist_ok=True)
            with translation.override(language):
                _write(folder)


def _write(folder: Path) -> None:
    context = {"request_id": mark_safe(REQUEST_ID)}  # noqa: S308 - a constant
    for status, template in TEMPLATES.items():
        (folder / f"{status}.html").write_text(render_to_string(template, context))
