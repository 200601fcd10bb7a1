"""`manage.py reseal`: after it no former key of SECOND_FACTOR_KEYS is needed."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import codes


class Command(BaseCommand):
    help = "Seal the secrets of all codes apps under the newest of SECOND_FACTOR_KEYS."

    def handle(self, **options: Any) -> None:
        if unreadable := codes.reseal():
            self.stderr.write(f"{unreadable} were sealed under a key that is gone; they stay.")
