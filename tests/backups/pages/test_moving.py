"""Events that are moved by days and minutes, on the device's clock."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from backups.calendars import WallClock
from backups.forms.events import MoveForm
from backups.models import Event
from planner.problems import RuleError
from planner.times import FOREVER
from tests.backups.pages.plan import BERLIN, at, event, put

DAY = 86_400


def move(browser, **sent):
    choir = Event.objects.get()
    address = reverse("backups:event_move", args=[choir.uuid])
    return browser.post(address, {"starttime": choir.starttime, **sent})


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)][-1]


def times():
    return Event.objects.values_list("starttime", "duration").get()


@pytest.mark.parametrize(
    ("start", "sent", "expected"),
    [
        ("2026-10-20 19:30", {"minutes": "-15"}, "2026-10-20 19:15"),
        ("2026-10-20 23:50", {"minutes": "15"}, "2026-10-21 00:05"),
        ("2026-10-24 19:30", {"days": "1", "minutes": "30"}, "2026-10-25 20:00"),
        ("2027-03-27 02:30", {"days": "1"}, "2027-03-28 03:30"),
        ("2027-03-28 03:00", {"minutes": "-15"}, "2027-03-28 01:45"),
        ("2026-10-20 19:30", {}, "2026-10-20 19:30"),
    ],
    ids=[
        *("earlier", "past midnight", "over the autumn change", "into the gap"),
        *("back over the gap", "not at all"),
    ],
)
def test_an_event_is_moved_by_the_clock_of_the_device(browser, backup, start, sent, expected):
    put(backup, event("Choir", at(start), 5400))

    assert move(browser, **sent).status_code == 302

    assert times() == (at(expected), 5400)


def test_a_quarter_of_an_hour_is_one_in_an_hour_that_comes_twice(browser, backup):
    second = at("2026-10-25 02:30") + 3600
    put(backup, event("Choir", second, 5400))

    move(browser, minutes="15")

    assert times() == (second + 900, 5400)


def test_whole_days_stay_whole_over_a_change_of_the_clocks(browser, backup):
    put(backup, event("Fair", at("2026-10-23 00:00"), 2 * DAY))

    move(browser, days="1", minutes="15")

    assert times() == (at("2026-10-24 00:00"), 2 * DAY + 3600)


def test_a_move_is_told_with_what_else_goes_on_and_can_be_undone(browser, backup):
    put(backup, event("Choir", at("2026-10-20 19:30"), 5400))

    response = move(browser, days="1")

    [message] = get_messages(response.wsgi_request)
    assert str(message) == "“Choir” is moved: Wed 21 Oct 19:30 – 21:00."
    browser.post(message.extra_tags)
    assert times() == (at("2026-10-20 19:30"), 5400)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"days": "1", "starttime": str(at("2026-10-20 18:00"))}, "Somebody moved it meanwhile."),
        ({"days": "367"}, "It cannot be moved like that."),
        ({"minutes": "soon"}, "It cannot be moved like that."),
        ({"days": "1", "starttime": "-1"}, "It cannot be moved like that."),
    ],
)
def test_a_move_from_another_place_or_by_nonsense_changes_nothing(browser, backup, sent, said):
    put(backup, event("Choir", at("2026-10-20 19:30"), 5400))

    assert told(move(browser, **sent)).startswith(said)
    assert times() == (at("2026-10-20 19:30"), 5400)


@given(
    st.integers(0, FOREVER),
    st.integers(0, FOREVER),
    st.integers(-366, 366),
    st.integers(-1440, 1440),
)
def test_no_move_leaves_what_a_device_knows(start, duration, days, minutes):
    form = MoveForm({"starttime": start, "days": days, "minutes": minutes})
    assert form.is_valid()

    try:
        fields = form.fields_of(Event(starttime=start, duration=duration), WallClock(0, BERLIN))
    except RuleError:
        return
    assert 0 <= fields["starttime"] <= FOREVER
    assert fields["starttime"] + fields.get("duration", duration) <= FOREVER
