"""The time zones that people and devices may choose."""

from zoneinfo import available_timezones

# Some systems list files of their own beside the IANA names.
ZONES = tuple(sorted(available_timezones() - {"Factory", "localtime", "posixrules"}))
CHOICES = tuple((zone, zone.replace("_", " ")) for zone in ZONES)
