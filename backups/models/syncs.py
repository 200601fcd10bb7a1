"""What a device confirmed, and how its syncs went: beside the plan, where no push waits for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backups.models.entries import Backup

SLOW = 1_000
"""Milliseconds of a sync that staff hear of."""


class Confirmation(models.Model):
    """The revision up to which a device has read its plan, by the cursor that it came back with."""

    backup = models.OneToOneField(
        Backup, models.CASCADE, primary_key=True, related_name="confirmation"
    )
    revision = models.BigIntegerField()
    confirmed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.backup_id} r{self.revision}"


class SyncReport(models.Model):
    """One sync of a device that carried something, or failed.

    `up` counts items, of which `overruled` lost to a newer state and `rejected` were refused;
    `down` counts entries. `revision` is how far the answer brought the device: null when a refresh
    goes on. `result` is DONE, CUT or the slug of a problem.
    """

    DONE, CUT = "done", "cut"

    backup = models.ForeignKey(Backup, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("time"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"))
    up = models.PositiveIntegerField(_("changes up"))
    down = models.PositiveIntegerField(_("entries down"))
    overruled = models.PositiveIntegerField(_("overruled"))
    rejected = models.PositiveIntegerField(_("refused"))
    revision = models.BigIntegerField(null=True)
    result = models.CharField(_("result"), max_length=32)

    class Meta:
        verbose_name = _("sync report")
        verbose_name_plural = _("sync reports")
        indexes = (
            models.Index(fields=["backup", "-id"], name="sync_report_newest"),
            models.Index("at", condition=Q(milliseconds__gte=SLOW), name="sync_report_slow"),
        )

    def __str__(self) -> str:
        return f"{self.backup_id} {self.at:%Y-%m-%d %H:%M} {self.result}"

    @property
    def is_done(self) -> bool:
        """Whether the whole answer was sent, and was none of a problem."""
        return self.result == self.DONE
