"""A file that was looked at and waits for a yes."""

import uuid

from django.db import models

from backups.models.entries import Backup


class WaitingImport(models.Model):
    """What a person's file holds, between its preview and the import; forgotten after a day.

    `content` is the canonical JSON of its plan, deflated; `faults` are [place, detail], `unsaid`
    the fields that the file's form does not know, `notes` what is read otherwise than written.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    backup = models.ForeignKey(Backup, models.CASCADE, related_name="+")
    person_id = models.BigIntegerField()
    mode = models.CharField(max_length=7)
    content = models.BinaryField()
    faults = models.JSONField()
    unsaid = models.JSONField(default=list)
    notes = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.backup_id} {self.created_at:%Y-%m-%d %H:%M}"
