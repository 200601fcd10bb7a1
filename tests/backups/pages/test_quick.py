"""Adding by plain words: one line, its preview, many lines."""

import pytest
from django.urls import reverse

from accounts import profile
from backups.models import Event, Task
from planner.times import FOREVER
from tests.backups.pages.plan import at
from tests.shown import toasts

QUICK, PREVIEW, LINES = (
    reverse(f"backups:{name}") for name in ("quick", "quick_preview", "quick_lines")
)
DAY = "2026-10-14"


def test_one_line_adds_a_task_and_tells_how_it_was_read(browser):
    typed = {"name": "Buy milk tomorrow 17:00 !3", "day": DAY, "next": "/today/"}

    response = browser.post(QUICK, typed, follow=True)

    task = Task.objects.get()
    assert response.redirect_chain == [(f"/today/#e-{task.uuid}", 302)]
    assert (task.name, task.priority, task.duedate) == ("Buy milk", 3, at("2026-10-15 17:00"))
    assert toasts(response) == ["“Buy milk” is added: Tomorrow 17:00, High."]
    content = response.content.decode()
    assert f'action="{reverse("backups:history_undo", args=[1])}"' in content
    assert f'<a href="/tasks/{task.uuid}/?next=%2Ftoday%2F">Edit</a>' in content


def test_one_press_undoes_what_a_line_added(browser):
    browser.post(QUICK, {"name": "Buy milk"})

    browser.post(reverse("backups:history_undo", args=[1]))

    assert not Task.objects.get().alive


@pytest.mark.parametrize(
    ("line", "day", "duedate"),
    [
        ("Call", DAY, at("2026-10-14 23:59")),
        ("Call", "", FOREVER),
        ("Call 9:00", DAY, at("2026-10-15 09:00")),
        ("Call 11:00", "", at("2026-10-14 11:00")),
        ("Call 9:00", "2026-10-20", at("2026-10-20 09:00")),
        ("Call 28.3.2027 02:30", DAY, at("2027-03-28 03:30")),
        ("Call 2037-12-31 23:59", DAY, at("2037-12-31 23:59")),
        ("Call 1970-01-01", DAY, at("1970-01-01 23:59")),
        ("Call", "soon", FOREVER),
    ],
)
def test_a_task_is_due_on_the_device_s_clock(browser, line, day, duedate):
    """E11"""
    browser.post(QUICK, {"name": line, "day": day})

    assert [task.duedate for task in Task.objects.all()] == ([duedate] if day != "soon" else [])


@pytest.mark.parametrize(
    ("line", "start", "minutes"),
    [
        ("Lunch 12:00-13:00 friday", "2026-10-16 12:00", 60),
        ("Lunch 9:00-9:30", "2026-10-15 09:00", 30),
        ("Run 18:00 for 30 min", "2026-10-14 18:00", 30),
        ("Night 22:00-01:00", "2026-10-14 22:00", 180),
        ("Gap 28.3.2027 02:00-02:30", "2027-03-28 03:00", 30),
        ("Gap 28.3.2027 02:30-03:15", "2027-03-28 03:30", 45),
        ("Gap 28.3.2027 02:30-03:30", "2027-03-28 03:30", 60),
    ],
)
def test_a_line_from_when_to_when_is_an_event(browser, line, start, minutes):
    """E11"""
    browser.post(QUICK, {"name": line, "day": DAY})

    event = Event.objects.get()
    assert (event.starttime, event.duration) == (at(start), minutes * 60)


def test_on_the_page_of_events_a_time_or_a_day_is_enough(browser):
    browser.post(QUICK, {"name": "Dentist friday 10:00", "kind": "event"})
    browser.post(QUICK, {"name": "Fair 2026-10-20", "kind": "event"})

    assert list(
        Event.objects.order_by("starttime").values_list("name", "starttime", "duration")
    ) == [
        ("Dentist", at("2026-10-16 10:00"), 3600),
        ("Fair", at("2026-10-20 00:00"), 86_400),
    ]


def test_an_event_without_a_day_goes_on_in_the_form(browser):
    response = browser.post(QUICK, {"name": "Dentist", "kind": "event", "next": "/events/"})

    assert response.url == "/events/new/?name=Dentist&next=%2Fevents%2F"
    form = browser.get(response.url).context["form"]
    assert form["name"].value() == "Dentist"


def test_a_length_without_a_time_stays_in_the_name(browser):
    browser.post(QUICK, {"name": "Run for 30 min tomorrow"})

    task = Task.objects.get()
    assert (task.name, task.duedate) == ("Run for 30 min", at("2026-10-15 23:59"))


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "Give it a name."),
        ("  ", "Give it a name."),
        (
            "ä" * 64,
            "This is 1 byte too long; the device holds 127. Letters like ä count as two bytes, "
            "emoji as four.",
        ),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_a_line_that_is_wrong_becomes_a_form_that_keeps_it(browser, line, error):
    """E1, E5"""
    response = browser.post(QUICK, {"name": line, "day": DAY, "next": "/tasks/"})

    form = response.context["form"]
    assert (response.status_code, form.errors["name"]) == (200, [error])
    assert (form["name"].value(), form["day"].value()) == (line, DAY)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Buy milk tomorrow 17:00 !3", ["Buy milk", "Tomorrow 17:00", "High"]),
        ("Lunch 12:00-13:00 friday", ["Lunch", "Fri 16 Oct 12:00 – 13:00"]),
        ("x 28.3.2027 02:30", ["Sun 28 Mar 2027 03:30", "02:30 does not exist that day"]),
        ("<b>bold</b>", ["&lt;b&gt;bold&lt;/b&gt;"]),
        ("ä" * 64, ["too long"]),
        ("", []),
    ],
)
def test_a_preview_shows_what_a_line_becomes_and_changes_nothing(browser, line, shown):
    response = browser.get(PREVIEW, {"name": line})

    content = response.content.decode()
    assert response.status_code == 200
    assert [words for words in shown if words not in content] == []
    assert "<html" not in content
    assert not Task.objects.exists()


def test_a_priority_of_an_event_stays_in_its_name(browser):
    browser.post(QUICK, {"name": "Lunch !3 12:00-13:00"})

    assert Event.objects.get().name == "Lunch !3"


def test_the_order_of_a_date_is_the_reader_s(browser, alice):
    profile.change(alice, preferences={"date_order": "MDY"})

    browser.post(QUICK, {"name": "Call 12/3"})

    assert Task.objects.get().duedate == at("2026-12-03 23:59")


def test_each_line_becomes_an_entry_with_one_undo(browser):
    text = "- Milk tomorrow\r\n\r\n* Bread !2\nLunch 12:00-13:00\n"
    looked = browser.post(LINES, {"lines": text, "look": "1", "day": DAY})
    assert not Task.objects.exists()
    content = looked.content.decode()
    assert [
        words for words in ("Milk", "Tomorrow", "Medium", "Add all 3") if words not in content
    ] == []

    added = browser.post(
        LINES, {"lines": text, "add": "1", "day": DAY, "next": "/today/"}, follow=True
    )

    assert toasts(added) == ["3 entries are added."]
    assert sorted(Task.objects.values_list("name", "duedate")) == [
        ("Bread", at("2026-10-14 23:59")),
        ("Milk", at("2026-10-15 23:59")),
    ]
    assert Event.objects.get().name == "Lunch"
    browser.post(reverse("backups:history_undo", args=[1]))
    assert not Task.objects.alive().exists()
    assert not Event.objects.alive().exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write or paste at least one line."),
        ("\n \n-\n", "Write or paste at least one line."),
        ("x\n" * 201, "At most 200 lines."),
        ("Milk\n" + "ä" * 64, "Nothing is added yet"),
    ],
)
def test_lines_that_do_not_fit_are_kept_and_none_is_added(browser, text, words):
    response = browser.post(LINES, {"lines": text, "add": "1"})

    assert response.status_code == 200
    assert words in response.content.decode()
    assert 'name="add"' not in response.content.decode()
    assert response.context["form"]["lines"].value() == text
    assert not Task.objects.exists()


def test_a_full_plan_takes_none_of_many_lines(browser, monkeypatch):
    monkeypatch.setattr("backups.changes.MAX_LIVE", 1)

    response = browser.post(LINES, {"lines": "Milk\nBread", "add": "1"})

    assert response.context["form"].non_field_errors() == ["The device's plan is full."]
    assert not Task.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "2038-01-19", "1969-12-31"])
@pytest.mark.parametrize("line", ["Choir", "Choir 10:00", "Choir 19:30-09:00"])
@pytest.mark.parametrize("kind", ["task", "event"])
def test_a_page_of_a_day_that_no_device_knows_adds_nothing(browser, day, line, kind):
    typed = {"name": line, "lines": line, "day": day, "kind": kind, "add": "1"}

    told = [browser.post(way, typed) for way in (QUICK, LINES)]

    for response in told:
        assert response.status_code == 200
        assert "The device knows days from 1970 to 18 January 2038." in response.content.decode()
    assert browser.get(PREVIEW, typed).status_code == 200
    assert (Task.objects.exists(), Event.objects.exists()) == (False, False)
