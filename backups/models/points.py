"""Named places in the log of a plan, which are kept when the log around them is compacted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backups.kinds import NAME_BYTES
from backups.models.entries import Backup


class RestorePoint(models.Model):
    """A revision of a plan that stays reachable: what it held in numbers, and why it was made."""

    class Reason(models.TextChoices):
        NAMED = "named", _("Named")
        DAILY = "daily", _("Daily")
        RESTORE = "restore", _("Before a restore")
        DELETE = "delete", _("Before much was deleted")
        IMPORT = "import", _("Before an import")
        REPLACE = "replace", _("Before a replacement")
        HAND_OVER = "hand-over", _("Before a hand-over")
        RELEASE = "release", _("When the device was released")

    backup = models.ForeignKey(Backup, on_delete=models.PROTECT, related_name="points")
    revision = models.BigIntegerField()
    reason = models.CharField(max_length=9, choices=Reason)
    name = models.CharField(_("name"), max_length=NAME_BYTES, blank=True)
    person_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=150, blank=True)
    counts = models.JSONField()
    checksum = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["backup", "revision"], name="point_revision"),)

    def __str__(self) -> str:
        return self.name or str(self.get_reason_display())
