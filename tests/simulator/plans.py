"""A plan on the server as tests change it and look at it."""

import json
from collections.abc import Iterable
from random import Random
from uuid import uuid4

from backups import changes, sync
from backups.changes import Actor
from backups.items import Item
from backups.models import ENTRY_MODELS, Backup
from planner.times import now
from simulator.device import Device
from simulator.entries import FOREVER

WEB = Actor.server("the web")


def web(backup: Backup, kind: str, fields: dict, id: str = "", **more: object) -> str:
    """Change a plan as somebody else does."""
    id = id or str(uuid4())
    [result] = changes.push(backup, [Item(kind, id, fields, **more)], WEB).results
    assert result.outcome == "applied"
    return id


def task(name: str) -> dict:
    return {"name": name, "priority": 1, "duedate": FOREVER}


def names(device: Device, kind: str = "task") -> list[str]:
    """Return the names of the entries that the device shows."""
    return sorted(entry["name"] for entry in device.plan()[kind])


def stored(backup: Backup, kind: str = "task") -> list[str]:
    """Return the names of the living entries that the server has."""
    return sorted(ENTRY_MODELS[kind].objects.of(backup).alive().values_list("name", flat=True))


def fill(backup: Backup, count: int, description: str = "") -> list[str]:
    """Give a plan so many tasks, and return their ids."""
    items = [
        Item("task", str(uuid4()), task(f"Task {number:03}") | {"description": description})
        for number in range(count)
    ]
    assert {one.outcome for one in changes.push(backup, items, WEB).results} == {"applied"}
    return [item.id for item in items]


def shown(device: Device) -> dict[str, list[dict]]:
    """Return what a device shows, each type in the order of its ids."""
    return {kind: _by_id(entries) for kind, entries in device.plan().items()}


def held(backup: Backup) -> dict[str, list[dict]]:
    """Return what the server would show a new device, in the same order."""
    rows = sync.pull(Backup.objects.get(pk=backup.pk), None, limit=10**6, now=now()).rows
    return {
        kind: _by_id(json.loads(row.wire) for row in rows if row.kind == kind)
        for kind in ENTRY_MODELS
    }


def _by_id(entries: Iterable[dict]) -> list[dict]:
    return sorted(entries, key=lambda entry: entry["id"])


def live_a_little(device: Device, chance: Random) -> None:
    """Do something that a person could do on this device."""
    plan = device.plan()
    kind = chance.choice(("task", "event", "habit"))
    entry = chance.choice(plan[kind]) if plan[kind] else None
    if entry is None:
        return
    if kind == "habit":
        mark = chance.choice((device.mark_day, device.clear_day))
        mark(entry["id"], int(device.clock.now()) // 86400 * 86400 - chance.randrange(3) * 86400)
    elif kind == "event" or chance.random() < 0.2:
        device.delete(entry["id"])
    else:
        device.change("task", entry["id"], {"completion": chance.choice((0, 1))})


def live_on_the_web(backup: Backup, chance: Random) -> None:
    """Do something that a person could do on the pages."""
    number = chance.randrange(10**6)
    kind, fields = chance.choice(
        (
            ("task", task(f"Web {number}")),
            ("event", {"name": f"Web {number}", "starttime": number, "duration": 60}),
            ("habit", {"name": f"Web {number}", "goal": 127}),
        )
    )
    living = ENTRY_MODELS[kind].objects.of(backup).alive().values_list("uuid", flat=True)
    ids = sorted(map(str, living))
    fate = chance.random()
    if not ids or fate < 0.5:
        web(backup, kind, fields)
    elif fate < 0.8:
        web(backup, kind, {"name": f"Renamed {number}"}, chance.choice(ids))
    else:
        web(backup, kind, {}, chance.choice(ids), deleted=True)
