"""The same accepted changes end in the same plan, whatever their order, repeats and batches.

sync.md: each field and each day is a last-writer-wins register and a deletion is one of its own, so
applying changes is commutative, associative and idempotent. Held here at the door for all writes.
"""

from itertools import count
from uuid import UUID, uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backups import changes
from backups.changes import Actor
from backups.items import Item
from backups.models import ENTRY_MODELS, Backup, Commit
from tests.backups.api import NOW
from tests.simulator.plans import held

OPENED = NOW - 1000
DAY = 86400
DEVICE = Actor(Commit.Source.DEVICE, "Kitchen tablet", sets_clock=True)
WEB = Actor.server("web")
IDS = {kind: str(UUID(int=number)) for number, kind in enumerate(ENTRY_MODELS, 1)}
CREATES = {
    "task": {"name": "T", "description": "", "completion": 0, "priority": 1, "duedate": NOW},
    "event": {"name": "E", "description": "", "starttime": NOW, "duration": 60},
    "habit": {"name": "H", "goal": 127},
}
FIELDS = {
    "task": {"name": ("T", "Té", "T2"), "completion": (0, 1), "priority": (1, 2, 3)},
    "event": {"name": ("E", "E2"), "duration": (0, 60, 90)},
    "habit": {"name": ("H", "H2"), "goal": (1, 127)},
}
devices = count(1)


def kinds_of_change(kind: str) -> st.SearchStrategy[dict]:
    """What can be said of an entry: fields, days, that it is deleted or restored."""
    some = {name: st.sampled_from(values) for name, values in FIELDS[kind].items()}
    fields = st.fixed_dictionaries({}, optional=some).map(lambda given: {"fields": given})
    ends = st.sampled_from(({"deleted": True}, {"restored": True}))
    days = st.dictionaries(st.sampled_from((0, DAY)), st.booleans()).map(lambda of: {"days": of})
    return st.one_of(fields, fields, ends, days if kind == "habit" else fields)


@st.composite
def one_change(draw: st.DrawFn) -> tuple[bool, dict, int]:
    """Return who does it (the device or not), what, and when; many at the same moment."""
    kind = draw(st.sampled_from(tuple(ENTRY_MODELS)))
    said = {"type": kind, "id": IDS[kind]} | draw(kinds_of_change(kind))
    by_device = draw(st.booleans()) and "restored" not in said
    return by_device, said, OPENED + draw(st.integers(0, 6))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list, list]:
    """Return changes, and the same in another order, some repeated, in batches."""
    made = draw(st.lists(one_change(), min_size=1, max_size=10))
    again = draw(st.lists(st.sampled_from(made), max_size=5))
    shuffled = draw(st.permutations(made + again))
    cuts = draw(st.lists(st.integers(0, len(shuffled)), max_size=4).map(sorted))
    edges = [0, *cuts, len(shuffled)]
    return made, [shuffled[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def new_plan(skew: int) -> Backup:
    """Return an empty plan with one entry of each kind in it."""
    stamp = (OPENED - 1) * 1_000_000
    backup = Backup.objects.create(claim=uuid4(), device_id=next(devices), opened_stamp=stamp)
    apply(
        backup,
        [
            (True, {"type": kind, "id": IDS[kind], "fields": CREATES[kind]}, OPENED - 1)
            for kind in IDS
        ],
        skew,
    )
    return backup


def apply(backup: Backup, batch: list[tuple[bool, dict, int]], skew: int) -> None:
    """Push changes in their order, those of the device by its own clock; each is accepted."""
    for actor, ahead in ((DEVICE, skew), (WEB, 0)):
        items = [
            Item(**said, at=at + ahead)
            for by_device, said, at in batch
            if by_device == (actor is DEVICE)
        ]
        if items:
            pushed = changes.push(backup, items, actor, reported=NOW + ahead)
            assert {result.outcome for result in pushed.results} <= {
                "applied",
                "unchanged",
                "superseded",
            }


def seen(backup: Backup) -> tuple[dict, dict]:
    """Return the living entries and the dead ids."""
    dead = {
        kind: sorted(
            map(str, model.objects.of(backup).filter(alive=False).values_list("uuid", flat=True))
        )
        for kind, model in ENTRY_MODELS.items()
    }
    return held(backup), dead


def check(history: tuple[list, list], skew: int) -> None:
    made, batches = history
    with time_machine.travel(NOW, tick=False):
        straight, mixed = new_plan(skew), new_plan(skew)
        for change in made:
            apply(straight, [change], skew)
        for batch in batches:
            apply(mixed, batch, skew)

        assert seen(mixed) == seen(straight)


skews = st.sampled_from((0, 40, -40, 3 * 3600, -3 * 3600, 10 * 365 * DAY, -10 * 365 * DAY))
bounded = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.django_db
@given(histories(), skews)
@settings(max_examples=40, **bounded)
def test_the_order_the_repeats_and_the_batches_change_nothing(history, skew):
    check(history, skew)


@pytest.mark.nightly
@pytest.mark.django_db
@given(histories(), skews)
@settings(max_examples=500, **bounded)
def test_the_order_the_repeats_and_the_batches_change_nothing_in_many_histories(history, skew):
    check(history, skew)
