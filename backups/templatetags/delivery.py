"""Whether an entry is on the device already, in words."""

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backups.models import Entry
from backups.views.plans import Plan
from planner import formats

register = template.Library()


@register.simple_tag
def on_device(entry: Entry, plan: Plan) -> str:
    """Return "waiting", or since when the device has the entry: "on the device since 14:02"."""
    since = plan.delivery.since(entry.revision)
    if since is None:
        return _("waiting for the device")
    local = timezone.localtime(since)
    if local.date() == timezone.localdate():
        return _("on the device since %(time)s") % {"time": formats.clock(local)}
    return _("on the device since %(day)s") % {"day": formats.short_day(local.date())}


@register.simple_tag
def waits(entry: Entry, plan: Plan) -> SafeString | str:
    """Return a small mark for an entry that the device has not fetched yet, else nothing.

    While the device has fetched nothing at all, the head of the page says so once for everything.
    """
    if plan.delivery.confirmation is None or not plan.delivery.is_waiting(entry.revision):
        return ""
    return _mark()


@formats.once
def _mark() -> SafeString:
    said = _("waiting for the device")
    return format_html('<span class="waits" role="img" title="{}"></span>', said)
