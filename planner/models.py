"""The table behind `planner.buckets`."""

from django.db import models


class Bucket(models.Model):
    """A token bucket as one number: when it will be full again, in unix seconds.

    This is the "theoretical arrival time" of the generic cell rate algorithm (ITU-T I.371).
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key
