"""Who becomes the owner: the code decides, and every refusal looks the same."""

from itertools import product
from statistics import median
from time import process_time

import pytest

from accounts.models import User
from devices import claims, lifecycle, members, serials
from devices.inventory import Unit
from devices.models import Claim, Device, Membership
from devices.signals import device_claimed
from planner.problems import RuleError
from tests.factories import claim_unit, make_device, make_unit, make_user

pytestmark = pytest.mark.django_db
ONE_ANSWER = (
    "claim-failed",
    "This serial number and code cannot be claimed. Compare them with the label.",
)


def claim(user: User, unit: Unit, **changed: str) -> Claim:
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk", "address": "192.0.2.1"}
    return claims.claim(user, **label | changed)


def refused(user: User, unit: Unit, **changed: str) -> RuleError:
    with pytest.raises(RuleError) as caught:
        claim(user, unit, **changed)
    return caught.value


def test_a_first_claim_makes_an_owner_at_once(alice, unit):
    alice.preferences.time_zone = "Europe/Berlin"
    alice.preferences.save()

    made = claim(alice, unit)

    device = Device.objects.get(serial=unit.serial)
    assert (made.state, made.user, made.expires_at) == ("accepted", alice, None)
    assert (device.state, device.name, device.claim) == ("claimed", "Desk", made.pk)
    assert (device.claimed_before, device.time_zone) == (True, "Europe/Berlin")
    assert [(m.user, m.role) for m in device.memberships.all()] == [(alice, "owner")]


def test_a_claim_is_told_to_the_packages_above_in_its_own_transaction(alice, unit):
    told = []

    def receiver(sender, **what):
        told.append((sender, what["device"].pk, what["user"], what["claim"]))

    device_claimed.connect(receiver)
    try:
        made = claim(alice, unit)
    finally:
        device_claimed.disconnect(receiver)

    assert told == [(Device, made.device_id, alice, made.pk)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.lower, id="lower case"),
        pytest.param(lambda text: text.replace("-", ""), id="no dashes"),
        pytest.param(lambda text: f" {text.replace('-', ' – ')} ", id="spaces and long dashes"),
    ],
)
def test_label_typed_in_any_form_is_read(alice, unit, change):
    """C8"""
    made = claim(alice, unit, serial=change(unit.serial), code=change(unit.code))

    assert made.state == "accepted"


@pytest.mark.parametrize("letter", ["o", "O", "i", "I", "l"])
def test_letters_that_look_like_digits_are_digits_in_a_serial(alice, letter):
    """C8"""
    digit = "0" if letter in "oO" else "1"
    unit = next(made for made in iter(make_unit, None) if digit in made.serial[3:])

    assert claim(alice, unit, serial=unit.serial.replace(digit, letter)).state == "accepted"


@pytest.mark.parametrize("place", range(12))
def test_another_letter_in_a_code_is_refused_like_any_wrong_code_and_is_no_try(alice, unit, place):
    """C8"""
    letters = unit.code.replace("-", "")
    other = "B" if letters[place] != "B" else "C"
    mistyped = letters[:place] + other + letters[place + 1 :]

    errors = [refused(alice, unit, code=mistyped) for _ in range(30)]

    assert {(error.slug, str(error)) for error in errors} == {ONE_ANSWER}
    assert [error.errors for error in errors] == [None] * 30
    assert claim(alice, unit).state == "accepted"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"serial": "SC-1"}, id="short serial"),
        pytest.param({"serial": "SC-7K3M92QF-X"}, id="wrong check character"),
        pytest.param({"code": "BCD"}, id="short code"),
        pytest.param({"code": "AEIO-UAEI-OUAE"}, id="vowels"),
        pytest.param({"serial": "é", "code": "𝔅" * 12}, id="other alphabets"),
    ],
)
def test_what_is_no_serial_or_code_at_all_gets_the_one_answer_too(alice, unit, changed):
    error = refused(alice, unit, **changed)

    assert (error.slug, str(error), error.errors) == (*ONE_ANSWER, None)


def wrong_code(unit: Unit) -> Unit:
    return unit._replace(code=make_unit().code)


def unknown_serial(unit: Unit) -> Unit:
    return unit._replace(serial=serials.new_serial("SC"))


def blocked(unit: Unit) -> Unit:
    lifecycle.block(Device.objects.get(serial=unit.serial))
    return unit


def retired(unit: Unit) -> Unit:
    lifecycle.retire(Device.objects.get(serial=unit.serial))
    return unit


def somebody_elses(unit: Unit) -> Unit:
    """Of somebody who takes no requests to join."""
    owner = User.objects.create_user(unit.serial)
    members.take_requests(claim_unit(unit, owner), by=owner, wanted=False)
    return unit


def somebody_elses_blocked(unit: Unit) -> Unit:
    return blocked(somebody_elses(unit))


ALIKE = [wrong_code, unknown_serial, blocked, retired, somebody_elses]
NO = [*ALIKE, somebody_elses_blocked]


@pytest.mark.parametrize("reason", NO)
def test_every_refusal_is_one_and_the_same_and_changes_nothing(alice, unit, reason):
    """C1"""
    shown = reason(unit)
    before = list(Device.objects.values()), list(Claim.objects.values())

    error = refused(alice, shown)

    assert (error.slug, error.status, error.errors, error.retry_after) == (
        "claim-failed",
        400,
        None,
        None,
    )
    assert (error.slug, str(error)) == ONE_ANSWER
    assert (list(Device.objects.values()), list(Claim.objects.values())) == before
    assert not Membership.objects.filter(user=alice).exists()


@pytest.mark.parametrize("reason", ALIKE)
def test_every_refusal_asks_the_database_the_same_number_of_questions(
    alice, unit, reason, django_assert_num_queries
):
    """C1"""
    shown = reason(unit)

    with django_assert_num_queries(17):
        refused(alice, shown)


@pytest.mark.nightly
def test_no_reason_of_a_refusal_is_told_by_the_work_that_it_takes(alice):
    """C1"""
    taken = {reason: [] for reason in ALIKE}
    for number, reason in product(range(100), ALIKE):
        shown, person = reason(make_unit()), make_user(f"{reason.__name__}{number}")
        began = process_time()
        refused(person, shown, address=f"10.{number}.{ALIKE.index(reason)}.1")
        taken[reason].append(process_time() - began)

    usual = median(taken[wrong_code])
    found = {reason.__name__: median(times) / usual for reason, times in taken.items()}
    assert {name: ratio for name, ratio in found.items() if abs(ratio - 1) > 0.1} == {}


def test_an_own_device_is_told_to_be_one_and_is_no_try(alice, unit):
    claim(alice, unit)

    errors = [refused(alice, unit) for _ in range(12)]

    assert {error.slug for error in errors} == {"conflict"}
    assert Membership.objects.count() == 1


def test_an_own_device_with_a_wrong_code_is_a_failed_try(alice, unit):
    claim(alice, unit)

    assert refused(alice, wrong_code(unit)).slug == "claim-failed"


def test_ten_devices_are_a_persons_limit(alice, bob):
    """A9"""
    for _ in range(10):
        make_device(alice)
    eleventh = make_unit()

    error = refused(alice, eleventh)

    assert (error.slug, error.status) == ("conflict", 409)
    assert str(error) == "You have ten devices already. Release one of them first."
    assert claim(bob, eleventh).state == "accepted"


def test_at_the_limit_a_guess_learns_nothing_about_the_code(alice, unit):
    for _ in range(10):
        make_device(alice)

    answers = {refused(alice, guess).slug for guess in (unit, wrong_code(unit))}

    assert answers == {"conflict"}


def test_a_device_that_is_shared_counts_for_the_limit_too(alice, bob):
    for _ in range(10):
        shared = make_device(bob)
        Membership.objects.create(device=shared, user=alice, role="viewer")

    assert refused(alice, make_unit()).slug == "conflict"
