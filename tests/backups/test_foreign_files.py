"""Calendars and Todoist's tables are taken in, with the line of what is not understood."""

import io
import json
import tracemalloc
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from backups import changes, documents, exports, files, history, restore
from backups.calendars import UNKNOWN_DAY
from backups.foreign import todoist
from backups.imports import Found
from backups.items import Item
from backups.models import Backup, Commit, RestorePoint, Task
from planner.problems import RuleError
from planner.times import FOREVER
from tests.backups.pages.plan import planned
from tests.backups.present import present
from tests.backups.test_any_order import WEB
from tests.backups.test_files import filled, send  # noqa: F401 - a fixture
from tests.backups.test_history import push

BERLIN = ZoneInfo("Europe/Berlin")
TEN = 1_791_964_800  # Wednesday 14 October 2026, 10:00 in Berlin
MIDNIGHT = TEN - 36_000
DAY = 86_400


def read(content: str | bytes) -> Found:
    raw = content if isinstance(content, bytes) else content.encode()
    return files.read_file(io.BytesIO(raw), BERLIN)


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""])


def event(*lines: str) -> str:
    return calendar("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT")


def todo(*lines: str) -> str:
    return calendar("BEGIN:VTODO", "UID:1", *lines, "END:VTODO")


def only(found: Found) -> dict:
    assert found.faults == []
    [still] = found.plan.values()
    return dict(still.values)


def told(found: Found) -> list[tuple[str, str]]:
    return [(fault.place, fault.detail) for fault in found.faults]


@pytest.mark.parametrize(
    ("lines", "start", "duration", "notes"),
    [
        (["DTSTART:20261014T080000Z", "DTEND:20261014T090000Z"], TEN, 3600, {}),
        (["DTSTART;TZID=Europe/Berlin:20261014T100000", "DURATION:PT30M"], TEN, 1800, {}),
        (["DTSTART;TZID=W. Europe Standard Time:20261014T100000", "DURATION:PT1M"], TEN, 60, {}),
        (["DTSTART;TZID=/x.org/Europe/Berlin:20261014T100000", "DURATION:PT1M"], TEN, 60, {}),
        (["DTSTART;TZID=America/New_York:20261014T040000", "DURATION:PT1M"], TEN, 60, {}),
        (["DTSTART:20261014T100000", "DTEND:20261014T110000"], TEN, 3600, {"zoneless": 2}),
        (
            ["DTSTART;TZID=Home:20261014T100000", "DURATION:PT1M"],
            *(TEN, 60, {"unknown-zone": 1}),
        ),
        (["DTSTART;VALUE=DATE:20261014"], MIDNIGHT, DAY, {}),
        (["DTSTART;VALUE=DATE:20261014", "DTEND;VALUE=DATE:20261016"], MIDNIGHT, 2 * DAY, {}),
        (["DTSTART;VALUE=DATE:20261025"], MIDNIGHT + 11 * DAY, DAY + 3600, {}),
        (
            ["DTSTART;TZID=Europe/Berlin:20261024T100000", "DURATION:P1D"],
            *(TEN + 10 * DAY, DAY + 3600, {}),
        ),
        (
            ["DTSTART;TZID=Europe/Berlin:20261024T100000", "DURATION:PT24H30M"],
            *(TEN + 10 * DAY, DAY + 1800, {}),
        ),
        (
            ["DTSTART:20261014T080000Z", "DURATION:PT1M", "RRULE:FREQ=SECONDLY"],
            *(TEN, 60, {"repeats": 1}),
        ),
    ],
)
def test_an_event_is_read_at_its_time(lines, start, duration, notes):
    """E11, A26."""
    found = read(event("SUMMARY:Dentist", *lines))

    values = only(found)
    assert (values["starttime"], values["duration"]) == (start, duration)
    assert found.notes == notes


@pytest.mark.parametrize(
    ("lines", "duedate", "completion"),
    [
        ([], FOREVER, 0),
        (["DUE:20261014T080000Z", "PRIORITY:1"], TEN, 0),
        (["DUE;VALUE=DATE:20261014"], MIDNIGHT + DAY - 60, 0),
        (["DTSTART:20261014T073000Z", "DURATION:PT30M"], TEN, 0),
        (["STATUS:COMPLETED"], FOREVER, 1),
        (["COMPLETED:20261014T080000Z"], FOREVER, 1),
        (["COMPLETED:20261014T080000Z", "STATUS:NEEDS-ACTION"], FOREVER, 0),
    ],
)
def test_a_to_do_is_a_task_of_the_lowest_level(lines, duedate, completion):
    """A26."""
    values = only(read(todo("SUMMARY:Bins", *lines)))

    assert values == {
        "name": "Bins",
        "description": "",
        "completion": completion,
        "priority": 1,
        "duedate": duedate,
    }


def test_texts_are_unfolded_unescaped_and_cut_to_what_a_device_holds():
    long = "é" * 70
    folded = f"SUMMARY:{long[:30]}\r\n {long[30:]}"
    text = r"DESCRIPTION;LANGUAGE=de:one\, two\nthree\;" + "\0\x07 %2C"

    found = read(event(folded, text, "DTSTART:20261014T080000Z", "DURATION:PT1M"))

    values = only(found)
    assert values["name"] == "é" * 62 + "…"
    assert len(values["name"].encode()) == 127
    assert values["description"] == "one, two\nthree; %2C"
    assert found.notes == {"shortened": 1}


@pytest.mark.parametrize(
    ("lines", "line", "detail"),
    [
        (["DTSTART:20261014T080000Z", "DURATION:PT1M"], 3, "It needs a name (SUMMARY)."),
        (["SUMMARY: ", "DTSTART:20261014"], 3, "It needs a name (SUMMARY)."),
        (["SUMMARY:x"], 3, "An event needs a start (DTSTART)."),
        (
            ["SUMMARY:x", "DTSTART:20261014T080000Z"],
            *(3, "An event needs an end or a length (DTEND or DURATION)."),
        ),
        (["SUMMARY:x", "DTSTART:soon"], 6, "DTSTART is not understood: “soon”."),
        (["SUMMARY:x", "DTSTART:20261399"], 6, "DTSTART is not understood: “20261399”."),
        (["SUMMARY:x", "DTSTART:P1D"], 6, "DTSTART is not understood: “P1D”."),
        (
            ["SUMMARY:x", "DTSTART:20261014", "DURATION:P99999999999D"],
            *(7, "DURATION is not understood: “P99999999999D”."),
        ),
        (["SUMMARY:x", "DTSTART:20261014", "DURATION:20261014"], 7, None),
        (
            ["SUMMARY:x", "DTSTART:20261014T080000Z", "DTEND:20261014T070000Z"],
            *(3, "The event ends before it starts."),
        ),
        (["SUMMARY:x", "DTSTART:20991014"], 3, f"starts: {UNKNOWN_DAY}"),
        (["SUMMARY:x", "DTSTART:00010101"], 3, f"starts: {UNKNOWN_DAY}"),
        (["SUMMARY:x", "DTSTART:99991231"], 3, UNKNOWN_DAY),
        (["SUMMARY:x", "DTSTART:99991231T235959Z", "DURATION:P2D"], 3, UNKNOWN_DAY),
        (
            ["SUMMARY:x", "DTSTART:19700102", "DTEND:20990101"],
            *(3, "lasts: An event lasts 68 years at most."),
        ),
        (['SUMMARY;X="a:b', "DTSTART:20261014"], 5, "The line is no iCalendar in UTF-8."),
    ],
)
def test_what_is_not_understood_of_an_event_is_told_with_its_line(lines, line, detail):
    """A26, E11: what is wrong with one event takes no other away."""
    more = ["BEGIN:VEVENT", "UID:2", "SUMMARY:Good", "DTSTART:20261014", "END:VEVENT"]

    found = read(calendar("BEGIN:VEVENT", "UID:1", *lines, "END:VEVENT", *more))

    assert [still.values["name"] for still in found.plan.values()] == ["Good"]
    place, told_detail = told(found)[0]
    assert place == f"line {line}"
    assert detail in (None, told_detail)


def test_the_parts_of_a_calendar_that_are_no_entries_are_passed_over():
    zone = ["BEGIN:VTIMEZONE", "TZID:Home", "BEGIN:STANDARD", "DTSTART:19700101", "END:STANDARD"]
    alarm = ["BEGIN:VALARM", "SUMMARY:No", "DESCRIPTION:No", "TRIGGER:-PT5M", "END:VALARM"]
    good = ["UID:2", *alarm, "SUMMARY:Good", "DTSTART:20261014"]
    cancelled = ["UID:3", "SUMMARY:Off", "STATUS:CANCELLED"]

    found = read(
        calendar(
            *(*zone, "END:VTIMEZONE", "BEGIN:VJOURNAL", "SUMMARY:No", "END:VJOURNAL"),
            *("BEGIN:VEVENT", *good, "END:VEVENT", "BEGIN:VEVENT", *cancelled, "END:VEVENT"),
        )
    )

    assert only(found)["name"] == "Good"
    assert only(found)["description"] == ""
    assert found.notes == {"cancelled": 1}


def test_a_calendar_that_is_cut_off_or_not_in_utf_8_is_told():
    """E1."""
    cut = event("SUMMARY:x", "DTSTART:20261014").partition("END:VEVENT")[0]

    assert told(read(cut)) == [("line 3", "This has no end: the file is cut off.")]
    latin = event("SUMMARY:Käse", "DTSTART:20261014").encode("latin-1")
    assert told(read(latin))[0] == ("line 5", "The line is no iCalendar in UTF-8.")


def test_each_entry_has_the_same_id_each_time_and_one_of_a_plan_keeps_its_own():
    first = read(event("SUMMARY:x", "DTSTART:20261014"))
    renamed = read(event("SUMMARY:y", "DTSTART:20261015"))
    exception = read(event("RECURRENCE-ID:20261014", "SUMMARY:x", "DTSTART:20261014"))
    own = "0a000000-0000-4000-8000-00000000000f"
    shouted = event("SUMMARY:x", "DTSTART:20261014").replace("UID:1", f"UID:{own.upper()}")

    assert first.plan.keys() == renamed.plan.keys()
    assert first.plan.keys().isdisjoint(exception.plan)
    assert list(read(shouted).plan) == [("event", own)]


def test_an_exported_calendar_changes_nothing_where_it_comes_from(filled, alice_api):  # noqa: F811
    """A26, I6."""
    push(filled, *(Item(*key, {"priority": 3}) for key in present(filled) if key[0] == "task"))
    revision = Backup.objects.get(pk=filled.pk).revision
    form = files.FORMS["ics"]
    content = b"".join(form.write(history.stills(filled, revision), BERLIN))

    done = send(alice_api, content).json()

    assert done["counts"] == {"new": 0, "changed": 0, "gone": 0, "same": 10, "bad": 0}
    assert done["revision"] == revision


HEADER = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE"
TODOIST = f"""\ufeff{HEADER}
meta,view_style=list,,,,,,,,
section,Home,,,,,,,,
task,Bins,black ones,1,1,Sam (1),,2026-10-14,en,
note,Ask Kim,,,,Sam (1),,,,
task,"Wash
windows",,4,2,,,2026-10-14 10:00,en,Europe/Berlin

task,Bins,,4,1,,,14 Oct 2026,en,
task,* Rest,,4,1,,,every monday,en,
task,,,4,1,,,,,
other,x,,,,,,,,
"""


def test_the_tasks_of_todoist_are_read_with_comments_and_lines():
    """A26."""
    found = read(TODOIST)

    stills = sorted(
        found.plan.values(), key=lambda one: (one.values["name"], one.values["duedate"])
    )
    midnight = MIDNIGHT + DAY - 60
    assert [tuple(one.values[name] for name in ("name", "duedate")) for one in stills] == [
        ("Bins", midnight),
        ("Bins", midnight),
        ("Rest", FOREVER),
        ("Wash\nwindows", TEN),
    ]
    texts = sorted(one.values["description"] for one in stills)
    assert texts == ["", "", "", "black ones\nAsk Kim"]
    assert {one.values["priority"] for one in stills} == {1}
    assert told(found) == [
        ("line 10", "“every monday” is no date: the task is taken in without one."),
        ("line 11", "A task needs a name (CONTENT)."),
        ("line 12", "The TYPE is no task, section or note."),
    ]
    assert read(TODOIST).plan == found.plan
    assert read(TODOIST.replace(",", ";").replace("\n", "\r\n")).plan.keys() >= {stills[2].key}


@pytest.mark.parametrize(
    ("date", "zone", "duedate", "zoneless"),
    [
        ("2026-10-14 10:00", "", TEN, 1),
        ("2026-10-14T10:00:00", "America/New_York", TEN + 6 * 3600, 0),
        ("2026-10-14T08:00:00Z", "", TEN, 0),
        ("14 October 2026", "", MIDNIGHT + DAY - 60, 0),
        ("Oct 14, 2026", "x/y", MIDNIGHT + DAY - 60, 0),
    ],
)
def test_the_dates_of_todoist_are_read_in_their_zone(date, zone, duedate, zoneless):
    """E11."""
    found = read(f'TYPE,CONTENT,DATE,TIMEZONE\ntask,Bins,"{date}",{zone}\n')

    assert only(found)["duedate"] == duedate
    assert found.notes["zoneless"] == zoneless


@pytest.mark.parametrize("date", ["tomorrow", "every day", "Oct 14", "0001-01-01", "2099-01-01"])
def test_a_date_of_todoist_that_is_none_is_told_and_the_task_taken(date):
    found = read(f"TYPE,CONTENT,DATE\ntask,Bins,{date}\n")

    assert [(one.values["duedate"]) for one in found.plan.values()] == [FOREVER]
    assert [fault.place for fault in found.faults] == ["line 2"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"x", 1),
        (b"type;content".replace(b"content", b"name"), 1),
        (b"TYPE,CONTENT\ntask,K\xe4se\n", 2),
        (b'TYPE,CONTENT\ntask,"' + (b"x" * 1000 + b"\n") * 200, 2),
        (b"\xff\xfe", 1),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_line(content, line):
    """E1."""
    with pytest.raises(RuleError, match=f"line {line}") as refused:
        read(content)

    assert refused.value.slug == "invalid"


def test_a_row_that_never_ends_is_refused(monkeypatch):
    """G5: a row of a million lines would be a gigabyte in memory."""
    monkeypatch.setattr(todoist, "MOST_ROW_BYTES", 1000)

    with pytest.raises(RuleError, match="no CSV"):
        read("TYPE,CONTENT\n" + '"\n",' * 1000)


@pytest.mark.parametrize(
    "content",
    [
        calendar(*["BEGIN:VEVENT", "SUMMARY:x", "DTSTART:20261014", "END:VEVENT"] * 3),
        "TYPE,CONTENT\n" + "task,x\n" * 3,
    ],
    ids=["calendar", "table"],
)
def test_more_than_a_device_holds_is_refused_while_it_is_read(content, monkeypatch):
    """E10."""
    monkeypatch.setattr(changes, "MAX_LIVE", 2)

    with pytest.raises(RuleError, match="16,000"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCALENDAR\n" + b"x" * 900_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:" + b"x" * 900_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x" + b"\n x" * 100_000,
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + b"SUMMARY:x\n" * 30_000,
        b"TYPE,CONTENT\ntask,x\n" + b"note,x\n" * 30_000,
    ],
    ids=["a line", "a name", "folds", "names", "notes"],
)
def test_a_large_file_of_nothing_much_takes_no_memory(content):
    """G5."""
    # What is loaded at the first use, and stays, is not what the file takes.
    files.read_file(io.BytesIO(content), BERLIN)
    file = io.BytesIO(content)
    tracemalloc.start()
    files.read_file(file, BERLIN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 400_000


def test_a_calendar_is_previewed_taken_in_once_and_undone(backup, alice, device, alice_api):
    """A26."""
    browser = planned(alice, device)
    content = event("SUMMARY:Dentist", "DTSTART:20261014T100000", "DTEND:20261014T110000")
    broken = content.replace(
        "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:2\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    file = SimpleUploadedFile("plan.ics", broken.encode())

    page = browser.post("/import/", {"file": file, "mode": "merge"}, follow=True)
    text = page.content.decode()
    assert "2 times have no zone: they are read on the device&#x27;s clock." in text
    assert "<b>line 9</b> <small>It needs a name (SUMMARY).</small>" in text
    browser.post(page.redirect_chain[-1][0])
    assert [still.values["name"] for still in present(backup).values()] == ["Dentist"]
    assert RestorePoint.objects.get().reason == "import"
    revision = Commit.objects.order_by("pk").last().revision

    again = send(alice_api, broken.encode()).json()
    assert (again["revision"], again["counts"]["same"], again["counts"]["bad"]) == (revision, 1, 1)
    assert again["notes"] == ["2 times have no zone: they are read on the device's clock."]
    restore.undo(backup, revision, WEB)
    assert present(backup) == {}


def test_what_a_file_does_not_say_stays_as_it_is(backup, alice, device):
    """A26: a task that was ticked and raised since is not reset by the file it came from."""
    browser = planned(alice, device)
    content = b"TYPE,CONTENT,DESCRIPTION\ntask,Bins,\n"

    def take_in(content: bytes, mode: str) -> None:
        file = SimpleUploadedFile("plan.csv", content)
        page = browser.post("/import/", {"file": file, "mode": mode}, follow=True)
        browser.post(page.redirect_chain[-1][0])

    take_in(content, "merge")
    [key] = present(backup)
    push(backup, Item(*key, {"completion": 1, "priority": 3}))
    for mode in ("merge", "replace"):
        take_in(content.replace(b"Bins,", b"Bins," + mode.encode()), mode)

        row = Task.objects.get()
        assert (row.completion, row.priority, row.description) == (1, 3, mode)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("task,Bins\n", "The plan holds all of this file already."),
        ("task,Bins\ntask,\n", "The plan holds already what is understood of this file."),
        ("task,\n", "No entry of this file can be taken in."),
    ],
    ids=["the same", "in part", "nothing"],
)
def test_a_file_that_changes_nothing_says_why(alice, device, rows, words):
    """A26."""
    browser = planned(alice, device)
    for content in ("task,Bins\n", rows):
        file = SimpleUploadedFile("plan.csv", f"TYPE,CONTENT\n{content}".encode())
        page = browser.post("/import/", {"file": file, "mode": "merge"}, follow=True)
        browser.post(page.redirect_chain[-1][0])

    assert words in page.content.decode()


def test_a_picture_is_told_to_be_no_plan(alice, device):
    browser = planned(alice, device)
    file = SimpleUploadedFile("plan.png", b"\x89PNG\r\n\x1a\n")

    page = browser.post("/import/", {"file": file, "mode": "merge"})

    words = "The file is no plan, calendar or export of Todoist: line 1."
    assert page.context["form"].errors["file"] == [words]


@pytest.mark.parametrize(
    "content",
    [
        b"[" + b"{}," * 30_000 + b"{}]",
        b'{"format":"planner","version":1,"task":[' + b"{}," * 30_000 + b"{}]}",
        b'{"x":[' + b'"a",' * 30_000 + b"0]}",
        b"[" * 30_000,
    ],
    ids=["objects", "entries", "texts", "depth"],
)
def test_a_document_of_millions_of_parts_is_refused_before_it_is_parsed(content, monkeypatch):
    """G5: 64 MiB of `{}` took over a gigabyte."""
    monkeypatch.setattr(documents, "MOST_TEXTS", 10_000)
    monkeypatch.setattr(documents, "MOST_CONTAINERS", 1_000)
    file = io.BytesIO(content)
    tracemalloc.start()
    with pytest.raises(RuleError, match="more than a device's plan"):
        files.read_file(file, BERLIN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < len(content) + 100_000


def test_brackets_in_texts_are_no_parts():
    plan = {**exports.FORMAT, "task": [{"name": '[{,"\\' * 100_000}]}

    assert len(read(json.dumps(plan)).faults) == 1
