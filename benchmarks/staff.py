"""How the admin's pages grow with the fleet, from 100 devices to 100,000.

Run as `python -m tests.postgres -- python -m benchmarks.staff`.
"""

import argparse
import logging
import os
import statistics
import time
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Mail, Session, User  # noqa: E402
from devices import audit  # noqa: E402
from devices.models import (  # noqa: E402
    Batch,
    Claim,
    ClaimAttempt,
    Device,
    LastSeen,
    Membership,
)
from tests.logins import logged_in  # noqa: E402

SMALL, LARGE = 100, 100_000
AT_ONCE = 5_000
NEVER_SEEN = 200
"""One of so many devices was claimed and never heard of."""
FIRMWARE = ("1.0", "1.1", "1.2", "2.0", "")
STATES = ("claimed",) * 6 + ("in_stock",) * 3 + ("blocked",)
MOMENTS = ("created_at", "confirmed_at", "last_used_at", "expires_at")
PAGES = {
    "front page": "/admin/",
    "devices": "/admin/devices/device/",
    "devices, page 50": "/admin/devices/device/?p=50",
    "devices blocked": "/admin/devices/device/?state__exact=blocked",
    "devices silent for a week": "/admin/devices/device/?silent=7",
    "devices silent for a month": "/admin/devices/device/?silent=30",
    "devices with low battery": "/admin/devices/device/?battery=low",
    "devices by firmware": "/admin/devices/device/?firmware=2.0",
    "devices of rare firmware": "/admin/devices/device/?firmware=0.9",
    "devices by last contact": "/admin/devices/device/?o=-5",
    "devices by serial": "/admin/devices/device/?q=BM-000004",
    "devices by owner": "/admin/devices/device/?q=owner-7",
    "devices with counts": "/admin/devices/device/?_facets=True",
    "a device": "/admin/devices/device/50/change/",
    "batches": "/admin/devices/batch/",
    "audit": "/admin/devices/auditentry/",
    "audit of a device": "/admin/devices/auditentry/?q=BM-00000042-0",
    "audit of a person": "/admin/devices/auditentry/?q=owner-70",
    "audit of an action": "/admin/devices/auditentry/?action=claim",
    "audit of a rare action": "/admin/devices/auditentry/?action=retire",
    "audit of people": "/admin/devices/auditentry/?by_person__exact=1",
    "audit of today": "/admin/devices/auditentry/?at__gte={today}",
    "tries to claim": "/admin/devices/claimattempt/",
    "tries by result": "/admin/devices/claimattempt/?result__exact=claim-failed",
    "tries of a rare result": "/admin/devices/claimattempt/?result__exact=conflict",
    "people": "/admin/accounts/user/",
    "people, page 50": "/admin/accounts/user/?p=50",
    "people by name": "/admin/accounts/user/?q=owner-7",
    "people by last seen": "/admin/accounts/user/?o=-7",
    "staff": "/admin/accounts/user/?is_staff__exact=1",
    "mails": "/admin/accounts/mail/",
    "dead mails": "/admin/accounts/mail/?state=dead",
}


def seed(first: int, last: int) -> None:
    """Make devices with these numbers, a person for every two, and what was done to them."""
    batch, _is_new = Batch.objects.get_or_create(name="Bench", defaults={"prefix": "BM"})
    for start in range(first, last, AT_ONCE):
        _piece(batch, range(start, min(last, start + AT_ONCE)))
    with connection.cursor() as cursor:
        # A fleet grows over a year, and its database is set up as deploy/postgresql does.
        cursor.execute("UPDATE devices_auditentry SET at = now() - id % 365 * interval '1 day'")
        cursor.execute("SET random_page_cost = 1.1")
        cursor.execute("ANALYZE")


def _piece(batch: Batch, numbers: range) -> None:
    devices = Device.objects.bulk_create(_device(batch, number) for number in numbers)
    claimed = [device for device in devices if device.is_claimed]
    owners = _people([number for number in numbers if number % 2 == 0])
    Claim.objects.bulk_create(
        Claim(pk=device.claim, device=device, name="Desk", state="accepted") for device in claimed
    )
    Membership.objects.bulk_create(
        Membership(device=device, user=owners[number * len(owners) // len(claimed)], role="owner")
        for number, device in enumerate(claimed)
    )
    LastSeen.objects.bulk_create(
        LastSeen(
            device=device,
            seen_at=timezone.now() - _absence(number),
            firmware_version=FIRMWARE[number % len(FIRMWARE)],
            battery_percent=number % 101,
        )
        for number, device in enumerate(claimed)
        if number % NEVER_SEEN
    )
    audit.record_each("make", devices, by=None)
    audit.record_each("claim", claimed, by=owners[0])
    ClaimAttempt.objects.bulk_create(
        ClaimAttempt(user=owners[0], device=device, serial_hash="0" * 16, result="claim-failed")
        for device in devices[::10]
    )


def _people(numbers: list[int]) -> list[User]:
    """Make a person with a log-in and two mails for each number."""
    people = User.objects.bulk_create(
        User(
            username=f"owner-{number}",
            full_name=f"Ada Nr. {number}",
            email=f"{number}@example.org",
            is_active=False,
        )
        for number in numbers
    )
    now = timezone.now()
    Session.objects.bulk_create(
        Session(user=one, token_hash=uuid4().hex, **dict.fromkeys(MOMENTS, now)) for one in people
    )
    Mail.objects.bulk_create(
        Mail(kind="new-log-in", user=one, address=one.email, sent_at=now)
        for one in people
        for _mail in range(2)
    )
    return people


def _absence(number: int) -> timedelta:
    """Most are heard of every day, one of fifty is not."""
    return timedelta(hours=number % 24) if number % 50 else timedelta(days=number % 60)


def _device(batch: Batch, number: int) -> Device:
    state = STATES[number % len(STATES)]
    claim = Claim().pk if state == "claimed" else None
    return Device(
        batch=batch, serial=f"BM-{number:08}-0", state=state, claim=claim, name=f"Tablet {number}"
    )


class Reading:
    """Notes how often a page asks the database, and how many rows are looked at for it."""

    def __init__(self) -> None:
        self.questions = 0
        self.rows: Counter[str] = Counter()

    def __call__(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self.questions += 1
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
                self._walk(cursor.fetchone()[0][0]["Plan"])
        return execute(sql, parameters, many, context)

    def _walk(self, plan: dict[str, Any]) -> None:
        if table := plan.get("Relation Name"):
            read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
            self.rows[table] += int(read * plan["Actual Loops"])
        for part in plan.get("Plans", ()):
            self._walk(part)


def measure(web: Client, rounds: int) -> dict[str, tuple[float, Reading]]:
    """Return of each page the median time in milliseconds, and what it reads."""
    found = {}
    today = timezone.now().replace(hour=0, minute=0).strftime("%Y-%m-%dT%H:%MZ")
    for name, address in PAGES.items():
        page, times = address.format(today=today), []
        for _round in range(rounds):
            start = time.perf_counter()
            if web.get(page).status_code != 200:
                raise SystemExit(f"{page} cannot be had")
            times.append(1000 * (time.perf_counter() - start))
        with connection.execute_wrapper(reading := Reading()):
            web.get(page)
        found[name] = statistics.median(times), reading
    return found


def main() -> None:
    """Measure all pages with few devices and with many, and print both and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.staff", description=__doc__)
    parser.add_argument("--devices", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    staff = User.objects.create_superuser("bench")
    seed(0, SMALL)
    few = measure(logged_in(staff), options.rounds)
    seed(SMALL, options.devices)
    many = measure(logged_in(staff), options.rounds)
    print(f"{'page':28}{SMALL:>10}{options.devices:>10}  ratio  questions  rows read")
    for name, (slow, reading) in many.items():
        quick, rows = few[name][0], f"{reading.rows.total():,}"
        print(
            f"{name:28}{quick:8.0f}ms{slow:8.0f}ms{slow / quick:7.1f}"
            f"{reading.questions:11}{rows:>11}"
        )


if __name__ == "__main__":
    main()
