"""Figures that take long to count, as they were counted last."""

from django.db import models


class Figure(models.Model):
    """What a chore counted, by name: plain values, of devices and never of plans' contents."""

    name = models.CharField(primary_key=True, max_length=40)
    value = models.JSONField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.made_at:%Y-%m-%d %H:%M}"
