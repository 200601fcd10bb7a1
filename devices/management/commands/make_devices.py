"""`manage.py make_devices COUNT [--batch NAME] [--model PREFIX]`: new units as CSV."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from devices import inventory, serials
from devices.models import Batch


class Command(BaseCommand):
    help = "Make units and write their serials, claim codes and keys as CSV: they are shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help=f"how many, 1 to {inventory.MAX_COUNT}")
        parser.add_argument("--batch", help="name of a new or an existing batch")
        parser.add_argument("--model", metavar="PREFIX", help="prefix of the serials (SC)")

    def handle(self, *, count: int, batch: str | None, model: str | None, **options: Any) -> None:
        try:
            units = _make(count, batch or f"{timezone.now():%Y-%m-%d %H:%M:%S.%f}", model)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(inventory.as_csv(units), ending="")


@transaction.atomic
def _make(count: int, name: str, model: str | None) -> list[inventory.Unit]:
    prefix = serials.new_prefix("SC" if model is None else model)
    batch, is_new = Batch.objects.get_or_create(name=name, defaults={"prefix": prefix})
    if model is not None and batch.prefix != prefix:
        raise ValueError(f"The batch {name!r} has the prefix {batch.prefix}.")
    return inventory.make(batch, count)
