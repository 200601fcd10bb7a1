"""How the admin's pages grow with the fleet, from 100 devices to 100,000.

Run as `python -m tests.postgres -- python -m benchmarks.staff`.
"""

import argparse
import os
import statistics
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
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
FIRMWARE = ("1.0", "1.1", "1.2", "2.0", "")
STATES = ("claimed",) * 6 + ("in_stock",) * 3 + ("blocked",)
PAGES = {
    "front page": "/admin/",
    "devices": "/admin/devices/device/",
    "devices, page 50": "/admin/devices/device/?p=50",
    "devices blocked": "/admin/devices/device/?state__exact=blocked",
    "devices silent": "/admin/devices/device/?silent=7",
    "devices by last contact": "/admin/devices/device/?o=-5",
    "devices by serial": "/admin/devices/device/?q=BM-000004",
    "devices by owner": "/admin/devices/device/?q=owner-7",
    "devices with counts": "/admin/devices/device/?_facets=True",
    "batches": "/admin/devices/batch/",
    "audit": "/admin/devices/auditentry/",
    "audit of a device": "/admin/devices/auditentry/?q=BM-00000042-0",
    "audit of an action": "/admin/devices/auditentry/?action=claim",
    "tries to claim": "/admin/devices/claimattempt/",
    "people": "/admin/accounts/user/",
    "people by name": "/admin/accounts/user/?q=owner-7",
}


def seed(first: int, last: int) -> None:
    """Make devices with these numbers, an owner for every ten, and what was done to them."""
    batch, _is_new = Batch.objects.get_or_create(name="Bench", defaults={"prefix": "BM"})
    for start in range(first, last, AT_ONCE):
        _piece(batch, range(start, min(last, start + AT_ONCE)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _piece(batch: Batch, numbers: range) -> None:
    now = timezone.now()
    owners = User.objects.bulk_create(
        User(username=f"owner-{number}", is_active=False) for number in numbers if number % 10 == 0
    )
    devices = Device.objects.bulk_create(_device(batch, number) for number in numbers)
    claimed = [device for device in devices if device.is_claimed]
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
            seen_at=now - timedelta(hours=number % 300),
            firmware_version=FIRMWARE[number % len(FIRMWARE)],
            battery_percent=number % 101,
        )
        for number, device in enumerate(claimed)
    )
    audit.record_each("make", devices, by=None)
    audit.record_each("claim", claimed, by=None)
    ClaimAttempt.objects.bulk_create(
        ClaimAttempt(user=owners[0], device=device, serial_hash="0" * 16, result="claim-failed")
        for device in devices[::10]
    )


def _device(batch: Batch, number: int) -> Device:
    state = STATES[number % len(STATES)]
    claim = Claim().pk if state == "claimed" else None
    return Device(
        batch=batch, serial=f"BM-{number:08}-0", state=state, claim=claim, name=f"Tablet {number}"
    )


def measure(web: Client, rounds: int) -> dict[str, float]:
    """Return the median time of each page in milliseconds."""
    found = {}
    for name, page in PAGES.items():
        times = []
        for _round in range(rounds):
            start = time.perf_counter()
            if web.get(page).status_code != 200:
                raise SystemExit(f"{page} cannot be had")
            times.append(1000 * (time.perf_counter() - start))
        found[name] = statistics.median(times)
    return found


def main() -> None:
    """Measure all pages with few devices and with many, and print both and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.staff", description=__doc__)
    parser.add_argument("--devices", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    staff = User.objects.create_superuser("bench")
    seed(0, SMALL)
    few = measure(logged_in(staff), options.rounds)
    seed(SMALL, options.devices)
    many = measure(logged_in(staff), options.rounds)
    print(f"{'page':28}{SMALL:>10}{options.devices:>10}  ratio")
    for name in PAGES:
        print(f"{name:28}{few[name]:8.0f}ms{many[name]:8.0f}ms{many[name] / few[name]:7.1f}")


if __name__ == "__main__":
    main()
