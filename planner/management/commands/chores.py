"""`manage.py chores`: does what is due, once or again and again."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from planner import chores

TOLD = {"done": "done", "failed": "failed", "left": "not due"}


class Command(BaseCommand):
    help = "Do the chores that are due and say what became of each. Meant to be run every hour."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Add what can be asked."""
        parser.add_argument("--all", action="store_true", help="also those that are not due")
        parser.add_argument("--watch", action="store_true", help="go on for ever, once an hour")

    def handle(self, *, all: bool, watch: bool, **options: Any) -> None:
        """Run once, with an error when a chore failed; or for ever."""
        failed = self._run(all_of_them=all)
        while watch:
            time.sleep(chores.HOUR)
            close_old_connections()
            failed = self._run(all_of_them=all)
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")

    def _run(self, *, all_of_them: bool) -> list[str]:
        failed = []
        for done in chores.run_due(all_of_them=all_of_them):
            rows = "" if done.rows is None else f", {done.rows}"
            self.stdout.write(f"{done.name}: {TOLD[done.outcome]}{rows}")
            if done.outcome == "failed":
                failed.append(done.name)
        return failed
