"""A device that staff take back in a service that may read no plan: a chore does the rest."""

import pytest

from backups import kept, retention, waiting_imports
from backups.actors import Actor
from backups.imports import MERGE, Found
from backups.models import Backup, KeptPlan, RestorePoint, Task
from devices import lifecycle, roles, servicing
from devices.callers import Caller
from devices.models import Device
from planner.problems import RuleError
from tests.backups.api import Api, task
from tests.backups.pages.plan import planned

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


def test_who_read_the_device_before_its_plan_was_gone_is_told(device, alice, backup):
    """The release came between the two looks."""
    browser, program = planned(alice, device), Api.of_person(alice, device)
    retention.forget(backup)

    page, answer = browser.get("/today/"), program.get("/api/tasks/")

    assert (page.status_code, page["Location"]) == (302, "/devices/")
    assert (answer.status_code, answer.json()["code"]) == (401, "token-revoked")


def test_a_file_for_a_plan_that_is_gone_meanwhile_is_not_kept(device, alice, backup):
    actor = Actor.of(Caller(device, alice, roles.OWNER))
    lifecycle.release(Device.objects.get(), by=alice, keep=False)

    with pytest.raises(RuleError, match="ended meanwhile"):
        waiting_imports.keep(backup, actor, MERGE, Found())
