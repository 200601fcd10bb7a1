"""How a device is, for its page: what waits, room, clock and last syncs, in words."""

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backups import status
from backups.models import SyncReport
from backups.reports import MOST_COUNTED
from backups.status import Status
from devices import silence
from devices.models import Device
from planner.slugs import KINDS

register = template.Library()

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MIB = 1024 * 1024


@register.simple_tag
def status_of(device: Device) -> Status | None:
    """Return how a device is; None while nobody owns it."""
    return status.of(device)


@register.filter
def is_missed(device: Device) -> bool:
    """Return whether the device is silent for longer than is its habit."""
    return silence.is_too_long(device)


@register.filter
def waiting_words(count: int) -> str:
    """Return how many entries a device has not fetched, of which not all may be counted."""
    if not count:
        return _("Nothing waits for the tablet")
    if count >= MOST_COUNTED:
        words = _("%(count)s entries and more wait for the tablet")
        return words % {"count": number_format(count, force_grouping=True)}
    words = ngettext(
        "%(count)s entry waits for the tablet", "%(count)s entries wait for the tablet", count
    )
    return words % {"count": count}


@register.filter
def clock_words(offset: int) -> str:
    """Return how a clock goes that is so many seconds behind: "right", "2 h behind"."""
    if not offset:
        return _("right")
    words = {"time": _about(abs(offset))}
    return _("%(time)s behind") % words if offset > 0 else _("%(time)s ahead") % words


@register.filter
def mebibytes(count: int) -> str:
    """Return a number of bytes as devices count their room: "0.3 MB"."""
    return number_format(max(count / MIB, 0.1), 1) if count else "0"


@register.filter
def result_words(sync: SyncReport) -> str:
    """Return how a sync ended."""
    if sync.is_done:
        return _("Done")
    if sync.result == SyncReport.CUT:
        return _("Cut off: it goes on at the next sync")
    kind = KINDS.get(sync.result)
    return str(kind.title) if kind else sync.result


def _about(seconds: int) -> str:
    if seconds < HOUR:
        return _("%(count)d min") % {"count": seconds // MINUTE}
    if seconds < DAY:
        return _("%(count)d h") % {"count": seconds // HOUR}
    return _("%(count)d days") % {"count": seconds // DAY}
