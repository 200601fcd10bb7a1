"""On every entry: whether the device has it, and since when."""

from datetime import UTC, datetime

from django.urls import reverse

from backups.models import Confirmation, Habit, Task
from tests.backups.pages.plan import at, habit, put, task

WAITS = 'title="waiting for the device"'


def test_an_entry_waits_until_the_device_has_confirmed_it(browser, backup):
    put(backup, task("Bins", at("2026-10-14 12:00")), habit("Run"))
    entry = Task.objects.get()
    ran = Habit.objects.get()
    forms = [reverse("backups:task", args=[entry.uuid]), reverse("backups:habit", args=[ran.uuid])]
    lists = [reverse(f"backups:{name}") for name in ("tasks", "habits", "today", "calendar_agenda")]
    lists += [f"{reverse('backups:search')}?q=bins"]

    def having(words: str, addresses: list[str]) -> list[bool]:
        return [words in browser.get(address).content.decode() for address in addresses]

    # While it has fetched nothing, one line at the head of the page says so for every entry.
    assert having(WAITS, lists) == [False] * 5
    assert having("Waiting for the device", forms) == [True, True]

    since = datetime(2026, 10, 14, 7, 2, tzinfo=UTC)
    read = Confirmation.objects.create(backup=backup, revision=0, confirmed_at=since)
    assert having(WAITS, lists) == [True] * 5

    read.revision = max(entry.revision, ran.revision)
    read.save()

    assert having(WAITS, lists) == [False] * 5
    assert having("On the device since 07:02", forms) == [True, True]


def test_what_came_on_another_day_is_told_with_its_day(browser, backup):
    put(backup, task("Bins", at("2026-10-14 12:00")))
    entry = Task.objects.get()
    Confirmation.objects.create(
        backup=backup,
        revision=entry.revision,
        confirmed_at=datetime(2026, 10, 12, 7, 2, tzinfo=UTC),
    )

    page = browser.get(reverse("backups:task", args=[entry.uuid])).content.decode()
    assert "On the device since Mon 12 Oct" in page
