"""How a moment looks on the screen of a device."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from planner import formats
from planner.formats import Style


def shown_moment(settings: Mapping[str, object], moment: datetime | None = None) -> str:
    """Return an aware moment, or now, by the settings: "Tue 14 Oct, 17:05"."""
    local = (moment or timezone.now()).astimezone(ZoneInfo(settings["time_zone"]))
    style = Style(settings["hour_format"], settings["show_seconds"], settings["date_order"])
    with formats.override(style):
        return f"{formats.short_day(local.date())}, {formats.exact_clock(local)}"
