"""What staff ask owners: whether a unit that is somebody's may get another key."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.units import Device

PERIOD = timedelta(days=7)


class RekeyRequestQuerySet(models.QuerySet):
    """Sets of requests."""

    def open(self) -> "RekeyRequestQuerySet":
        """Those that count still, of the claim that they were about; the clock decides."""
        asked_lately = self.filter(expires_at__gt=timezone.now())
        return asked_lately.filter(claim=models.F("device__claim"))


class RekeyRequest(models.Model):
    """A question to a device's owner, and the yes; it goes with the new key, a no, or the claim."""

    device = models.OneToOneField(Device, models.CASCADE, related_name="rekey_request")
    claim = models.UUIDField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500)
    expires_at = models.DateTimeField()
    granted_at = models.DateTimeField(null=True)

    objects = RekeyRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a new key")
        verbose_name_plural = _("requests for a new key")

    def __str__(self) -> str:
        return f"{self.device} · {self.expires_at:%Y-%m-%d}"
