"""Names of habits are unique on a device: whoever comes later to a name gets it with a number."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from backups.kinds import NAME_BYTES
from backups.models import Backup, Habit
from backups.stills import Difference

Names = Iterable[tuple[str, str]]
"""The ids and names of living habits."""


def living(backup: Backup) -> Names:
    """Return the names of a plan's habits as it is now."""
    rows = Habit.objects.of(backup).alive().values_list("uuid", "name")
    return ((str(uuid), name) for uuid, name in rows)


def named(found: Sequence[Difference], names: Names) -> list[Difference]:
    """Return differences after which no two habits have one name: "Run" becomes "Run (2)".

    A habit that has its name keeps it. The same differences are numbered alike each time.
    """
    moving = {one.key[1] for one in found if one.key[0] == "habit"}
    if not moving:
        return list(found)
    taken = {name for id, name in names if id not in moving}
    numbers: Counter[str] = Counter()
    made = []
    for one in sorted(found, key=lambda one: (_takes_a_name(one), one.key)):
        if one.then and one.key[0] == "habit":
            name = free(one.then.values["name"], taken, numbers)
            taken.add(name)
            one = Difference(one.now, one.then._replace(values={**one.then.values, "name": name}))
        if one.now != one.then:
            made.append(one)
    return sorted(made, key=lambda one: one.key)


def _takes_a_name(one: Difference) -> bool:
    return one.now is None or "name" in one.fields


def free(name: str, taken: Collection[str], numbers: Counter[str]) -> str:
    """Return the name, or where it is taken, with the first number that makes it another.

    `numbers` counts those that were tried for each name: they are not tried again.
    """
    found = name
    while found in taken:
        numbers[name] += 1
        found = numbered(name, numbers[name] + 1)
    return found


def numbered(name: str, number: int) -> str:
    """Return `name (number)`, cut so that it still fits a device."""
    tail = f" ({number})"
    head = name.encode()[: NAME_BYTES - len(tail)].decode(errors="ignore")
    return head + tail
