"""The hub: who is woken by what, and that nothing which was announced is missed."""

import asyncio

import pytest

from backups.live import Hub

LONG, SHORT = 10, 0.01


def run(scene):
    """Play a scene with a hub in a loop of its own."""
    return asyncio.run(scene(Hub()))


def test_only_who_waits_for_the_plan_is_woken():
    async def scene(hub):
        with (
            hub.subscribe(1, 0) as first,
            hub.subscribe(1, 0) as second,
            hub.subscribe(2, 0) as other,
        ):
            waits = asyncio.gather(first.wait(LONG), second.wait(LONG), other.wait(SHORT))
            await asyncio.sleep(0)
            hub.announce([1, 3])
            return await waits

    assert run(scene) == [True, True, False]


def test_what_is_announced_before_the_wait_ends_it_at_once_and_once():
    async def scene(hub):
        with hub.subscribe(1, 0) as waiter:
            hub.announce([1])
            hub.announce([1])
            return [await waiter.wait(LONG), await waiter.wait(SHORT)]

    assert run(scene) == [True, False]


@pytest.mark.parametrize(
    ("revisions", "woken"),
    [({1: 7}, False), ({1: 8}, True), ({1: 6}, True), ({}, True)],
    ids=["the same", "a newer one", "an older one, put back", "none: the plan was closed"],
)
def test_a_comparison_wakes_who_knows_another_revision(revisions, woken):
    async def scene(hub):
        with hub.subscribe(1, 7) as waiter:
            hub.compare([1], revisions)
            return await waiter.wait(SHORT)

    assert run(scene) is woken


def test_a_comparison_of_some_plans_says_nothing_about_the_others():
    async def scene(hub):
        with hub.subscribe(1, 7) as waiter:
            hub.compare([2], {2: 9})
            return await waiter.wait(SHORT)

    assert run(scene) is False


def test_the_hub_keeps_nobody_who_has_gone():
    async def scene(hub):
        with hub.subscribe(1, 0), hub.subscribe(2, 0):
            with hub.subscribe(1, 0):
                during = hub.plans
            after = hub.plans
        return during, after, hub.plans

    assert run(scene) == ({1, 2}, {1, 2}, frozenset())


def test_a_closed_hub_lets_everybody_go_also_who_comes_later():
    async def scene(hub):
        with hub.subscribe(1, 0) as waiter:
            hub.close()
            before = await waiter.wait(LONG)
        with hub.subscribe(1, 0) as late:
            return before, await late.wait(LONG), hub.closed

    assert run(scene) == (True, True, True)
