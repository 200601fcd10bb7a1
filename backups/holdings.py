"""The plans of a person: taken along as files, and without the name of who has left."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.holdings import Fate, File, erases, foretells, gathers
from accounts.models import User
from backups import exports, history, kept, logs, skips
from backups.ics import as_ics
from backups.models import (
    Backup,
    Commit,
    KeptPlan,
    KeptPush,
    Overruled,
    RestorePoint,
    WaitingImport,
)
from backups.tables import TABLES, as_csv
from devices.models import Device
from planner import times

FORMER = "former member"


@gathers
def gather(user: User) -> Iterator[File]:
    """Yield the plans of all devices that the person may look at, and those kept for them."""
    for device in Device.objects.of(user).order_by("pk"):
        for backup in Backup.objects.filter(claim=device.claim):
            yield from _plan(f"{device.pk}-{device.name}", backup, ZoneInfo(device.time_zone))
    for plan in kept.of(user):
        yield from _plan(f"kept {plan.pk}-{plan.name}", plan.backup, ZoneInfo("UTC"))


def _plan(name: str, backup: Backup, zone: ZoneInfo) -> Iterator[File]:
    """Yield one plan in four forms and its history, each read again at the same revision."""
    folder, revision, now = f"plans/{slugify(name)}", backup.revision, times.now()
    yield File(f"{folder}/plan.json", exports.as_json(history.stills(backup, revision)))
    yield File(f"{folder}/plan.ics", as_ics(history.stills(backup, revision), made_at=now))
    for name, table in TABLES.items():
        stills = history.stills(backup, revision)
        yield File(f"{folder}/{name}.csv", as_csv(table, stills, zone))
    yield File(f"{folder}/history.json", logs.as_json(backup, revision))
    yield File(f"{folder}/skipped.json", [skips.as_json(backup)])


@foretells
def foretell(user: User) -> Iterator[Fate]:
    """Yield which plans of former devices are erased."""
    for plan in kept.of(user):
        yield Fate(_("The plan that was kept of “%(name)s” is erased.") % {"name": plan.name})


@erases
def unname(user: User) -> None:
    """Take the person's name out of the logs, and forget the plans kept for them."""
    mine = Commit.objects.filter(person_id=user.pk)
    # What lost a merge knows its author by name alone, and may be all that a person ever sent.
    present = Backup.objects.filter(claim__in=Device.objects.of(user).values("claim"))
    named = {(plan, str(user)) for plan in present.values_list("pk", flat=True)}
    for plan, name in named.union(mine.values_list("backup_id", "by").distinct()):
        lost = Overruled.objects.filter(backup_id=plan, source=Commit.Source.PERSON, by=name)
        lost.update(by=FORMER)
    for rows in (mine, RestorePoint.objects.filter(person_id=user.pk)):
        rows.update(person_id=None, by=FORMER)
    WaitingImport.objects.filter(person_id=user.pk).delete()
    KeptPush.objects.filter(caller=f"{Commit.Source.PERSON}:{user.pk}").delete()
    for plan in KeptPlan.objects.filter(person_id=user.pk).select_related("backup"):
        kept.erase(plan)
