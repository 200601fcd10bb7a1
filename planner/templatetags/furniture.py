"""What is alike on all pages: icons, and parts that say nothing of whoever reads. Built in."""

from functools import cache

from django import template
from django.conf import settings
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
def fixed(name: str) -> SafeString:
    """Return a part of a page that is the same for everybody with one language.

    It is made without the page's context, once in a process, but for development, where it changes.
    """
    make = _part.__wrapped__ if settings.DEBUG else _part
    return make(name, get_language())


@cache
def _part(name: str, language: str | None) -> SafeString:
    return render_to_string(name)
