"""H10: the clock of a server is set while devices push: the order of what people do stays right."""

from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from time_machine import Traveller, travel

from backups import changes, cursors, sync
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, Commit, Task
from planner.times import FOREVER, now
from tests.factories import NOON

HOUR, DAY = 3_600, 86_400
WEB = Actor.server("the web")
TABLET = Actor(Commit.Source.DEVICE, "Kitchen tablet", sets_clock=True)
STEPS = st.lists(
    st.tuples(st.sampled_from([-HOUR, HOUR, -1, 1, -10 * DAY, 10 * DAY, 0]), st.booleans()),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def clock(backup) -> Traveller:
    Backup.objects.update(opened_stamp=0)
    with travel(NOON, tick=False) as clock:
        yield clock


def pushed(backup: Backup, actor: Actor, name: str, id: str, good: int, ago: int = 0) -> str:
    """Let somebody with a good clock name a task, so many seconds ago; return the outcome."""
    fields = {"name": name, "description": "", "completion": 0, "priority": 1, "duedate": FOREVER}
    item = Item("task", id, fields, at=good - ago if actor == TABLET else None)
    return changes.push(backup, [item], actor, reported=good).results[0].outcome


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_the_last_word_stands_whenever_the_clock_was_set(backup, clock, steps):
    id, off = str(uuid4()), 0
    seen = []
    for number, (step, is_tablets) in enumerate(steps):
        off += step
        clock.shift(step + 120)
        actor, name = (TABLET if is_tablets else WEB), f"Word {number}"
        assert pushed(backup, actor, name, id, now() - off) == "applied"
        assert Task.objects.get(backup=backup, uuid=id).name == name
        present = Backup.objects.get(pk=backup.pk)
        seen.append(cursors.check(present, cursors.present(present).encode()))

    revisions = [since.revision for since in seen]
    assert revisions == list(range(revisions[0], revisions[0] + len(steps)))
    newer = [len(sync.pull(present, since, limit=10, now=now()).rows) for since in seen]
    assert newer == [1] * (len(steps) - 1) + [0]


def test_what_was_done_long_before_the_clock_was_set_does_not_win(backup, clock):
    id, good = str(uuid4()), now()
    pushed(backup, TABLET, "Bins", id, good, ago=3 * HOUR)
    pushed(backup, WEB, "Of Alice", id, good)
    clock.shift(-HOUR)

    assert pushed(backup, TABLET, "Of the tablet", id, good, ago=2 * HOUR) == "superseded"
    assert Task.objects.get(backup=backup).name == "Of Alice"


def test_the_same_push_gets_its_answer_again_at_any_time(backup, clock):
    item = Item("task", str(uuid4()), {"name": "Bins", "priority": 1, "duedate": 0}, at=now())
    answers = []
    for seconds in (0, -HOUR, 2 * HOUR, -HOUR):
        clock.shift(seconds)
        pushed = changes.push(backup, [item], TABLET, reported=now(), key="once")
        answers += [(one.id, one.outcome) for one in pushed.results]

    assert answers == [(item.id, "applied")] * 4
    assert Backup.objects.get(pk=backup.pk).revision == 1
