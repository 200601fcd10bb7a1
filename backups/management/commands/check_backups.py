"""`manage.py check_backups`: restore points, compared with their checksums; and whose rows are."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backups import checks
from backups.models import RestorePoint


class Command(BaseCommand):
    help = "Check that restore points show what they showed when they were made; some, or all."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what can be asked."""
        parser.add_argument("--all", action="store_true", help="every point and every row")

    def handle(self, *, all: bool, **options: Any) -> None:
        """Check, say how many, and end with an error when one is not whole."""
        every = RestorePoint.objects.select_related("backup").order_by("pk")
        points = list(every) if all else list(checks.sample())
        if found := checks.broken(points):
            raise CommandError(f"not whole: {', '.join(map(str, found))}")
        if all and (tables := checks.strays()):
            raise CommandError(f"rows of no plan: {', '.join(tables)}")
        self.stdout.write(f"{len(points)} restore points are whole.")
