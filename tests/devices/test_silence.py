"""Who is told, and when, of a device that stays away: by its own habit, and once."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from accounts.models import Mail, User
from devices import lifecycle, silence
from devices.models import Device, LastSeen
from tests.mailbox import delivered

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 1, 7, tzinfo=UTC)


@pytest.fixture
def owner(alice: User) -> User:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    return alice


def live(device: Device, days: list[float], until: float) -> list[int]:
    """Let the device call on these days and the chore run daily; return when a mail was due."""
    told = []
    for day in range(int(until) + 1):
        now = BEGIN + timedelta(days=day)
        calls = [one for one in days if one <= day]
        if calls:
            seen = BEGIN + timedelta(days=max(calls))
            LastSeen.objects.update_or_create(device=device, defaults={"seen_at": seen})
        with travel(now, tick=False):
            told += [day] * silence.look()
    return told


def test_a_device_of_every_day_is_missed_after_three(device, owner):
    """Once, however long it stays away."""
    assert live(device, [*range(20)], until=40) == [23]


def test_a_device_of_every_week_is_missed_after_three_weeks(device, owner):
    """But for its first week, when its habit is not known yet."""
    assert live(device, [7 * week for week in range(6)], until=70) == [4, 35 + 22]


def test_it_is_missed_again_after_it_was_back(device, owner):
    assert live(device, [*range(10), *range(20, 30)], until=90) == [13, 57]


def test_a_device_that_was_never_heard_of_is_not_missed(device, owner):
    assert live(device, [], until=30) == []


@pytest.mark.parametrize("end", ["released", "blocked"])
def test_nobody_is_told_of_a_device_that_is_not_in_use(device, owner, end):
    live(device, [*range(5)], until=5)
    if end == "released":
        lifecycle.release(device, by=owner)
    else:
        lifecycle.block(device)

    assert live(device, [], until=40) == []


def test_whoever_wants_no_such_mail_gets_none(device, owner):
    owner.preferences.notice_silence = False
    owner.preferences.save()

    assert live(device, [*range(5)], until=40) == []
    assert Mail.objects.count() == 0


def test_the_mail_says_which_device_and_leads_to_it(device, owner):
    """D10: by the configured host."""
    live(device, [*range(5)], until=9)

    [letter] = delivered()

    assert (letter.to, letter.subject) == (
        "alice@example.org",
        "Kitchen tablet has been away for 4 days",
    )
    assert letter.link == f"/devices/{device.pk}/"
    assert "switch these mails off" in letter.text


def test_the_look_costs_the_same_for_any_number_of_quiet_devices(
    device, owner, django_assert_max_num_queries
):
    live(device, [0], until=1)

    with django_assert_max_num_queries(4), travel(BEGIN + timedelta(days=2), tick=False):
        silence.look()


def test_what_happens_while_the_look_goes_on_counts(device, owner):
    """The device calls; or it is somebody else's, who learns of no former name."""
    live(device, [0], until=1)
    with travel(BEGIN + timedelta(days=5), tick=False):
        [missed] = silence._missed()
        LastSeen.objects.update(seen_at=BEGIN + timedelta(days=5))

        assert not silence._tell(missed)
        LastSeen.objects.update(seen_at=BEGIN)
        Device.objects.update(name="Desk")
        assert silence._tell(missed)

    assert Mail.objects.get(kind="silent-device").facts["device"] == "Desk"
