"""The past of a plan on its pages: restore points, who changed what, any moment, the bin, undo."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from backups import past
from backups.items import Item
from backups.models import Backup, Commit, Habit, Overruled, RestorePoint, Task
from backups.views import deleted
from tests.backups.pages.plan import at, event, habit, put, task

TAGS = re.compile(r"<[^>]+>")
UNDO = re.compile(r'action="(/history/\d+/undo/)"')
URL = {
    name: reverse(f"backups:{name}")
    for name in ("history", "history_pin", "history_restore", "moment", "deleted", "tasks")
}


def text(response: HttpResponse, part: str = "main") -> str:
    """Return the words of a part of a page, in one line."""
    assert response.status_code == 200
    html = response.content.decode()
    inner = html.partition(f"<{part}")[2].partition(f"</{part}>")[0].partition(">")[2]
    return " ".join(unescape(TAGS.sub(" ", inner)).split())


def said(response: HttpResponse) -> str:
    """Return what the toasts of a page say."""
    html = response.content.decode().partition('<div class="toasts"')[2]
    return " ".join(unescape(TAGS.sub(" ", html.partition(">")[2])).split())


@pytest.fixture
def changed(backup) -> dict[str, Item]:
    """A plan of an hour ago, and what was done to it since."""
    entries = {
        "task": task("Bins", at("2026-10-14 14:00")),
        "event": event("Dentist", at("2026-10-14 12:00")),
        "habit": habit("Run", 0x7F),
    }
    put(backup, *entries.values())
    Commit.objects.filter(backup=backup).update(created_at=timezone.now() - timedelta(days=1))
    ids = {kind: item.id for kind, item in entries.items()}
    put(
        backup,
        Item("task", ids["task"], {"duedate": at("2026-10-14 16:00"), "priority": 3}),
        Item("event", ids["event"], deleted=True),
        Item("habit", ids["habit"], {"goal": 0x14}, days={1_791_849_600: True}),
        task("Late"),
    )
    return entries


def test_the_history_tells_who_changed_what_in_words(browser, changed):
    page = text(browser.get(URL["history"]))

    assert (
        "Planner itself Today 10:00 Dentist deleted Run changed weekdays: Mon Tue Wed Thu Fri Sat "
        "Sun → Tue Thu · Tue 13 Oct done"
    ).replace("Tue 13 Oct", "Yesterday") in page
    assert "Bins changed priority: Low → High · due: Today 14:00 → Today 16:00" in page
    assert "Late added" in page
    assert "Planner itself Yesterday 10:00 Dentist added Run added Bins added" in page


def test_what_was_changed_more_than_thirty_days_ago_is_not_told_but_stood_on(
    browser, backup, changed
):
    long_ago = timezone.now() - timedelta(days=31)
    Commit.objects.filter(backup=backup, revision__lte=1).update(created_at=long_ago)

    words = text(browser.get(URL["history"]))
    assert "Bins changed priority: Low → High" in words
    assert "Bins added" not in words
    page = text(browser.get(reverse("backups:task", args=[changed["task"].id])))
    assert "Bins changed priority: Low → High" in page
    assert "Bins added" not in page


def test_the_history_of_a_new_plan_says_what_will_be_here(browser):
    page = text(browser.get(URL["history"]))

    assert "History starts today." in page
    assert "The first one is made tonight" in page


def test_a_day_is_shown_with_what_would_change_and_brought_back_and_undone(
    browser, backup, changed
):
    page = browser.get(URL["moment"], {"ago": "1"})
    words = text(page)
    assert "Yesterday, end of the day" in words
    assert "1 comes back, 2 change, 1 goes." in words
    assert "Dentist comes back Run changes weekdays: Tue Thu → Mon" in words
    assert "Bins changes priority: High → Low · due: Today 16:00 → Today 14:00" in words
    assert "Tasks 1 Bins Events 1 Dentist Habits 1 Run" in words

    fields = dict(re.findall(r'name="(revision|expected)" value="(\d+)"', page.content.decode()))
    done = browser.post(URL["history_restore"], fields, follow=True)

    assert "4 entries are as they were." in said(done)
    assert Task.objects.of(backup).alive().get().duedate == at("2026-10-14 14:00")
    assert RestorePoint.objects.get().reason == "restore"
    undone = browser.post(UNDO.search(done.content.decode())[1], follow=True)
    assert "It is undone." in said(undone)
    assert Task.objects.of(backup).alive().count() == 2
    assert Habit.objects.of(backup).get().goal == 0x14


def test_a_preview_that_is_out_of_date_is_made_anew(browser, backup, changed):
    expected = Backup.objects.get(pk=backup.pk).revision
    put(backup, task("Meanwhile"))

    answer = browser.post(
        URL["history_restore"], {"revision": 1, "expected": expected}, follow=True
    )

    assert "The plan was changed meanwhile. Look again." in said(answer)
    assert "2 go." in text(answer)
    assert not RestorePoint.objects.exists()


@pytest.mark.parametrize(
    "query",
    [{"point": "9"}, {"revision": "0"}, {"revision": "99"}, {"ago": "x"}, {"ago": "999"}]
    + [{"day": "2020-01-01"}, {"day": "x"}, {"point": "9" * 30}, {"revision": "-1"}],
)
def test_any_address_of_a_moment_is_answered(browser, changed, query):
    assert browser.get(URL["moment"], query).status_code in (200, 302, 404)


def test_a_moment_is_kept_under_a_name_and_removed(browser, backup, changed):
    kept = browser.post(URL["history_pin"], {"name": "Before the move"}, follow=True)
    point = RestorePoint.objects.get()
    assert "“Before the move” is kept." in said(kept)
    assert "Before the move Today 10:00, Alice Ash · 2 tasks, 0 events, 1 habit" in text(kept)
    shown = browser.get(URL["moment"], {"point": point.pk})
    assert "Before the move It is the same as the plan now." in text(shown)
    nameless = browser.post(URL["history_pin"], {"name": ""}, follow=True)
    assert "Give it a name." in said(nameless)

    removed = browser.post(reverse("backups:history_remove", args=[point.pk]), follow=True)

    assert "The restore point is removed." in said(removed)
    assert not RestorePoint.objects.exists()


def test_a_tick_is_undone_exactly(browser, backup):
    bins = task("Bins")
    put(backup, bins)
    url = reverse("backups:task_tick", args=[bins.id])

    ticked = browser.post(url, {"completion": "1", "next": URL["tasks"]}, follow=True)
    assert "“Bins” is done." in said(ticked)
    browser.post(UNDO.search(ticked.content.decode())[1])

    assert Task.objects.of(backup).get().completion == 0
    again = browser.post(url, {"completion": "0", "next": URL["tasks"]}, follow=True)
    assert "Bins" not in said(again)


def test_what_was_changed_again_is_not_undone(browser, backup, changed):
    put(backup, Item("task", changed["task"].id, {"name": "Bins!", "priority": 2}))
    revision = Backup.objects.get(pk=backup.pk).revision

    first = browser.post(reverse("backups:history_undo", args=[revision - 1]), follow=True)
    assert "It is undone." in said(first)
    bins = Task.objects.of(backup).get(name="Bins!")
    assert (bins.priority, bins.duedate) == (2, at("2026-10-14 14:00"))
    again = browser.post(reverse("backups:history_undo", args=[revision - 1]), follow=True)

    assert "There is nothing left to undo" in said(again)


def test_the_bin_tells_who_deleted_what_and_gives_it_back(browser, backup, changed):
    page = browser.get(URL["deleted"])
    words = text(page)
    assert "Dentist Planner itself, Today 10:00 · still on the device until its next sync" in words

    url = re.search(r'formaction="([^"]+)"', page.content.decode())[1]
    back = browser.post(url, {"next": URL["deleted"]}, follow=True)

    assert "“Dentist” is back." in said(back)
    assert "Nothing deleted." in text(back)


def test_what_was_deleted_more_than_thirty_days_ago_is_not_in_the_bin(browser, backup, changed):
    Commit.objects.filter(backup=backup).update(created_at=timezone.now() - timedelta(days=31))

    assert "Nothing deleted." in text(browser.get(URL["deleted"]))


def test_a_page_of_the_bin_reads_no_more_than_it_shows(browser, backup, monkeypatch):
    monkeypatch.setattr(deleted, "A_PAGE", 2)
    gone = [task("First"), event("Second", 0), habit("Third", 0x7F)]
    put(backup, *gone)
    for item in gone:
        put(backup, Item(item.type, item.id, deleted=True))

    with CaptureQueriesContext(connection) as asked:
        pages = [browser.get(URL["deleted"], {"page": number}) for number in (1, 2)]

    shown = [re.findall(r"<b>(\w+)</b>", page.content.decode()) for page in pages]
    assert shown == [["Third", "Second"], ["First"]]
    read = [query["sql"] for query in asked if query["sql"].count("_habit") > 1]
    counted = [query for query in read if "COUNT(*)" in query]
    assert len(read) == 2 * len(counted) == 4
    assert all("LIMIT" in query for query in read if query not in counted)


def test_an_entry_shows_its_history_and_brings_back_what_lost(browser, backup, changed):
    id = changed["task"].id
    lost = Overruled.objects.create(
        backup=backup,
        key="lost",
        type="task",
        uuid=id,
        field="name",
        value="Bins and paper",
        stamp=at("2026-10-14 09:00") * 1_000_000,
        reason="newer",
        source="device",
        by="Kitchen tablet",
    )
    words = text(browser.get(reverse("backups:task", args=[id])))
    assert "Kitchen tablet Today 09:00 name: “Bins and paper” Use this" in words
    assert "due: Today 14:00 → Today 16:00" in words

    used = browser.post(reverse("backups:lost_use", args=[lost.pk]), follow=True)

    assert "It is as it was tried." in said(used)
    assert Task.objects.of(backup).get(uuid=id).name == "Bins and paper"


@pytest.mark.parametrize(("field", "value"), [("deleted", 1), ("days/1791849600", 0)])
def test_a_deletion_and_a_day_that_lost_come_back_too(browser, backup, changed, field, value):
    id = changed["habit"].id
    lost = Overruled.objects.create(
        backup=backup,
        key="lost",
        type="habit",
        uuid=id,
        field=field,
        value=value,
        stamp=1,
        reason="newer",
        source="device",
        by="Kitchen tablet",
    )

    browser.post(reverse("backups:lost_use", args=[lost.pk]))

    row = Habit.objects.of(backup).get(uuid=id)
    assert (row.alive, row.days_done) == (field != "deleted", 1 if field == "deleted" else 0)


@pytest.mark.parametrize("count", [1, 15])
@pytest.mark.parametrize(("path", "most"), [("history", 8), ("deleted", 6), ("moment", 8)], ids=str)
def test_a_page_of_the_past_costs_the_same_for_any_number(
    browser, backup, django_assert_num_queries, count, path, most
):
    for number in range(count):
        put(backup, task(f"Task {number}"), event(f"Event {number}", 0))
        put(backup, Item("event", str(Task.objects.last().uuid), deleted=True))
    gone = [task(f"Gone {number}") for number in range(count)]
    put(backup, *gone)
    put(backup, *(Item("task", item.id, deleted=True) for item in gone))

    with django_assert_num_queries(most + 3):
        browser.get(URL[path])


def test_the_newest_commits_are_told_without_reading_the_whole_log(backup, monkeypatch):
    habit_ = habit("Run", 0x7F)
    put(backup, habit_)
    days = [number * 86_400 for number in range(30)]
    for day in days:
        put(backup, Item("habit", habit_.id, {"name": f"Run {day}"}, days={day: True}))
    read = []
    apply = past._Running.apply
    monkeypatch.setattr(past._Running, "apply", lambda *of: read.append(of) or apply(*of))

    [newest] = past.commits(backup, most=1)

    [difference] = newest.differences
    assert difference.fields == {"name": (f"Run {days[-2]}", f"Run {days[-1]}")}
    assert difference.days == {days[-1]: True}
    # The habit and each of its days as they stood, and what the commit made of them.
    assert len(read) == 1 + 29 + 2
