"""The tables behind `planner.buckets` and `planner.chores`."""

from django.db import models


class Bucket(models.Model):
    """A token bucket as one number: when it will be full again, in unix seconds.

    This is the "theoretical arrival time" of the generic cell rate algorithm (ITU-T I.371).
    """

    key = models.CharField(max_length=64, primary_key=True)
    full_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return self.key


class Chore(models.Model):
    """When a chore was done last, and since when a run is at it. `planner.chores` writes here."""

    name = models.CharField(max_length=64, primary_key=True)
    ran_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
