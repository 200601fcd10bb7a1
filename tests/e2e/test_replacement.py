"""An old device breaks: a new one takes its place, and the old one's way in is shut."""

import pytest

from simulator.client import ProblemError

pytestmark = pytest.mark.e2e


def plan_of(device):
    return {kind: sorted(map(str, entries)) for kind, entries in device.plan().items()}


def the_new_one(person, unit):
    """Claim a second device and return the address of its page."""
    return person.claim(unit, name="New tablet").path


def test_the_new_device_shows_what_the_old_one_showed(alice, unit, stock, device_of):
    """A17, A9"""
    old, spare = device_of(unit), stock()
    old.sync()
    old.add_task("Bins", priority=3)
    old.add_event("Dentist", 1_900_000_000, 3600)
    run = old.add_habit("Run", 127)
    old.mark_day(run, old.today())
    old.sync()
    new, page = device_of(spare), the_new_one(alice, spare)
    new.sync()
    before = plan_of(old)

    shown = alice.get(f"{page}replace/")
    asked = alice.get(f"{page}replace/?source={shown.form('source').first('input')['value']}")
    token = old.session.token
    alice.submit(asked.form("expected"))
    new.sync()

    assert plan_of(new) == before
    with pytest.raises(ProblemError) as refused:
        old.client.request("GET", "/api/sync/", token=token)
    assert refused.value.code == "token-revoked"
    old.sync()
    assert plan_of(old) == before


def test_a_released_device_erases_itself_and_its_plan_goes_to_the_next(
    alice, unit, stock, device_of
):
    """A12, C12"""
    old, spare = device_of(unit), stock()
    old.sync()
    old.add_task("Secret")
    old.sync()

    old.reset()
    page = the_new_one(alice, spare)
    kept = alice.get(f"{page}replace/").form("source").first("input")["value"]
    alice.submit(alice.get(f"{page}replace/?source={kept}").form("expected"))
    new = device_of(spare)
    new.sync()

    assert old.plan() == {"task": [], "event": [], "habit": []}
    assert [task["name"] for task in new.plan()["task"]] == ["Secret"]
