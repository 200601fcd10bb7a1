"""The tries to claim a device."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.models.units import Device


class ClaimAttempt(models.Model):
    """One try: who, from which network, of which serial number, and what came of it."""

    class Result(models.TextChoices):
        ACCEPTED = "accepted", _("claimed")
        PENDING = "pending", _("waits for a yes")
        FAILED = "claim-failed", _("refused")
        CONFLICT = "conflict", _("not possible")
        THROTTLED = "throttled", _("too many tries")

    at = models.DateTimeField(_("time"), default=timezone.now, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="claim_attempts",
        verbose_name=_("account"),
    )
    device = models.ForeignKey(
        Device, models.SET_NULL, null=True, related_name="attempts", verbose_name=_("device")
    )
    serial_hash = models.CharField(_("serial number, hashed"), max_length=16, db_index=True)
    network = models.CharField(_("network"), max_length=43, blank=True)
    result = models.CharField(_("result"), max_length=12, choices=Result)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("try to claim")
        verbose_name_plural = _("tries to claim")
        indexes = [models.Index(fields=["result", "at"], name="attempt_result_at")]
        permissions = [("forgive_claimattempt", _("Can take back the limits of tries"))]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_result_display()}"
