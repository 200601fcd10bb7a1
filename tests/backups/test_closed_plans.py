"""A device that staff take back in a service that may read no plan: a chore does the rest."""

import pytest

from backups import kept
from backups.models import Backup, KeptPlan, RestorePoint, Task
from devices import lifecycle, servicing
from tests.backups.api import Api, task

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(settings, unit, device) -> Backup:
    Api.of_device(unit).push(task=[task("Bins")])
    settings.ADMIN = "only"
    return Backup.objects.get()


def pinned() -> list[tuple[str, str, dict]]:
    return list(RestorePoint.objects.values_list("reason", "by", "counts"))


def test_it_is_kept_at_once_and_pinned_by_the_chore(plan, device, alice, staff):
    servicing.release(device, by=staff, reason="lost")
    before = pinned(), KeptPlan.objects.get().person_id

    assert before == ([], alice.pk)
    assert kept.settle_closed() == 1
    assert pinned() == [("release", str(alice), {"task": 1, "event": 0, "habit": 0})]
    assert kept.settle_closed() == 0


def test_a_plan_that_is_erased_twice_at_once_is_gone_once(plan, device, alice, staff):
    servicing.release(device, by=staff, reason="lost")
    twice = [*kept.of(alice), *kept.of(alice)]

    for kept_plan in twice:
        kept.erase(kept_plan)

    assert not Backup.objects.exists()


def test_what_nobody_keeps_is_closed_at_once_and_erased_by_the_chore(plan, device, alice):
    lifecycle.release(device, by=alice, keep=False)

    assert Backup.objects.get().closed_at
    assert Task.objects.exists()
    assert kept.settle_closed() == 1
    assert not Backup.objects.exists()
    assert not Task.objects.exists()
