"""The list of tasks, its forms, ticking, deleting and undoing."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from backups.items import Item
from backups.models import Task
from planner.times import FOREVER
from tests.backups.pages.plan import at, errors, names, put, task

LIST = reverse("backups:tasks")
NEW = reverse("backups:task_new")
TYPED = {"name": "Pay rent", "day": "2026-10-20", "time": "09:30", "priority": "2"}


def address(name="task"):
    return reverse(f"backups:{name}", args=[Task.objects.get().uuid])


def opened(browser, **typed):
    """Return what the form of the one task sends, with what is typed into it."""
    form = browser.get(address()).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in shown.items() if value not in (None, False)}
    hidden = {f"initial-{name}": value for name, value in sent.items()}
    return {**sent, **hidden, **typed}


def test_without_tasks_the_page_says_how_to_begin(browser):
    response = browser.get(LIST)

    assert response.status_code == 200
    assert b"No tasks." in response.content


def test_tasks_stand_under_the_headings_of_when_they_are_due(browser, backup):
    put(
        backup,
        task("past", at("2026-10-13 23:59")),
        task("today", at("2026-10-14 00:00")),
        task("week", at("2026-10-21 23:59")),
        task("later", at("2026-10-22 00:00")),
        task("undated"),
        task("done", at("2026-10-14 12:00"), completion=1),
    )

    groups = browser.get(LIST).context["groups"]

    assert [(group.key, [task.name for task in group.items]) for group in groups] == [
        (key, [key]) for key in ("past", "today", "week", "later", "undated", "done")
    ]


def test_tasks_of_a_group_are_in_the_order_of_the_device(browser, backup):
    put(
        backup,
        task("noon, low", at("2026-10-14 12:00")),
        task("evening, high", at("2026-10-14 20:00"), priority=3),
        task("morning, medium", at("2026-10-14 11:00"), priority=2),
    )

    assert names(browser.get(LIST)) == ["morning, medium", "evening, high", "noon, low"]


def test_a_long_list_has_pages(browser, backup):
    put(backup, *(task(f"{number:03}", at("2026-10-14 12:00")) for number in range(71)))

    first, second = browser.get(LIST), browser.get(LIST, {"page": "2"})

    assert (len(names(first)), names(second)) == (70, ["070"])
    assert names(browser.get(LIST, {"page": "junk"})) == names(first)


def test_a_new_task_is_open_and_due_at_the_devices_time(browser, backup):
    response = browser.post(NEW, TYPED)

    task = Task.objects.get()
    assert (response.status_code, response.url) == (302, f"{LIST}#e-{task.uuid}")
    assert (task.backup, task.name, task.priority, task.completion) == (backup, "Pay rent", 2, 0)
    assert task.duedate == at("2026-10-20 09:30")


@pytest.mark.parametrize(
    ("day", "time", "duedate"),
    [
        ("2026-10-14", "", at("2026-10-14 23:59")),
        ("2026-10-25", "02:30", at("2026-10-25 00:30") + 2 * 3600),
        ("2026-10-25", "03:00", at("2026-10-25 03:00")),
        ("2027-03-28", "03:00", at("2027-03-28 03:00")),
        ("1970-01-02", "00:00", 82_800),
        ("2038-01-19", "04:14:06", FOREVER - 1),
    ],
    ids=["no time", "twice", "after autumn", "after spring", "early", "last second"],
)
def test_a_due_time_counts_on_the_clock_of_the_device(browser, day, time, duedate):
    browser.post(NEW, TYPED | {"day": day, "time": time})

    assert Task.objects.get().duedate == duedate


def test_a_task_without_a_date_is_a_hobby(browser):
    browser.post(NEW, TYPED | {"day": "", "time": "", "undated": "on"})

    assert Task.objects.get().duedate == FOREVER


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Give it a name."),
        ({"name": "   "}, "Give it a name."),
        ({"name": "a\0b"}, "This holds a character that cannot be stored."),
        (
            {"name": "ä" * 64},
            "This is 1 byte too long; the device holds 127. Letters like ä count as two bytes, "
            "emoji as four.",
        ),
        (
            {"description": "x" * 1024},
            "This is 1 byte too long; the device holds 1023. Letters like ä count as two bytes, "
            "emoji as four.",
        ),
        ({"day": ""}, "Choose a day, or tick “No date”."),
        ({"day": "2026-02-30"}, "Enter a valid date."),
        ({"time": "25:00"}, "Enter a valid time."),
        (
            {"day": "2027-03-28", "time": "02:30"},
            "02:30 does not exist that day: the clocks go forward then.",
        ),
        (
            {"day": "2038-01-19", "time": "04:14:07"},
            "The device knows days from 1970 to 18 January 2038.",
        ),
        ({"day": "9999-12-31"}, "The device knows days from 1970 to 18 January 2038."),
        ({"day": "1969-12-31"}, "The device knows days from 1970 to 18 January 2038."),
        ({"priority": ""}, "Choose one of the three."),
        (
            {"priority": "4"},
            "Select a valid choice. 4 is not one of the available choices.",
        ),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(browser, typed, said):
    typed = TYPED | {"description": "Keep me"} | typed

    response = browser.post(NEW, typed)

    assert (response.status_code, errors(response)) == (200, [said])
    assert not Task.objects.exists()
    form = response.context["form"]
    assert {name: form[name].value() for name in typed} == typed
    assert response.content.count(b"autofocus") >= 1
    assert b'aria-invalid="true"' in response.content


@pytest.mark.parametrize(
    ("name", "description"), [("x" * 127, "y" * 1023), ("🙂" * 31 + "xyz", "ä" * 511 + "\n")]
)
def test_text_at_the_limit_of_the_device_is_kept_byte_for_byte(browser, name, description):
    browser.post(NEW, TYPED | {"name": name, "description": description + " "})

    task = Task.objects.get()
    assert (task.name, task.description) == (name, description.strip())


def test_line_ends_count_and_are_kept_as_one_character(browser):
    browser.post(NEW, TYPED | {"description": "one\r\ntwo"})

    assert Task.objects.get().description == "one\ntwo"


def test_markup_in_a_name_is_only_text(browser, backup):
    put(backup, task("<script>alert(1)</script>", at("2026-10-14 12:00")))

    assert b"<script>alert" not in browser.get(LIST).content


def test_the_form_shows_all_fields(browser, backup):
    put(backup, task("Rent", at("2026-10-20 09:30"), priority=3, description="To Ms Oak"))

    form = browser.get(address()).context["form"]

    assert form["name"].value() == "Rent"
    assert form["description"].value() == "To Ms Oak"
    assert form["priority"].value() == 3
    assert str(form["day"].value()) == "2026-10-20"
    assert str(form["time"].value()) == "09:30:00"


def test_an_edit_writes_what_was_changed_on_the_page(browser, backup):
    put(backup, task("Rent", at("2026-10-20 09:30")))
    typed = opened(browser, priority="3")
    put(backup, Item("task", str(Task.objects.get().uuid), {"name": "Rent for May"}))

    response = browser.post(address(), typed)

    task_ = Task.objects.get()
    assert response.status_code == 302
    assert (task_.name, task_.priority, task_.duedate) == (
        "Rent for May",
        3,
        at("2026-10-20 09:30"),
    )


def test_an_edit_of_the_name_leaves_the_seconds_of_the_date(browser, backup):
    second_half_past_two = at("2026-10-25 00:30") + 3 * 3600 + 17
    put(backup, task("Rent", second_half_past_two))

    browser.post(address(), opened(browser, name="Rents"))

    assert Task.objects.get().duedate == second_half_past_two
    assert Task.objects.get().name == "Rents"


def test_a_form_saved_as_it_was_changes_nothing(browser, backup):
    put(backup, task("Rent", at("2026-10-20 09:30")))

    browser.post(address(), opened(browser))

    backup.refresh_from_db()
    assert backup.revision == 1


def test_a_wrong_edit_keeps_what_was_typed(browser, backup):
    put(backup, task("Rent", at("2026-10-20 09:30")))

    response = browser.post(address(), opened(browser, name="", description="New"))

    assert errors(response) == ["Give it a name."]
    assert response.context["form"]["description"].value() == "New"
    assert Task.objects.get().description == ""


def test_ticking_twice_is_one_tick_and_returns_to_the_row(browser, backup):
    put(backup, task("Rent"))
    tick = {"completion": "1", "next": "/tasks/?page=1"}

    responses = [browser.post(address("task_tick"), tick) for _ in range(2)]

    backup.refresh_from_db()
    uuid = Task.objects.get().uuid
    assert {response.url for response in responses} == {f"/tasks/?page=1#e-{uuid}"}
    assert (Task.objects.get().completion, backup.revision) == (1, 2)


def test_a_tick_is_taken_back(browser, backup):
    put(backup, task("Rent", completion=1))

    browser.post(address("task_tick"), {"completion": "0"})

    assert Task.objects.get().completion == 0


def test_a_deleted_task_is_gone_from_the_lists_and_undo_brings_it_back(browser, backup):
    put(backup, task("Rent", at("2026-10-14 12:00"), priority=2, description="x", completion=1))
    before = Task.objects.values("uuid", "name", "priority", "description", "completion").get()

    response = browser.post(address("task_delete"))
    undo = [message.extra_tags for message in get_messages(response.wsgi_request)]

    assert undo == [address("task_restore")]
    assert not Task.objects.get().alive
    assert names(browser.get(LIST)) == []

    browser.post(undo[0], {"next": LIST})

    assert Task.objects.get().alive
    assert Task.objects.values(*before).get() == before
    assert names(browser.get(LIST)) == ["Rent"]


def test_the_page_of_a_deleted_task_offers_to_bring_it_back(browser, backup):
    put(backup, task("Rent"))
    browser.post(address("task_delete"))

    response = browser.get(address())

    assert response.status_code == 200
    assert f'action="{address("task_restore")}"'.encode() in response.content


def test_an_edit_of_a_task_that_was_deleted_meanwhile_is_kept_for_its_return(browser, backup):
    put(backup, task("Rent", at("2026-10-20 09:30")))
    typed = opened(browser, name="Rent for May")
    put(backup, Item("task", str(Task.objects.get().uuid), deleted=True))

    response = browser.post(address(), typed)

    assert [message.extra_tags for message in get_messages(response.wsgi_request)] == [
        address("task_restore")
    ]
    assert not Task.objects.get().alive
    browser.post(address("task_restore"))
    assert (Task.objects.get().alive, Task.objects.get().name) == (True, "Rent for May")
