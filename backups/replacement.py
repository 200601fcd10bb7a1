"""A new device in the place of an old one: the old plan is copied onto it, and stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext as _

from backups import changes, history, naming, restore, skips
from backups.actors import Actor
from backups.kinds import TYPES
from backups.models import Backup, KeptPlan, RestorePoint
from backups.stills import Difference, Entries, Still, differences
from devices import audit, lifecycle, roles
from devices.callers import Caller
from devices.models import Device
from planner.problems import RuleError

MERGE, OVERWRITE = "merge", "overwrite"
MODES = (MERGE, OVERWRITE)
Source = Device | KeptPlan


@dataclass(frozen=True)
class Preview:
    """What a replacement would do: the old plan's entries, and what becomes of the new one's."""

    counts: Mapping[str, int]
    there: int
    merged: list[Difference]
    overwritten: list[Difference]
    revision: int

    @property
    def is_needed(self) -> bool:
        """Whether the two plans differ."""
        return bool(self.overwritten)

    @property
    def must_choose(self) -> bool:
        """Whether the new device holds something that would go or change."""
        return any(one.now is not None for one in self.overwritten)

    def of(self, mode: str | None) -> list[Difference]:
        """Return what is written; RuleError `conflict` where somebody must choose first."""
        if mode is None and self.must_choose:
            raise RuleError(
                "conflict",
                _("The new device has a plan already. Choose whether to merge or to overwrite it."),
            )
        return self.merged if mode == MERGE else self.overwritten


def preview(new: Device, source: Source) -> Preview:
    """Return what bringing the old plan to the new device would do; both as they are now."""
    return _preview(Backup.objects.of(new), _plan_of(source))


@transaction.atomic
def replace(
    new: Device,
    source: Source,
    *,
    by: AbstractBaseUser,
    mode: str | None = None,
    expected: int | None = None,
) -> Preview:
    """Copy the plan of an old device, or a kept one, onto a new device, all of it or nothing.

    The old device's tokens die: what it had under way is wholly in the copy or not at all. With
    `expected`, the new plan must still be at that revision.

    Raises RuleError `forbidden` or `not-found` unless the person owns both, `conflict` for one and
    the same device and where a mode must be chosen, `quota-exceeded` when not all has room, and
    `precondition-failed`.
    """
    row, source = _lock(new, source, by)
    actor = Actor.of(Caller(row, by, roles.OWNER))
    locked = changes.lock(Backup.objects.of(row), actor)
    restore.check_revision(locked, expected)
    found = _preview(locked, _plan_of(source))
    restore.bring(locked, found.of(mode), actor, RestorePoint.Reason.REPLACE)
    skips.take_over(_backup_of(source), locked)
    audit.record("replace", by=by, device=row, after={"from": source.serial, "mode": mode})
    return found


def _lock(new: Device, source: Source, by: AbstractBaseUser) -> tuple[Device, Source]:
    """Return the device and the source under their locks; an old device's tokens are shut out."""
    is_device = isinstance(source, Device)
    if is_device and source.pk == new.pk:
        raise RuleError("conflict", _("A device cannot take its own place."))
    wanted = [new.pk, source.pk] if is_device else [new.pk]
    devices = Device.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    rows = {row.pk: row for row in devices}
    for row in rows.values():
        roles.check(row, by, "replace")
    if not rows[new.pk].is_claimed:
        raise RuleError("conflict", _("The new device is blocked."))
    if is_device:
        source = rows[source.pk]
        lifecycle.revoke_tokens(source)
    elif not Backup.objects.select_for_update(no_key=True).filter(pk=source.backup_id):
        # An erased plan is an empty one: to overwrite with it would delete what is there.
        raise RuleError("not-found", _("This plan is not kept any more."))
    return rows[new.pk], source


def _backup_of(source: Source) -> Backup:
    return Backup.objects.of(source) if isinstance(source, Device) else source.backup


def _plan_of(source: Source) -> Entries:
    backup = _backup_of(source)
    return history.plan(backup, backup.revision)


def _preview(target: Backup, then: Entries) -> Preview:
    now = history.plan(target, target.revision)
    overwritten = differences(now, then)
    beside = [merged for one in overwritten if (merged := _kept_beside(one))]
    return Preview(
        counts={kind: sum(key[0] == kind for key in then) for kind in TYPES},
        there=len(now),
        merged=naming.named(beside, naming.living(target)),
        overwritten=overwritten,
        revision=target.revision,
    )


def _kept_beside(one: Difference) -> Difference | None:
    """Return the difference without what would go: entries and days of the new device stay."""
    if one.then is None:
        return None
    if one.now is None:
        return one
    days = tuple(sorted({*one.now.days, *one.then.days}))
    merged = Still(*one.key, one.then.values, days)
    return Difference(one.now, merged) if merged != one.now else None
