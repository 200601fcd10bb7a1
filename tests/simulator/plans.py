"""A plan on the server as tests change it and look at it."""

from uuid import uuid4

from backups import changes
from backups.changes import Actor
from backups.items import Item
from backups.models import ENTRY_MODELS, Backup
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
