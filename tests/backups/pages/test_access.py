"""Who sees the pages of a plan, and who may change it."""

from urllib.parse import quote
from uuid import uuid4

import pytest
from django.urls import reverse

from backups.models import ENTRY_MODELS, Event, Habit, Task
from devices import lifecycle
from tests.backups.pages.plan import at, event, habit, names, planned, put, task
from tests.factories import make_device
from tests.logins import logged_in

ENTRY = "4a1f2c3d-0000-4000-8000-000000000001"
LISTS = ("today", "tasks", "events", "habits", "calendar")
FORMS = ("task_new", "event_new", "habit_new")
OTHERS = (
    *("tasks_change", "events_change", "quick", "quick_preview", "quick_lines"),
    "events_meanwhile",
)
POSTS = ("tick", "delete", "restore", "quick", "change", "skip", "move")
ACTIONS = (
    "task_tick",
    "task_delete",
    "task_restore",
    "event_move",
    "event_delete",
    "event_restore",
    "habit_skip",
    "habit_delete",
    "habit_restore",
)
ADDRESSES = [
    *(reverse(f"backups:{name}") for name in (*LISTS, *FORMS, *OTHERS)),
    *(reverse(f"backups:{name}", args=[ENTRY]) for name in (*ENTRY_MODELS, *ACTIONS)),
    reverse("backups:habit_day", args=[ENTRY, "2026-10-14"]),
    reverse("backups:calendar_month", args=[2026, 10]),
    reverse("backups:calendar_day", args=["2026-10-14"]),
]


def one_of_each(backup):
    put(backup, task("T"), event("E", at("2026-10-14 12:00")), habit("H"))


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_is_led_to_the_log_in_and_back(client, db, address):
    response = client.get(address)

    assert (response.status_code, response.url) == (302, f"/login/?next={quote(address)}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_without_a_device_the_choice_of_one_comes_first(stranger, address):
    client = logged_in(stranger)
    action = address.endswith(tuple(f"/{word}/" for word in POSTS))
    method = client.post if action or "/days/" in address else client.get

    response = method(address)

    assert (response.status_code, response.url) == (302, reverse("devices:devices"))


@pytest.mark.parametrize("name", ENTRY_MODELS)
@pytest.mark.parametrize("action", ["", "_delete", "_restore"])
def test_an_entry_of_another_device_does_not_exist(backup, stranger, name, action):
    one_of_each(backup)
    theirs = planned(stranger, make_device(stranger))
    uuid = ENTRY_MODELS[name].objects.get().uuid

    response = theirs.post(reverse(f"backups:{name}{action}", args=[uuid]), {"name": "Mine"})

    assert response.status_code == 404
    assert ENTRY_MODELS[name].objects.get().alive
    assert ENTRY_MODELS[name].objects.get().name == name[0].upper()


def test_an_unknown_entry_does_not_exist(browser):
    assert browser.get(reverse("backups:task", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("name", LISTS)
def test_a_viewer_sees_the_lists_without_a_way_to_change_them(backup, viewer, name):
    one_of_each(backup)

    response = viewer.get(reverse(f"backups:{name}"))

    assert response.status_code == 200
    assert b"formaction" not in response.content
    assert b'class="quick"' not in response.content
    assert b'class="tick' not in response.content
    assert response.content.count(b"You may look at this plan") == (name != "calendar")


@pytest.mark.parametrize("name", ENTRY_MODELS)
def test_a_viewer_reads_an_entry_but_cannot_send_its_form(backup, viewer, name):
    one_of_each(backup)
    address = reverse(f"backups:{name}", args=[ENTRY_MODELS[name].objects.get().uuid])

    response = viewer.get(address)

    assert response.status_code == 200
    assert b"You may look at this plan" in response.content
    assert viewer.post(address, {"name": "X"}).status_code == 403


@pytest.mark.parametrize("action", ACTIONS)
def test_a_viewer_changes_nothing(backup, viewer, action):
    one_of_each(backup)
    uuid = ENTRY_MODELS[action.partition("_")[0]].objects.get().uuid
    revision = backup.revision

    response = viewer.post(reverse(f"backups:{action}", args=[uuid]), {"completion": "1"})

    backup.refresh_from_db()
    assert response.status_code == 403
    assert Task.objects.get().completion == 0
    assert [model.objects.get().alive for model in (Task, Event, Habit)] == [True] * 3
    assert backup.revision == revision + 1


@pytest.mark.parametrize("name", [*FORMS, "quick", "quick_lines", "tasks_change", "events_change"])
def test_a_viewer_adds_nothing(viewer, name):
    response = viewer.post(reverse(f"backups:{name}"), {"name": "X"})

    assert response.status_code == 403
    assert not Task.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_posts(browser, action):
    assert browser.get(reverse(f"backups:{action}", args=[ENTRY])).status_code == 405


@pytest.mark.parametrize("name", [*LISTS, *FORMS])
def test_a_page_has_one_heading_and_names_its_language(browser, name):
    content = browser.get(reverse(f"backups:{name}")).content.decode()

    assert content.count("<h1") == 1
    assert '<html lang="en"' in content


def test_the_chosen_device_decides_what_is_shown(backup, alice, device):
    put(backup, task("Here", at("2026-10-14 12:00")))
    other = make_device(alice, name="Office tablet")
    client = planned(alice, other)

    assert names(client.get(reverse("backups:today"))) == []
    client.post(reverse("devices:choose", args=[device.pk]))
    assert names(client.get(reverse("backups:today"))) == ["Here"]


def test_after_a_release_the_open_page_writes_nothing(backup, browser, alice, device):
    put(backup, task("T"))
    address = reverse("backups:task_tick", args=[Task.objects.get().uuid])
    lifecycle.release(device, by=alice)

    response = browser.post(address, {"completion": "1"})

    assert (response.status_code, response.url) == (302, reverse("devices:devices"))
    assert Task.objects.get().completion == 0


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_way_back_never_leaves_the_site(backup, browser, address):
    put(backup, task("T"))
    uuid = Task.objects.get().uuid

    response = browser.post(
        reverse("backups:task_tick", args=[uuid]), {"completion": "1", "next": address}
    )

    assert response.url == f"{reverse('backups:tasks')}#e-{uuid}"
