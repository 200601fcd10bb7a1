"""Pages that grow while the work that they tell of is done."""

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.admin import AdminSite
from django.db import DatabaseError
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _

from devices.admin.units import NOT_KEPT
from devices.models import Batch
from planner.logging import kind_of, request_id
from planner.problems import RuleError

PARTED = "<!-- here -->"

log = logging.getLogger("planner.factory")


def grown(
    request: HttpRequest, site: AdminSite, title: Any, parts: Iterable[str]
) -> StreamingHttpResponse:
    """Answer with a page whose parts, HTML each, are sent as soon as they are made."""
    context = {**site.each_context(request), "title": title, "opts": Batch._meta}
    page = render_to_string("admin/devices/batch/growing.html", context, request)
    # What is compressed comes all at once, at the end.
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"
    headers = {**NOT_KEPT, "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(_told(page, parts, request_id.get()), headers=headers)


def progress(words: Any, done: int, total: int) -> str:
    """Return a line that tells how far the work is; its whole may not be known yet."""
    if not total:
        return format_html("<p>{} · {}</p>\n", words, done)
    return format_html(
        '<p>{} <progress aria-label="{}" value="{}" max="{}"></progress> {} / {}</p>\n',
        words,
        words,
        done,
        total,
        done,
        total,
    )


def _told(page: str, parts: Iterable[str], id_: str) -> Iterator[str]:
    """Return the page in parts: its head, those that the work makes, its end."""
    head, _parted, end = page.partition(PARTED)
    yield head
    # The answer's parts are made after the middleware has put its id away.
    request_id.set(id_)
    try:
        yield from parts
    except RuleError as error:
        yield _failed(error.detail)
    except DatabaseError as error:
        log.warning("units could not be stored: %s", kind_of(error))
        yield _failed(_("The database is away. Nothing was stored: try again."))
    finally:
        request_id.set("-")
    yield end


def _failed(words: str) -> str:
    return render_to_string("admin/devices/batch/_failed.html", {"faults": [(0, words)]})
