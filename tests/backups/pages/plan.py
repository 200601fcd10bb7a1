"""Entries as people and devices put them into a plan, and what a page shows of them."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from backups import changes
from backups.changes import Actor
from backups.items import Item
from backups.models import Backup
from devices.models import Device
from planner.times import FOREVER
from tests.logins import logged_in

BERLIN = ZoneInfo("Europe/Berlin")
NAME = re.compile(r'<a class="name"[^>]*>(?:\s*<span>)?(.*?)</', re.DOTALL)
CHIP = re.compile(r'<span class="what">(.*?)</span>')
ERROR = re.compile(r'<p class="error">.*?</svg>\s*(.*?)</p>', re.DOTALL)


def at(text: str) -> int:
    """Return the unix seconds of a local time in Berlin, such as "2026-10-14 17:00"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def planned(user: User, device: Device) -> Client:
    """Return a browser in which this person is logged in and has chosen the device."""
    client = logged_in(user)
    response = client.post(reverse("devices:choose", args=[device.pk]))
    assert response.status_code == 302
    return client


def put(backup: Backup, *items: Item) -> None:
    """Write entries into a plan."""
    results = changes.push(backup, items, Actor.server("tests")).results
    assert {result.outcome for result in results} <= {"applied", "unchanged"}, results


def task(name: str = "Water the plants", duedate: int = FOREVER, **fields: Any) -> Item:
    """Return a new task."""
    fields = {"description": "", "completion": 0, "priority": 1} | fields
    return Item("task", str(uuid4()), {"name": name, "duedate": duedate, **fields})


def event(name: str, starttime: int, duration: int = 3600, description: str = "") -> Item:
    """Return a new event."""
    fields = {"name": name, "description": description}
    return Item("event", str(uuid4()), {**fields, "starttime": starttime, "duration": duration})


def habit(name: str = "Run", goal: int = 127, days: dict[int, bool] | None = None) -> Item:
    """Return a new habit, with days that are ticked."""
    return Item("habit", str(uuid4()), {"name": name, "goal": goal}, days=days or {})


def names(response: HttpResponse) -> list[str]:
    """Return the names in the rows of a page, in their order."""
    return [unescape(name.strip()) for name in NAME.findall(response.content.decode())]


def chips(response: HttpResponse) -> list[str]:
    """Return the names in the boxes of a month."""
    month, _, _below = response.content.decode().partition("</table>")
    return [unescape(name) for name in CHIP.findall(month)]


def errors(response: HttpResponse) -> list[str]:
    """Return what is said to be wrong, beside the fields."""
    return [unescape(text.strip()) for text in ERROR.findall(response.content.decode())]
