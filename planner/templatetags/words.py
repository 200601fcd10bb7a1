"""Times and dates as the reader says and writes them, for the templates of every package."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planner import formats

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago an aware moment was: "just now", "2 min ago", "3 days ago"."""
    if moment is None:
        return _("never")
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        return _("%(count)d min ago") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)d h ago") % {"count": seconds // HOUR}
    days = seconds // DAY
    return ngettext("%(count)d day ago", "%(count)d days ago", days) % {"count": days}


@register.simple_tag
def ago_time(moment: datetime) -> SafeString:
    """Return the same as an element, which a script keeps true while the page is open."""
    return format_html(
        '<time data-ago datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        formats.moment(moment),
        ago(moment),
    )


@register.filter
def moment(at: datetime) -> str:
    """Return when something happened, on the reader's clock: "Tue 14 Oct, 17:05"."""
    return formats.moment(at)


@register.filter
def full_moment(at: datetime) -> str:
    """Return when something happened, with the year: "14 October 2026, 17:05"."""
    return formats.full_moment(at)


@register.filter
def clock(at: datetime) -> str:
    """Return the time of a moment on the reader's clock: "17:05"."""
    return formats.clock(timezone.localtime(at))


@register.filter
def full_day(day: date) -> str:
    """Return a day in full: "Tuesday, 14 October 2026"."""
    return formats.full_day(day)


@register.filter
def written(day: date, kind: str) -> str:
    """Return a day without its weekday: short ("14 Oct"), long, short-year or long-year.

    Of a moment, its day on the reader's clock.
    """
    local = timezone.localtime(day) if isinstance(day, datetime) else day
    return formats.written(local, kind)


@register.simple_tag
def short_days() -> dict[str, str]:
    """Return how short days are written, by the order of a date."""
    return formats.short_days()


@register.filter
def month(day: date) -> str:
    """Return the month that a day is in: "October 2026"."""
    return formats.month(day)
