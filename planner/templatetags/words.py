"""Times as people say them, for the templates of every package."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
