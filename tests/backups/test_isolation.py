"""D2: two devices whose entries have the same ids; neither ever sees or moves the other's."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backups.api import Api, event, habit, task
from tests.backups.test_sync_pull import collected
from tests.factories import claim_unit, make_unit

MADE = {"task": task, "event": event, "habit": habit}
ids = st.integers(0, 2).map(lambda number: str(UUID(int=number)))


@st.composite
def items(draw: st.DrawFn) -> tuple[str, dict]:
    """One item about one of very few ids: made, renamed, ticked or deleted."""
    kind = draw(st.sampled_from(tuple(MADE)))
    name = draw(st.text("abé", min_size=1, max_size=2)) + kind
    gone = {"completion": 2} if kind == "task" else {"deleted": 1}
    said = draw(st.sampled_from((MADE[kind](name), MADE[kind](name), {"name": name}, gone)))
    return kind, said | {"id": draw(ids)}


steps = st.lists(st.tuples(st.booleans(), items(), st.booleans()), max_size=8)


@pytest.fixture
def other_api(bob) -> Api:
    """Bob's device."""
    unit = make_unit()
    claim_unit(unit, bob)
    return Api.of_device(unit)


# The plans go on from one example to the next.
@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_the_same_id_on_two_devices_is_two_entries(device_api, other_api, steps):
    """D2"""
    for is_first, (kind, item), by_push in steps:
        own, other = (device_api, other_api) if is_first else (other_api, device_api)
        before = collected(other, None, 500)
        if by_push:
            own.push(**{kind: [item]})
        else:
            own.send("PATCH", f"/api/{kind}s/{item['id']}/", item)
        own.get(f"/api/{kind}s/{item['id']}/")

        assert collected(other, None, 500) == before
