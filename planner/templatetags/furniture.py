"""What is alike on all pages: icons, and parts that say nothing of whoever reads. Built in."""

from base64 import b64encode
from functools import cache
from hashlib import sha384

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Return a picture of the sprite; what stands beside it says what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag
@cache
def script(name: str, how: str = "module") -> SafeString:
    """Return the tag of a script of ours, which a browser runs only with the content it has now."""
    way = "defer" if how == "defer" else format_html('type="{}"', how)
    return format_html('<script {} src="{}"{}></script>', way, static(name), _integrity(name))


@register.simple_tag
@cache
def module(name: str) -> SafeString:
    """Return the tag of a module that scripts import: it comes with them, and as unchanged."""
    return format_html('<link rel="modulepreload" href="{}"{}>', static(name), _integrity(name))


def _integrity(name: str) -> SafeString | str:
    # In development files change, and have no stored name.
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return ""
    with staticfiles_storage.open(staticfiles_storage.stored_name(name)) as file:
        digest = b64encode(sha384(file.read()).digest()).decode()
    return format_html(' integrity="sha384-{}"', digest)


@register.simple_tag
def fixed(name: str) -> SafeString:
    """Return a part of a page that is the same for everybody with one language.

    It is made without the page's context, once in a process, but for development, where it changes.
    """
    make = _part.__wrapped__ if settings.DEBUG else _part
    return make(name, get_language())


@cache
def _part(name: str, language: str | None) -> SafeString:
    return render_to_string(name)
