"""F1r, F5r, F6r, F10r: three offline devices and a web page on one plan, over a bad network.

Whatever is lost, repeated, late or cut: in the end all see the same, nothing that was deleted is
there again unless somebody restored it, and the last tick of a task is not lost.
"""

from contextlib import suppress
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from simulator.client import OfflineError
from simulator.device import Device
from tests.backups.replicas import World
from tests.simulator.plans import held, shown

DAY = 86400
# Two clocks may differ by a minute before anybody does something about it.
SURELY_LATER = 130
ROUNDS = 4


class What(NamedTuple):
    """Which entry, and what of it."""

    kind: str
    pick: int
    name: str
    flag: int


whats = st.builds(
    What,
    kind=st.sampled_from(("task", "event", "habit")),
    pick=st.integers(0, 3),
    name=st.sampled_from(("Run", "Read", "Äpfel", "b")),
    flag=st.sampled_from((0, 1)),
)


class Convergence(RuleBasedStateMachine):
    """People do things on devices and on the web, devices sync or fail to, time passes.

    One rule for each side: Hypothesis leaves rules out at random, and a run without syncs or
    without time shows nothing.
    """

    @initialize(skew=st.sampled_from((0, 45, 300, 5 * DAY)))
    def begin(self, skew: int) -> None:
        self.world = World(skew)
        self.world.begin()
        self.restored: set[tuple[str, str]] = set()
        self.dead: set[tuple[str, str]] = set()

    @rule(
        device=st.integers(0, 2),
        action=st.sampled_from(("tick", "mark", "rename", "delete", "create")),
        what=whats,
        rate=st.sampled_from((None, 0, 0.3, 0.8)),
        seed=st.integers(0, 2**16),
        seconds=st.sampled_from((0, 1, 50, SURELY_LATER, 4000)),
    )
    def on_a_device(
        self, device: int, action: str, what: What, rate: float | None, seed: int, seconds: int
    ) -> None:
        one = self.world.devices[device]
        getattr(self, f"_{action}")(one, what)
        self.world.pass_time(seconds)
        if rate is not None:
            with suppress(OfflineError):
                self.world.sync(one, seed, rate)

    @rule(
        action=st.sampled_from(("tick", "rename", "delete", "restore", "create")),
        what=whats,
        seconds=st.sampled_from((0, 1, SURELY_LATER)),
    )
    def on_the_web(self, action: str, what: What, seconds: int) -> None:
        getattr(self, f"_{action}_on_web")(what)
        self.world.pass_time(seconds)

    # What people do on a device

    def _create(self, one: Device, what: What) -> None:
        self.world.create(one, what.kind, what.name)

    def _tick(self, one: Device, what: What) -> None:
        if id := picked(shown_ids(one, "task"), what.pick):
            self.world.tick(one, id, what.flag)

    def _rename(self, one: Device, what: What) -> None:
        taken = any(habit["name"] == what.name for habit in one.plan()["habit"])
        id = picked(shown_ids(one, what.kind), what.pick)
        if id and not (what.kind == "habit" and taken):
            one.edit(id, name=what.name)

    def _delete(self, one: Device, what: What) -> None:
        if id := picked(shown_ids(one, what.kind), what.pick):
            one.delete(id)

    def _mark(self, one: Device, what: What) -> None:
        if id := picked(shown_ids(one, "habit"), what.pick):
            change = one.mark_day if what.flag else one.clear_day
            change(id, self.world.now() - what.pick % 3 * DAY)

    # What people do on the web

    def _create_on_web(self, what: What) -> None:
        self.world.create_on_web(what.kind, what.name)

    def _tick_on_web(self, what: What) -> None:
        if id := picked(self.world.living("task"), what.pick):
            self.world.tick_on_web(id, what.flag)

    def _rename_on_web(self, what: What) -> None:
        if id := picked(self.world.living(what.kind), what.pick):
            self.world.on_web("PATCH", f"{what.kind}s/{id}/", {"name": what.name})

    def _delete_on_web(self, what: What) -> None:
        if id := picked(self.world.living(what.kind), what.pick):
            self.world.on_web("DELETE", f"{what.kind}s/{id}/")

    def _restore_on_web(self, what: What) -> None:
        if self.dead:
            kind, id = sorted(self.dead)[what.pick % len(self.dead)]
            self.restored.add((kind, id))
            self.world.restore(kind, id)

    # What must hold

    @invariant()
    def nothing_rises_by_itself(self) -> None:
        if not hasattr(self, "world"):
            return
        dead = self.world.dead()
        assert self.dead - dead <= self.restored
        self.dead, self.restored = dead, set()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self._converge()
        finally:
            self.world.end()

    def _converge(self) -> None:
        for number in range(ROUNDS):
            for device in self.world.devices:
                device.client.transport.calm()
                self.world.sync(device, number, 0)
        self.nothing_rises_by_itself()
        whole = held(self.world.backup)
        for device in self.world.devices:
            assert len(device.outbox) == 0
            assert shown(device) == whole
        for task in whole["task"]:
            check_ticks(self.world.ticks[task["id"]], task)


def shown_ids(device: Device, kind: str) -> list[str]:
    """Return the ids of what a device shows, in an order that is the same in every run."""
    return sorted(entry["id"] for entry in device.plan()[kind])


def picked(ids: list[str], pick: int) -> str | None:
    """Return one of them, if there is one."""
    return ids[pick % len(ids)] if ids else None


def check_ticks(ticks: list[tuple[int, int]], task: dict) -> None:
    """The last tick is there, where it was surely later than every other."""
    *others, (moment, value) = sorted(ticks)
    if all(moment - other >= SURELY_LATER for other, _ in others):
        assert task["completion"] == value


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Convergence,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_devices_and_pages_converge():
    """F1r, F5r, F6r, F10r"""
    run(examples=15, steps=30)


@pytest.mark.nightly
@pytest.mark.django_db
def test_devices_and_pages_converge_in_many_runs():
    """F1r, F5r, F6r, F10r"""
    run(examples=500, steps=40)
