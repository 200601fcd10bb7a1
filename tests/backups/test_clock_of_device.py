"""Corrected times, through the API: who wins does not depend on a tablet's cheap clock."""

import pytest

from backups.models import Backup, Task
from planner.times import now
from tests.backups.api import outcomes, task

YEAR = 365 * 86_400


@pytest.mark.parametrize("skew", [0, 7_200, -7_200, 10 * YEAR, -10 * YEAR])
def test_a_wrong_clock_does_not_decide_who_wins(device_api, alice_api, backup, skew):
    """F10r."""
    Backup.objects.filter(pk=backup.pk).update(opened_stamp=0)
    bins = task()
    device_api.push(now=now() + skew, task=[bins | {"at": now() + skew - 300}])
    alice_api.push(task=[{"id": bins["id"], "name": "Of Alice"}])

    early = device_api.push(
        now=now() + skew,
        task=[{"id": bins["id"], "name": "Of the tablet", "at": now() + skew - 200}],
    )

    assert outcomes(early) == ["superseded"]
    assert Task.objects.get(backup=backup).name == "Of Alice"


def test_a_person_never_sets_the_clock_of_the_device(alice_api, device_api, backup):
    device_api.push(now=now() - 7_200, task=[task()])
    held = Backup.objects.get(pk=backup.pk).clock_offset

    alice_api.push(now=now() + 86_400, task=[task()])

    assert abs(held - 7_200) <= 1
    assert Backup.objects.get(pk=backup.pk).clock_offset == held
