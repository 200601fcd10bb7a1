"""`manage.py after_restore`: what must be done when the database was put back from a backup."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import sessions
from devices.models import Device, PersonalToken

ADVICE = """Devices log in again with their keys and bring back by themselves what the backup lacks.
What people ended after the backup's time has to be ended again: releases, blocks, removed members,
closed accounts. The log names each: journalctl -u 'planner-*' --since TIME | grep planner.audit
A device that replaced its key after that time is refused until staff give it a new one."""


class Command(BaseCommand):
    help = "End every log-in and every token, so that none that was ended since the backup revives."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        """End them all, and say what is left to do."""
        people = sessions.end_everybodys()
        tokens = PersonalToken.objects.living().update(expires_at=timezone.now())
        devices = Device.objects.update(token_generation=F("token_generation") + 1)
        self.stdout.write(
            f"Ended: {people} log-ins, {tokens} personal tokens, the tokens of {devices} devices."
        )
        self.stdout.write(ADVICE)
