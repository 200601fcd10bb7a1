"""Texts in which `…` marks what stands in code, as the API's document has them."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def codes(text: str) -> SafeString:
    """Show what stands between two backticks as code."""
    parts = str(text).split("`")
    shown = (
        (format_html("<code>{}</code>" if number % 2 else "{}", part),)
        for number, part in enumerate(parts)
    )
    return format_html_join("", "{}", shown)
