"""Everything is killed at random under load: what was acknowledged is there, whole and once."""

from random import Random

import pytest

from tests.chaos.load import TOLD_WHEN, Load, faults
from tests.chaos.site import NEEDS_NGINX, Site

pytestmark = [pytest.mark.e2e, NEEDS_NGINX]

FAULTS = {
    "a worker": Site.kill_worker,
    "a service": Site.kill_service,
    "nginx": Site.kill_nginx,
    "a backend": Site.kill_backend,
    "PostgreSQL": Site.kill_database,
}
SIZES = [(1, 100), pytest.param(20, 1_000, marks=pytest.mark.nightly)]
AFTER = 5
"""Pushes that must be acknowledged after a fault, before the next."""


@pytest.mark.parametrize(("rounds", "pushes"), SIZES)
def test_nothing_acknowledged_is_lost_whatever_is_killed(site, fleet, tell, rounds, pushes):
    """H1, H2, H3, H8, H9"""
    chance = Random(rounds)
    order = list(FAULTS) * rounds
    chance.shuffle(order)
    with Load(site, fleet) as load:
        for fault in order:
            load.go_on(AFTER)
            FAULTS[fault](site)
        load.reach(pushes)

    assert faults(site, load.members) == []
    assert set(load.refusals) <= {TOLD_WHEN}
    tell(f"{len(order)} kills: {load.figures.acknowledged} pushes acknowledged, 0 lost, 0 twice")
    tell(f"  meanwhile {load.offline} requests without an answer, {load.refusals[TOLD_WHEN]} 503")


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.nightly)])
def test_no_request_fails_while_everything_starts_anew_under_load(site, fleet, tell, rounds):
    """H8"""
    with Load(site, fleet) as load:
        for _ in range(rounds):
            load.go_on(AFTER)
            site.reload()
            load.go_on(AFTER)
            site.restart()
        load.go_on(AFTER)

    assert load.figures.errors == {}
    assert faults(site, load.members) == []
    tell(f"{2 * rounds} reloads and restarts: {load.figures.requests} requests, 0 failed")
