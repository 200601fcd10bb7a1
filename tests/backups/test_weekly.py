"""Who gets a mail on the first morning of a week, and what it tells of their plans."""

from datetime import UTC, datetime, timedelta

import pytest
from time_machine import travel

from accounts.models import Mail, Preferences, User
from backups import weekly
from tests.backups.api import NOW, event, habit, task
from tests.factories import claim_unit, make_unit
from tests.mailbox import delivered

pytestmark = pytest.mark.django_db

HOUR, DAY = 3_600, 86_400
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def reader(alice: User) -> User:
    """Alice, who wants the mail and lives by UTC."""
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    Preferences.objects.filter(user=alice).update(notice_week=True)
    return alice


def hours(begin: datetime, count: int) -> list[str]:
    """Let the chore run each hour; return when a mail was written, as day and hour."""
    written = []
    for number in range(count):
        with travel(begin + timedelta(hours=number), tick=False):
            written += [f"{begin + timedelta(hours=number):%a %H}"] * weekly.tell()
    return written


def letters() -> list[str]:
    """Return the mails of this Monday, each as its text between greeting and link."""
    with travel(MONDAY + timedelta(hours=7), tick=False):
        weekly.tell()
        return [letter.text for letter in delivered()]


def test_it_is_written_once_on_the_first_morning_of_the_week():
    assert hours(MONDAY - timedelta(days=1), 9 * 24) == ["Mon 06", "Mon 06"]


@pytest.mark.parametrize(
    ("preferences", "expected"),
    [
        ({"week_start": "sunday"}, ["Sun 06"]),
        ({"week_start": "saturday"}, ["Sat 06"]),
        ({"time_zone": "America/New_York"}, ["Mon 11"]),
        ({"time_zone": "Pacific/Auckland"}, ["Sun 17"]),
        ({"notice_week": False}, []),
    ],
)
def test_it_follows_the_readers_week_and_clock(preferences, expected):
    Preferences.objects.update(**preferences)

    assert hours(MONDAY - timedelta(days=2), 4 * 24) == expected


@pytest.mark.parametrize(
    "change", [{"email": ""}, {"is_active": False}, {"closes_at": MONDAY + timedelta(days=3)}]
)
def test_who_has_no_address_is_shut_out_or_goes_is_not_written_to(change):
    User.objects.update(**change)

    assert hours(MONDAY, 24) == []


def test_after_an_outage_of_three_hours_it_still_comes_and_later_no_more():
    assert hours(MONDAY + timedelta(hours=9), 3) == ["Mon 09"]
    Mail.objects.all().delete()
    assert hours(MONDAY + timedelta(hours=10), 24) == []


def test_it_names_what_is_planned_by_day(device_api):
    """What began on another day, or fills this one, has no time; what is done is left out."""
    device_api.push(
        task=[
            task("Bins", duedate=NOW + 18 * HOUR),
            task("Rent <b>", duedate=NOW + 6 * DAY + 9 * HOUR + 300),
            task("Ironing", duedate=NOW + DAY, completion=1),
            task("Some day", duedate=NOW + 7 * DAY),
            task("Library", duedate=NOW - DAY),
        ],
        event=[
            event("Fair", starttime=NOW + DAY, duration=DAY),
            event("Night train", starttime=NOW + 22 * HOUR, duration=8 * HOUR),
        ],
        habit=[habit("Stretch")],
    )

    with travel(MONDAY + timedelta(hours=7), tick=False):
        weekly.tell()
        [letter] = delivered()

    assert letter.subject == "Your week from Monday, 9 November 2026"
    assert letter.link == "/calendar/week/"
    assert letter.text.split("\n\n")[1:-2] == [
        "Monday, 9 November 2026\n– 18:00 Bins\n– 22:00 Night train",
        "Tuesday, 10 November 2026\n– Night train\n– Fair",
        "Sunday, 15 November 2026\n– 09:05 Rent <b>",
        "1 task is overdue.",
        "Open the week:\nhttp://localhost:8000/calendar/week/",
    ]
    assert "Rent &lt;b&gt;" in letter.html
    assert "This happened" not in letter.text + letter.html
    # The plan itself is kept nowhere else.
    assert Mail.objects.get().facts == {"first": "2026-11-09", "path": "/calendar/week/"}


def test_two_devices_stand_under_their_names_and_an_empty_one_does_not(device_api, alice):
    claim_unit(make_unit(), alice, name="Empty one")
    second = make_unit()
    claim_unit(second, alice, name="Office")
    device_api.push(task=[task("Bins", duedate=NOW)])
    type(device_api).of_device(second).push(task=[task("Invoice", duedate=NOW)])

    [text] = letters()

    assert text.split("\n\n")[1:5] == [
        "Kitchen tablet",
        "Monday, 9 November 2026\n– 00:00 Bins",
        "Office",
        "Monday, 9 November 2026\n– 00:00 Invoice",
    ]


def test_a_full_week_is_cut_short(device_api):
    device_api.push(task=[task(f"T{n}", duedate=NOW + DAY) for n in range(weekly.MOST + 2)])

    [text] = letters()

    assert text.count("– 00:00 T") == weekly.MOST
    assert "And 2 more." in text


def test_an_empty_week_brings_no_mail(device_api):
    device_api.push(task=[task("Some day", duedate=NOW + 8 * DAY)])

    assert letters() == []


def test_in_german_it_is_german(device_api):
    Preferences.objects.update(language="de")
    device_api.push(task=[task("Müll", duedate=NOW + DAY)])

    [text] = letters()

    assert "Dienstag, 10. November 2026\n– 00:00 Müll" in text
    assert "Woche öffnen:" in text
