"""The log of a plan: who changed what, what lost, and what was answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backups.models.entries import fingerprint, part_of_plan


class Commit(models.Model):
    """One request that changed something: who and when, and the fingerprint of its revision."""

    class Source(models.TextChoices):
        DEVICE = "device", _("Device")
        PERSON = "person", _("Person")
        SERVER = "server", _("Server")
        RESTORE = "restore", _("Restore")
        IMPORT = "import", _("Import")

    backup = part_of_plan()
    revision = models.BigIntegerField()
    fingerprint = models.BinaryField(max_length=8, default=fingerprint)
    source = models.CharField(max_length=8, choices=Source)
    person_id = models.BigIntegerField(null=True)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["backup", "revision"], name="commit_revision"),
        )

    def __str__(self) -> str:
        return f"{self.backup_id} r{self.revision}"


ITSELF = -1
"""Stands in a change's `day` when the change is of the entry, not of a habit's day."""


class Change(models.Model):
    """The append-only history: an entry, or a day of a habit, as it was after a commit.

    `day` is ITSELF for the entry itself; 0 is the first of January 1970. `entry` holds its
    registers and whether it is alive.
    """

    pk = models.CompositePrimaryKey("backup", "type", "uuid", "day", "revision")
    backup = part_of_plan(constrained=False)
    revision = models.BigIntegerField()
    type = models.CharField(max_length=5)
    uuid = models.UUIDField()
    day = models.BigIntegerField(default=ITSELF)
    entry = models.JSONField()

    class Meta:
        indexes = (models.Index(fields=["backup", "revision"], name="change_revision"),)

    def __str__(self) -> str:
        return f"{self.type} {self.uuid} r{self.revision}"


class Overruled(models.Model):
    """What lost a merge, kept once however often it is sent; it raises no revision."""

    backup = part_of_plan()
    key = models.CharField(max_length=64)
    type = models.CharField(max_length=5)
    uuid = models.UUIDField()
    field = models.CharField(max_length=24)
    value = models.JSONField()
    stamp = models.BigIntegerField()
    reason = models.CharField(max_length=16)
    source = models.CharField(max_length=8, choices=Commit.Source)
    by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["backup", "key"], name="overruled_once"),)

    def __str__(self) -> str:
        return f"{self.field} of {self.type} {self.uuid}"


class KeptPush(models.Model):
    """What was answered to a push with an `Idempotency-Key`, by whom it was sent."""

    backup = part_of_plan()
    caller = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["backup", "caller", "key"], name="kept_push_once"),
        )

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
