"""What the week brings, as a mail on its first morning to whoever wants one. Reads only plans."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import mails
from accounts.models import Mail, User
from backups.agenda import entries_by_day, overdue
from backups.boxes import EventBox, TaskBox
from backups.calendars import WallClock
from backups.models import Backup
from devices.models import Device
from planner import formats, times
from planner.chores import each

KIND = "week"
MORNING = range(6, 10)
"""The hours of a person's own clock in which the mail is written; an outage shorter than that loses
none."""
MOST = 40
"""Entries of one plan that a mail names."""


@dataclass(frozen=True)
class Line:
    """An entry on a day; `at` is None where it began on another day or fills this one."""

    name: str
    at: clock_time | None


@dataclass(frozen=True)
class PlannedWeek:
    """What one device's plan holds: named entries by day, how many more, how many are overdue."""

    device: str
    days: dict[date, list[Line]]
    more: int
    overdue: int


def tell() -> int:
    """Write to all for whom a week begins this morning, once; return to how many.

    It is meant to be called every hour.
    """
    staying = User.objects.filter(is_active=True, closes_at=None).exclude(email="")
    wanting = staying.filter(preferences__notice_week=True).select_related("preferences")
    return sum(each(wanting.iterator(), _tell))


@transaction.atomic
def _tell(person: User) -> bool:
    preferences = person.preferences
    now = timezone.localtime(timezone.now(), ZoneInfo(preferences.time_zone))
    begins = formats.WEEKDAYS[preferences.week_start]
    if now.weekday() != begins or now.hour not in MORNING:
        return False
    day_before = timezone.now() - timedelta(days=1)
    if Mail.objects.filter(user=person, kind=KIND, created_at__gt=day_before).exists():
        return False
    facts = {"first": now.date().isoformat(), "path": reverse("backups:calendar_this_week")}
    mails.post(KIND, to=person, facts=facts)
    return True


def planned(person: User, first: date) -> list[PlannedWeek]:
    """Return what the week from `first` on holds on each device of a person that has anything."""
    devices = Device.objects.of(person).filter(state=Device.State.CLAIMED)
    plans = {plan.claim: plan for plan in Backup.objects.filter(claim__in=devices.values("claim"))}
    weeks = [
        _week(device, plans[device.claim], first)
        for device in devices.order_by("name", "pk")
        if device.claim in plans
    ]
    return [week for week in weeks if week.days]


def _week(device: Device, plan: Backup, first: date) -> PlannedWeek:
    clock = WallClock(times.now(), ZoneInfo(device.time_zone), first.weekday())
    dates = [first + timedelta(days=number) for number in range(7)]
    found = entries_by_day(plan, clock, dates)
    lines = [(day, line) for day in dates for line in _lines(found[day], day, clock)]
    days: dict[date, list[Line]] = {}
    for day, line in lines[:MOST]:
        days.setdefault(day, []).append(line)
    more = max(0, len(lines) - MOST)
    return PlannedWeek(device.name, days, more, overdue(plan, clock).count())


def _lines(entries: Iterable[EventBox | TaskBox], day: date, clock: WallClock) -> list[Line]:
    to_do = (entry for entry in entries if not getattr(entry, "completion", 0))
    lines = [Line(entry.name, _time(entry, day, clock)) for entry in to_do]
    return sorted(lines, key=lambda line: line.at or clock_time.min)


def _time(entry: EventBox | TaskBox, day: date, clock: WallClock) -> clock_time | None:
    if isinstance(entry, EventBox):
        begins_before = clock.day(entry.at) != day
        if begins_before or clock.fills_days(entry.at, entry.duration):
            return None
    return times.local(entry.at, clock.zone).time()
