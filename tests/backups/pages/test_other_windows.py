"""Two windows of one browser: a page of one device, after another device was chosen elsewhere."""

import re

import pytest
from django.urls import reverse

from backups.models import Backup, Event, Habit, Task
from tests.backups.pages.plan import put, task
from tests.factories import make_device

PAGES = ["today", "tasks", "history", "import_new", "event_new", "quick_lines"]


@pytest.fixture
def other(alice):
    """Another device of alice's."""
    return make_device(alice, name="Hall tablet")


def of(browser, name="today"):
    """Return what the forms of a page say about whose plan they are."""
    content = browser.get(reverse(f"backups:{name}")).content.decode()
    forms = re.findall(r'<form[^>]*method="post".*?</form>', content, re.DOTALL)
    assert forms
    return {tuple(re.findall(r'name="of" value="([^"]*)"', form)) for form in forms}


def choose(browser, device):
    browser.post(reverse("devices:choose", args=[device.pk]))


@pytest.mark.parametrize("name", PAGES)
def test_every_form_of_a_plan_says_whose_plan_it_is(browser, device, name):
    put(Backup.objects.of(device), task("Water the plants"))

    assert of(browser, name) == {(str(device.claim),)}


@pytest.mark.parametrize(
    ("name", "arguments", "typed"),
    [
        ("quick", [], {"name": "A secret"}),
        ("quick_lines", [], {"lines": "A secret", "add": ""}),
        ("task_new", [], {"name": "A secret", "priority": "1", "no_date": "on"}),
        ("habit_new", [], {"name": "A secret", "goal": ["64"]}),
        ("history_pin", [], {"name": "A secret"}),
        ("history_undo", [1], {}),
        ("history_restore", [], {"revision": "0"}),
    ],
)
def test_a_form_of_one_device_changes_nothing_at_another(
    browser, device, other, name, arguments, typed
):
    put(Backup.objects.of(other), task("Feed the cat"))
    choose(browser, other)

    response = browser.post(
        reverse(f"backups:{name}", args=arguments), {"of": str(device.claim), **typed}
    )

    assert response.status_code == 409
    assert f'action="/devices/{device.pk}/choose/"' in response.content.decode()
    names = [
        entry.name for kind in (Task, Event, Habit) for entry in kind.objects.filter(alive=True)
    ]
    assert names == ["Feed the cat"]
    assert Backup.objects.of(other).revision == 1


def test_the_page_of_a_device_that_is_nobody_s_any_more_leads_to_the_chosen_one(browser, other):
    choose(browser, other)

    response = browser.post(reverse("backups:quick"), {"of": "no claim", "name": "A secret"})

    content = response.content.decode()
    assert response.status_code == 409
    assert "/choose/" not in content
    assert "Stay with Hall tablet" in content
    assert not Task.objects.exists()
