"""How often somebody may guess, and that nobody can lock another out of their own unit."""

import pytest

from accounts.models import User
from devices import claims, serials
from devices.inventory import Unit
from planner.problems import RuleError
from tests.factories import make_unit, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR = 3600


@pytest.fixture
def wrong(unit: Unit) -> Unit:
    """The serial of `unit` with another unit's code."""
    return unit._replace(code=make_unit().code)


def attempt(user: User, unit: Unit, address: str = "192.0.2.1") -> str | RuleError:
    """Return the state of the claim, or its error."""
    try:
        made = claims.claim(user, serial=unit.serial, code=unit.code, name="Desk", address=address)
    except RuleError as error:
        return error
    return made.state


def slugs(outcomes) -> list[str]:
    return [getattr(outcome, "slug", outcome) for outcome in outcomes]


def test_a_person_has_five_tries_an_hour_on_one_serial(alice, wrong):
    """C2"""
    outcomes = [attempt(alice, wrong) for _ in range(6)]

    assert slugs(outcomes) == ["claim-failed"] * 5 + ["throttled"]
    assert (outcomes[-1].status, outcomes[-1].retry_after) == (429, HOUR / 5)


def test_the_right_code_does_not_help_while_one_has_to_wait(alice, unit, wrong, clock):
    for _ in range(5):
        attempt(alice, wrong)

    assert slugs([attempt(alice, unit)]) == ["throttled"]
    clock.shift(HOUR / 5)
    assert attempt(alice, unit) == "accepted"


def test_a_person_has_twenty_tries_on_one_serial_in_all(alice, wrong, clock):
    """C2"""
    outcomes = []
    for _ in range(24):
        outcomes.append(attempt(alice, wrong))
        clock.shift(HOUR)

    assert slugs(outcomes) == ["claim-failed"] * 20 + ["throttled"] * 4


@pytest.mark.parametrize("count", [12, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_a_person_has_ten_tries_an_hour_over_all_serials(alice, unit, count):
    """C3"""
    guesses = [unit._replace(serial=serials.new_serial("SC")) for _ in range(count)]

    outcomes = [attempt(alice, guess) for guess in guesses]

    assert slugs(outcomes) == ["claim-failed"] * 10 + ["throttled"] * (count - 10)
    assert outcomes[-1].retry_after == HOUR / 10


def test_an_address_has_twenty_tries_an_hour(unit, wrong):
    """C3"""
    people = [make_user(f"user{number}") for number in range(22)]

    outcomes = [attempt(person, wrong) for person in people]

    assert slugs(outcomes) == ["claim-failed"] * 20 + ["throttled"] * 2
    assert attempt(people[0], unit, address="192.0.2.2") == "accepted"


def test_a_serial_takes_thirty_an_hour_from_those_who_failed_on_it_before(wrong):
    people = [make_user(f"user{number}") for number in range(40)]
    first = [attempt(person, wrong, f"192.0.2.{n}") for n, person in enumerate(people)]

    again = [attempt(person, wrong, f"198.51.100.{n}") for n, person in enumerate(people)]

    assert slugs(first) == ["claim-failed"] * 40
    assert slugs(again) == ["claim-failed"] * 30 + ["throttled"] * 10


def test_whoever_never_failed_on_a_serial_is_not_held_up_by_those_who_did(bob, unit, wrong):
    people = [make_user(f"user{number}") for number in range(40)]
    for turn in range(2):
        for number, person in enumerate(people):
            attempt(person, wrong, f"192.0.{turn}.{number}")

    assert attempt(bob, unit, address="203.0.113.1") == "accepted"


def test_a_throttled_try_costs_nothing_elsewhere(alice, unit, wrong):
    for _ in range(5):
        attempt(alice, wrong)
    for _ in range(50):
        attempt(alice, wrong)

    others = [attempt(alice, unit._replace(serial=make_unit().serial)) for _ in range(6)]

    assert slugs(others) == ["claim-failed"] * 5 + ["throttled"]


def test_throttled_tries_do_not_use_up_the_twenty(alice, wrong, clock):
    for _ in range(50):
        attempt(alice, wrong)
    clock.shift(HOUR)

    assert slugs([attempt(alice, wrong)]) == ["claim-failed"]


def test_successes_are_not_counted(alice):
    units = [make_unit() for _ in range(9)]

    outcomes = [attempt(alice, unit) for unit in units for _ in range(4)]

    assert slugs(outcomes) == ["accepted", "conflict", "conflict", "conflict"] * 9


def test_a_hundred_failures_an_hour_on_the_whole_site_raise_an_alarm(unit, caplog):
    for number in range(101):
        person = make_user(f"user{number}")
        attempt(person, unit._replace(code=make_unit().code), f"192.0.2.{number}")

    assert [(record.levelname, record.name) for record in caplog.records] == [
        ("ERROR", "planner.claims")
    ]
    assert unit.serial not in caplog.text
