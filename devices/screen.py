"""How a moment looks on the screen of a device."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as date_format

DATES = {"DMY": "D j M", "MDY": "D M j", "YMD": "D Y-m-d"}
TIMES = {24: "H:i", 12: "g:i A"}
TIMES_WITH_SECONDS = {24: "H:i:s", 12: "g:i:s A"}


def shown_moment(settings: Mapping[str, object], moment: datetime | None = None) -> str:
    """Return an aware moment, or now, by the settings: "Tue 14 Oct, 17:05"."""
    local = (moment or timezone.now()).astimezone(ZoneInfo(settings["time_zone"]))
    times = TIMES_WITH_SECONDS if settings["show_seconds"] else TIMES
    form = f"{DATES[settings['date_order']]}, {times[settings['hour_format']]}"
    return date_format(local, form)
