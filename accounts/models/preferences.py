"""How people like the web pages."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from planner.formats import Style


class Preferences(models.Model):
    """How a person likes the web pages; a device's own settings are the device's."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class TextSize(models.TextChoices):
        SMALL = "s", _("Small")
        MEDIUM = "m", _("Medium")
        LARGE = "l", _("Large")

    class HourFormat(models.IntegerChoices):
        DAY = 24, _("24 hours: 17:05")
        HALF = 12, _("12 hours: 5:05 PM")

    class DateOrder(models.TextChoices):
        DMY = "DMY", _("14 October 2026")
        MDY = "MDY", _("October 14, 2026")
        YMD = "YMD", _("2026-10-14")

    class WeekStart(models.TextChoices):
        MONDAY = "monday", _("Monday")
        SATURDAY = "saturday", _("Saturday")
        SUNDAY = "sunday", _("Sunday")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="preferences",
        verbose_name=_("user"),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme, default=Theme.AUTO)
    text_size = models.CharField(
        _("text size"), max_length=1, choices=TextSize, default=TextSize.MEDIUM
    )
    language = models.CharField(_("language"), max_length=16, default="en")
    hour_format = models.PositiveSmallIntegerField(
        _("clock"), choices=HourFormat, default=HourFormat.DAY
    )
    show_seconds = models.BooleanField(_("seconds"), default=False)
    date_order = models.CharField(
        _("dates"), max_length=3, choices=DateOrder, default=DateOrder.DMY
    )
    week_start = models.CharField(
        _("weeks begin on"), max_length=8, choices=WeekStart, default=WeekStart.MONDAY
    )
    single_keys = models.BooleanField(_("keys of one letter"), default=True)
    notice_silence = models.BooleanField(_("a mail when a device stays away"), default=True)
    notice_people = models.BooleanField(
        _("a mail when somebody joins or leaves a device"), default=True
    )
    notice_week = models.BooleanField(_("a mail at the beginning of each week"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.time_zone}"

    @property
    def style(self) -> Style:
        """How this person writes times and dates."""
        return Style(*(getattr(self, name) for name in Style._fields))
