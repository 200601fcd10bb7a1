"""The list of events, its forms, deleting and undoing."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from backups.models import Event
from tests.backups.pages.plan import at, errors, event, names, put

LIST = reverse("backups:events")
NEW = reverse("backups:event_new")
TYPED = {"name": "Choir", "day": "2026-10-20", "start": "19:30", "end": "21:00"}
HOUR, DAY = 3600, 86_400


def address(name="event"):
    return reverse(f"backups:{name}", args=[Event.objects.get().uuid])


def opened(browser, **typed):
    """Return what the form of the one event sends, with what is typed into it."""
    form = browser.get(address()).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value is not None}
    hidden = {f"initial-{name}": value for name, value in sent.items()}
    return {**sent, **hidden, **typed}


def times():
    return Event.objects.values_list("starttime", "duration").get()


def test_without_events_the_page_says_how_to_begin(browser):
    response = browser.get(LIST)

    assert b"Nothing planned." in response.content
    assert NEW.encode() in response.content


def test_what_is_over_leaves_the_list_to_the_fold(browser, backup):
    now = at("2026-10-14 10:00")
    put(
        backup,
        event("ended now", now - HOUR),
        event("ends in a second", now - HOUR + 1),
        event("starts now", now),
        event("a moment, now", now, 0),
        event("tomorrow", now + DAY),
        event("last year", now - 365 * DAY, HOUR),
    )

    context = browser.get(LIST).context

    assert [
        (str(group.key), [event.name for event in group.items]) for group in context["days"]
    ] == [
        ("2026-10-14", ["ends in a second", "a moment, now", "starts now"]),
        ("2026-10-15", ["tomorrow"]),
    ]
    assert [event.name for event in context["past"]] == ["ended now", "last year"]


def test_an_event_goes_on_from_its_start_until_before_its_end(browser, backup):
    now = at("2026-10-14 10:00")
    put(backup, event("on", now), event("ahead", now + 1))

    content = browser.get(LIST).content.decode()

    assert content.count("is-now") == 1
    assert content.index("is-now") < content.index(">on<") < content.index(">ahead<")


def test_the_end_of_an_event_of_several_days_is_shown(browser, backup):
    put(backup, event("Fair", at("2026-10-20 19:30"), 2 * DAY))

    response = browser.get(LIST)

    assert "Tue 20 Oct 19:30 – Thu 22 Oct 19:30" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, (at("2026-10-20 19:30"), 90 * 60)),
        ({"end": "", "length": "45"}, (at("2026-10-20 19:30"), 45 * 60)),
        ({"end": "01:00", "end_day": "2026-10-21"}, (at("2026-10-20 19:30"), 330 * 60)),
        ({"length": "60"}, (at("2026-10-20 19:30"), 90 * 60)),
        (
            {"day": "2026-10-25", "start": "01:00", "end": "04:00"},
            (at("2026-10-25 01:00"), 4 * HOUR),
        ),
        (
            {"day": "2026-10-25", "start": "01:00", "end": "04:00", "length": "180"},
            (at("2026-10-25 01:00"), 4 * HOUR),
        ),
        ({"length": "90"}, (at("2026-10-20 19:30"), 90 * 60)),
        (
            {"day": "2027-03-28", "start": "01:00", "end": "04:00"},
            (at("2027-03-28 01:00"), 2 * HOUR),
        ),
    ],
    ids=[
        "end",
        "length",
        "next day",
        "end over the usual length",
        "autumn",
        "autumn, and the length that its clock shows",
        "both",
        "spring",
    ],
)
def test_a_new_event_has_a_start_and_a_length_in_seconds(browser, typed, expected):
    browser.post(NEW, TYPED | typed)

    assert times() == expected


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"name": "é" * 64},
            "This is 1 byte too long; the device holds 127. Letters like ä "
            "count as two bytes, emoji as four.",
        ),
        ({"day": ""}, "Choose a day."),
        ({"start": ""}, "Choose a time."),
        ({"end": ""}, "Give an end or a length."),
        ({"end": "19:30"}, "It would end before it starts. Does it end on another day?"),
        (
            {"end": "18:00", "length": "45"},
            "It would end before it starts. Does it end on another day?",
        ),
        ({"end": "18:00"}, "It would end before it starts. Does it end on another day?"),
        ({"end": "", "length": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"length": "45"}, "End and length do not agree: give one of them."),
        (
            {"day": "2027-03-28", "start": "02:30", "end": "04:00"},
            "02:30 does not exist that day: the clocks go forward then.",
        ),
        (
            {"day": "2027-03-28", "start": "01:00", "end": "02:30"},
            "02:30 does not exist that day: the clocks go forward then.",
        ),
        ({"day": "2039-01-01"}, "The device knows days from 1970 to 18 January 2038."),
        ({"day": "9999-12-31"}, "The device knows days from 1970 to 18 January 2038."),
        (
            {"day": "0001-01-01", "start": "00:00"},
            "The device knows days from 1970 to 18 January 2038.",
        ),
        (
            {"end_day": "2039-01-01"},
            "The device knows days from 1970 to 18 January 2038.",
        ),
        (
            {"end": "", "length": "30000000"},
            "The device knows days from 1970 to 18 January 2038.",
        ),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(browser, typed, said):
    typed = TYPED | {"description": "Keep me"} | typed

    response = browser.post(NEW, typed)

    assert (response.status_code, errors(response)) == (200, [said])
    assert not Event.objects.exists()
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_no_year_that_is_half_typed_is_a_fault_of_the_server(browser, day):
    address = reverse("backups:events_meanwhile")

    answers = [
        browser.get(address, TYPED | {"day": day} | more) for more in ({}, {"all_day": "on"})
    ]

    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_new_event_begins_at_the_next_full_hour(browser):
    form = browser.get(NEW, {"day": "2026-12-24"}).context["form"]

    assert (str(form["day"].value()), str(form["start"].value())) == ("2026-12-24", "11:00:00")
    assert form["length"].value() == 60


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"name": "Concert"}, (at("2026-10-20 19:30") + 7, 90 * 60)),
        ({"end": "22:00"}, (at("2026-10-20 19:30") + 7, 150 * 60 - 7)),
        ({"length": "30"}, (at("2026-10-20 19:30") + 7, 30 * 60)),
        ({"start": "20:00"}, (at("2026-10-20 20:00"), 60 * 60)),
        ({"day": "2026-10-19", "end_day": "2026-10-19"}, (at("2026-10-19 19:30"), 90 * 60)),
    ],
    ids=["name", "end", "length", "start", "day"],
)
def test_an_edit_changes_what_was_typed_and_nothing_else(browser, backup, typed, expected):
    put(backup, event("Choir", at("2026-10-20 19:30") + 7, 90 * 60))

    response = browser.post(address(), opened(browser, **typed))

    assert response.status_code == 302, errors(response)
    assert times() == expected


@pytest.mark.parametrize("duration", [0, 2**31 - 1 - 1_800_000_000])
def test_an_odd_length_from_a_device_does_not_stand_in_the_way_of_a_new_name(
    browser, backup, duration
):
    put(backup, event("Choir", 1_800_000_000, duration))

    browser.post(address(), opened(browser, name="Concert"))

    assert Event.objects.get().name == "Concert"
    assert times() == (1_800_000_000, duration)


def test_a_deleted_event_comes_back_only_by_undo(browser, backup):
    put(backup, event("Choir", at("2026-10-20 19:30"), description="Green folder"))

    browser.post(address("event_delete"))
    assert names(browser.get(LIST)) == []

    browser.post(address("event_restore"))
    assert names(browser.get(LIST)) == ["Choir"]
    assert Event.objects.get().description == "Green folder"


def test_an_event_of_whole_days_needs_no_times(browser):
    typed = {"name": "Fair", "all_day": "on", "day": "2027-03-27", "end_day": "2027-03-28"}

    browser.post(reverse("backups:event_new"), typed)

    made = Event.objects.get()
    assert (made.starttime, made.endtime) == (at("2027-03-27 00:00"), at("2027-03-29 00:00"))
    form = browser.get(reverse("backups:event", args=[made.uuid])).context["form"]
    assert [form[name].value() for name in ("all_day", "start", "end")] == [True, None, None]
    assert [str(form[name].value()) for name in ("day", "end_day")] == ["2027-03-27", "2027-03-28"]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"all_day": "on", "end_day": "2027-03-26"}, "It would end before it starts."),
        ({"length": "30"}, "Choose a time."),
    ],
)
def test_an_event_needs_days_in_order_and_a_time_unless_it_is_of_whole_days(browser, typed, error):
    """E11"""
    response = browser.post(
        reverse("backups:event_new"), {"name": "Fair", "day": "2027-03-27", **typed}
    )

    assert errors(response) == [error]
    assert not Event.objects.exists()


def test_an_event_of_whole_days_gets_times_again(browser, backup):
    put(backup, event("Fair", at("2027-03-27 00:00"), 86_400))
    address = reverse("backups:event", args=[Event.objects.get().uuid])
    shown = {"initial-name": "Fair", "initial-day": "2027-03-27", "initial-all_day": "True"}

    browser.post(
        address, shown | {"name": "Fair", "day": "2027-03-27", "start": "09:00", "end": "17:00"}
    )

    made = Event.objects.get()
    assert (made.starttime, made.endtime) == (at("2027-03-27 09:00"), at("2027-03-27 17:00"))


def test_the_form_tells_what_else_goes_on_meanwhile(browser, backup):
    put(
        backup,
        event("Choir", at("2026-10-15 19:30"), 5400),
        event("Dinner", at("2026-10-15 20:30")),
        event("Before", at("2026-10-15 18:30")),
        event("After", at("2026-10-15 21:00")),
    )
    address = reverse("backups:event", args=[Event.objects.get(name="Choir").uuid])

    assert [one.name for one in browser.get(address).context["meanwhile"]] == ["Dinner"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ({"start": "20:00", "end": "20:45"}, ["Choir", "Dinner"]),
        ({"start": "21:00", "length": "30"}, ["Dinner"]),
        ({"start": "18:30", "end": "19:30"}, []),
        ({"all_day": "on"}, ["Choir", "Dinner"]),
        ({"start": "20:00"}, []),
        ({"start": "25:00", "end": "20:45"}, []),
        ({"start": "20:00", "end": "20:45", "day": ""}, []),
        ({"start": "20:00", "end": "20:45", "but": "junk"}, ["Choir", "Dinner"]),
    ],
)
def test_while_times_are_typed_it_is_told_what_else_goes_on(browser, backup, typed, shown):
    put(
        backup,
        event("Choir", at("2026-10-15 19:30"), 5400),
        event("Dinner", at("2026-10-15 20:30")),
    )
    meanwhile = reverse("backups:events_meanwhile")

    response = browser.get(meanwhile, {"day": "2026-10-15"} | typed)

    assert [one.name for one in response.context["meanwhile"]] == shown
    choir = Event.objects.get(name="Choir").uuid
    others = browser.get(meanwhile, {"day": "2026-10-15", **typed, "but": str(choir)})
    assert [one.name for one in others.context["meanwhile"]] == [
        name for name in shown if name != "Choir"
    ]


def test_a_saved_event_tells_what_else_goes_on(browser, backup):
    put(backup, event("Dinner", at("2026-10-20 20:30")))

    made = browser.post(NEW, TYPED)

    [message] = get_messages(made.wsgi_request)
    told = "At the same time: Dinner (Tue 20 Oct 20:30 – 21:30)"
    assert str(message) == f"“Choir” is added. {told}"
