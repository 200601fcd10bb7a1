"""How often a device is usually heard of, so that an unusual silence is noticed."""

from django.db import models

from devices.models.units import Device


class Rhythm(models.Model):
    """When a device was heard of at the last look, and its longest absence of late, in seconds.

    `told_at` is when its owner was told of the present absence.
    """

    device = models.OneToOneField(Device, models.CASCADE, primary_key=True, related_name="rhythm")
    seen_at = models.DateTimeField()
    longest = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.device_id}: {self.longest} s"
