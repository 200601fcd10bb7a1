"""What a page says to its reader."""

import re
from html import unescape

from django.http import HttpResponse


def text(response: HttpResponse) -> str:
    """Return what a page says, without markup and with single spaces."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def toasts(response: HttpResponse) -> list[str]:
    """Return what a page says after a form was sent, without the buttons."""
    return [str(message) for message in response.context["messages"]]
