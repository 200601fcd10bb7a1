"""What the person who holds a demonstration device does now and then."""

from random import Random

from simulator.device import Device
from simulator.entries import day_seconds

# A plan with nothing left to do would make a dull demonstration.
LEFT_OPEN = 2


def act(device: Device, chance: Random) -> str | None:
    """Tick a task or mark a habit that is due today, sometimes; return a sentence about it."""
    todo = [*_tasks(device), *_habits(device)]
    if not todo or chance.random() < 0.5:
        return None
    kind, entry = chance.choice(todo)
    if kind == "task":
        device.tick(entry["id"])
        return f"Ticked the task “{entry['name']}”."
    device.mark_day(entry["id"], device.today())
    return f"Marked today on the habit “{entry['name']}”."


def _tasks(device: Device) -> list[tuple[str, dict]]:
    open_tasks = [task for task in device.plan()["task"] if task["completion"] == 0]
    return [("task", task) for task in open_tasks[:-LEFT_OPEN]]


def _habits(device: Device) -> list[tuple[str, dict]]:
    today = device.today()
    # Sunday is the highest of seven bits; Python's ISO weekdays begin with Monday as 1.
    bit = 0x40 >> today.isoweekday() % 7
    return [
        ("habit", habit)
        for habit in device.plan()["habit"]
        if habit["goal"] & bit and day_seconds(today) not in habit["completed"]
    ]
