"""`manage.py doctor`: what is wrong with this installation, and what to do about it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from planner import doctor


class Command(BaseCommand):
    help = "Look at settings, database, clock, disks, chores, copies, mails: what is wrong."
    # It is asked when something is wrong, and looks at the same things itself.
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        """Say what was found; a fault ends with status 1."""
        faults = 0
        for about, found in doctor.examine():
            self.stdout.write(f"{about}: {'well' if not found else ''}".rstrip())
            for finding in found:
                style = self.style.ERROR if finding.level == "fault" else self.style.WARNING
                self.stdout.write(f"  {style(finding.level)}: {finding.words}")
                self.stdout.write(f"    {finding.remedy}")
                faults += finding.level == "fault"
        if faults:
            raise CommandError(f"{faults} to mend")
