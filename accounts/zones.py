"""The time zones that people and devices may choose, and those that are offered, by region."""

from importlib.resources import files
from itertools import groupby
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

# Some systems list files of their own beside the IANA names.
ZONES = tuple(sorted(available_timezones() - {"Factory", "localtime", "posixrules"}))

REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific"),
}


def _offered() -> list[str]:
    """Return the zones of IANA's table of countries, which has each place once, by its name."""
    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    places = (line.split("\t")[2] for line in table.splitlines() if not line.startswith("#"))
    return sorted(set(places) & set(ZONES))


def in_words(zone: str) -> str:
    """Return the name of a zone as people read it."""
    return zone.replace("_", " ")


OFFERED = _offered()
CHOICES = (
    ("UTC", "UTC"),
    *(
        (REGIONS[region], [(zone, in_words(zone.partition("/")[2])) for zone in zones])
        for region, zones in groupby(OFFERED, lambda zone: zone.partition("/")[0])
    ),
)
"""What a form offers: UTC, then the places of each region."""

OTHERS = tuple(sorted(set(ZONES) - set(OFFERED) - {"UTC"}))
"""Former names, abbreviations and offsets: taken from whoever has one, and offered to nobody."""
