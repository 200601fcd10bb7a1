"""Plans from files: what a file holds, what it would change, and the import as one commit."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from backups import changes, history, naming
from backups.actors import Actor
from backups.calendars import UNKNOWN_DAY
from backups.items import Item, Refused, read
from backups.kinds import FIELD_WORDS, KINDS
from backups.models import Backup, Commit, RestorePoint
from backups.restore import Restored, bring
from backups.stills import Difference, Entries, Still, differences, tally
from planner.problems import RuleError

MERGE, REPLACE = "merge", "replace"
ERRORS_KEPT = 100
NOTES = {
    "zoneless": ngettext_lazy(
        "%(count)d time has no zone: it is read on the device's clock.",
        "%(count)d times have no zone: they are read on the device's clock.",
        "count",
    ),
    "unknown-zone": ngettext_lazy(
        "%(count)d time is of a zone that is not known: it is read on the device's clock.",
        "%(count)d times are of zones that are not known: they are read on the device's clock.",
        "count",
    ),
    "repeats": ngettext_lazy(
        "%(count)d entry repeats: its first time is taken.",
        "%(count)d entries repeat: their first times are taken.",
        "count",
    ),
    "cancelled": ngettext_lazy(
        "%(count)d entry is cancelled: it is left out.",
        "%(count)d entries are cancelled: they are left out.",
        "count",
    ),
    "shortened": ngettext_lazy(
        "%(count)d text is longer than the device can hold: it is shortened.",
        "%(count)d texts are longer than the device can hold: they are shortened.",
        "count",
    ),
}
"""What is read otherwise than it is written."""


TOO_FAR = {
    **dict.fromkeys(("duedate", "starttime", "completed"), UNKNOWN_DAY),
    "duration": gettext_lazy("An event lasts 68 years at most."),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one entry of a file: `place` is its line, or where it stands."""

    place: str
    detail: str


@dataclass
class Found:
    """What a file holds: the entries that are right, and what is wrong with the others.

    `unsaid` are the fields that its form does not know: where an entry is there already, it keeps
    its own. `notes` counts what is read otherwise than it is written.
    """

    plan: Entries = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unsaid: Sequence[str] = ()
    notes: Counter[str] = field(default_factory=Counter)
    taken: int = 0

    def take(self, kind: str, raw: object, place: str) -> None:
        """Read one entry, as devices write it; what was deleted is passed over.

        Raises RuleError `invalid` for the first that no device has room for.
        """
        self.taken += 1
        if self.taken > changes.MAX_LIVE:
            raise RuleError("invalid", _("The file holds more than 16,000 entries."))
        item = read(kind, raw, place)
        if isinstance(item, Refused):
            self.fail(place, "; ".join(_told(error, place) for error in item.errors))
        elif not item.deleted:
            self._keep(item, place)

    def fail(self, place: str, detail: str) -> None:
        """Note what is wrong, as far as anybody would read it."""
        if len(self.faults) < ERRORS_KEPT:
            self.faults.append(Fault(place, detail))

    def _keep(self, item: Item, place: str) -> None:
        kind = KINDS[item.type]
        if missing := [name for name in kind.needed if name not in item.fields]:
            words = ", ".join(str(FIELD_WORDS[name]) for name in missing)
            self.fail(place, _("Missing: %s.") % words)
            return
        days = tuple(sorted(day for day, done in item.days.items() if done))
        still = Still(item.type, item.id, {**kind.blank, **item.fields}, days)
        self.plan[still.key] = still


def preview(backup: Backup, found: Found, mode: str) -> list[Difference]:
    """Return what importing a file would change, entry by entry.

    Merged, the file's entries are added to the plan's own, or beat them, and days are only added;
    replacing, the plan becomes the file's.
    """
    now = history.plan(backup, backup.revision)
    plan = {key: _said(still, now.get(key), found.unsaid) for key, still in found.plan.items()}
    found = differences(now, _merged({} if mode == REPLACE else now, plan))
    names = ((id, still.values["name"]) for (kind, id), still in now.items() if kind == "habit")
    return naming.named(found, names)


def import_plan(backup: Backup, found: Found, mode: str, actor: Actor) -> Restored:
    """Write what a file would change as one commit, after pinning the present state.

    Raises RuleError `quota-exceeded` when not all of it has room: then nothing has happened.
    """
    with transaction.atomic():
        locked = changes.lock(backup, actor)
        made = preview(locked, found, mode)
        return bring(locked, made, actor, RestorePoint.Reason.IMPORT, source=Commit.Source.IMPORT)


def counted(found: Found, made: Iterable[Difference]) -> dict[str, int]:
    """Return how many entries are new, changed, gone, the same as before, and not right."""
    new, changed, gone = tally(made).values()
    same = len(found.plan) - new - changed
    return {"new": new, "changed": changed, "gone": gone, "same": same, "bad": len(found.faults)}


def noted(found: Found) -> list[str]:
    """Return in words what is read otherwise than it is written."""
    counts = ((words, found.notes[code]) for code, words in NOTES.items())
    return [words % {"count": count} for words, count in counts if count]


def _told(error: dict, place: str) -> str:
    """Return what is wrong with an entry as a person would say it, who knows days, not seconds."""
    name = error["pointer"].removeprefix(place).strip("/").partition("/")[0]
    is_far = error["code"] == "out-of-range" and name in TOO_FAR
    detail = TOO_FAR[name] if is_far else error["detail"]
    return f"{FIELD_WORDS.get(name, name)}: {detail}" if name else str(detail)


def _said(still: Still, own: Still | None, unsaid: Iterable[str]) -> Still:
    """Return an entry of a file with the fields that the file says nothing about as they are."""
    kept = {name: own.values[name] for name in unsaid if own and name in own.values}
    return still._replace(values={**still.values, **kept}) if kept else still


def _merged(now: Entries, plan: Entries) -> Entries:
    """Return the plan with the file's entries laid over it; days are only added."""
    merged = dict(now)
    for key, still in plan.items():
        own = now.get(key)
        days = still.days if own is None else tuple(sorted({*still.days, *own.days}))
        merged[key] = still._replace(days=days)
    return merged
