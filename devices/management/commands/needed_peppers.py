"""`manage.py needed_peppers`: the ids of CLAIM_PEPPERS that codes on boxes still need."""

from typing import Any

from django.core.management.base import BaseCommand

from devices.models import Device


class Command(BaseCommand):
    help = "Write the ids of the peppers under which codes of units are hashed, one a line."

    def handle(self, **options: Any) -> None:
        units = Device.objects.exclude(state=Device.State.RETIRED)
        for pepper_id in units.order_by().values_list("pepper_id", flat=True).distinct():
            self.stdout.write(pepper_id)
