"""Whose a plan still is after its device was released."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backups.models.entries import Backup
from devices.models import NAME_BYTES


class KeptPlan(models.Model):
    """A plan whose claim ended, for the former owner alone; the person stands here as an id."""

    backup = models.OneToOneField(Backup, models.CASCADE, primary_key=True, related_name="kept")
    person_id = models.BigIntegerField(db_index=True)
    name = models.CharField(_("name"), max_length=NAME_BYTES)
    serial = models.CharField(_("serial number"), max_length=20)
    released_at = models.DateTimeField(_("released"))

    class Meta:
        verbose_name = _("kept plan")
        verbose_name_plural = _("kept plans")

    def __str__(self) -> str:
        return self.name
