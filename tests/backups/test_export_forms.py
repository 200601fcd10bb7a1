"""Plans as CSV and iCalendar: neutral and read back as they were (matrix I6)."""

import csv
import io
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from backups.ics import CONTROLS, LINE_ENDS, as_ics
from backups.stills import Still
from backups.tables import TABLES, as_csv
from planner.sheets import FORMULA
from planner.times import FOREVER

ID = "4a1f2c3d-0000-4000-8000-000000000001"
NOW = 1_794_182_400
TROUBLE = [
    *FORMULA,
    '"',
    ",",
    ";",
    "\\",
    "\r\n",
    "\u2028",
    "BEGIN:VEVENT",
    "\r\nEND:VCALENDAR",
    "é☕",
]
texts = st.lists(st.sampled_from(TROUBLE) | st.text(max_size=8), max_size=30).map("".join)
texts = texts.map(lambda text: text.replace("\0", ""))


def a_task(name: str = "Tea", description: str = "", **values: int) -> Still:
    fields = {"completion": 0, "priority": 3, "duedate": NOW} | values
    return Still("task", ID, {"name": name, "description": description} | fields)


def an_event(name: str = "Choir", description: str = "") -> Still:
    fields = {"starttime": NOW, "duration": 5_400}
    return Still("event", ID, {"name": name, "description": description} | fields)


def ics(*stills: Still) -> bytes:
    return b"".join(as_ics(stills, made_at=NOW))


@given(texts, texts)
def test_a_table_holds_no_formula_and_reads_back(name, description):
    """I6"""
    content = b"".join(as_csv(TABLES["tasks"], [a_task(name, description)], ZoneInfo("UTC")))

    header, row = csv.reader(io.StringIO(content.decode(), newline=""))
    assert tuple(header) == TABLES["tasks"].header
    assert not [cell for cell in row if cell.lstrip(" ").startswith(FORMULA)]
    for cell, text in ((row[1], name), (row[2], description)):
        assert cell in (text, f"'{text}")


@given(texts, texts)
@example("", r"\N")
@example(r"\\N", "\\\0N")
def test_a_calendar_holds_one_component_an_entry_and_reads_back(name, description):
    """I6"""
    content = ics(a_task(name, description), an_event(name, description))

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    parts = Calendar.from_ical(content).subcomponents
    assert [part.name for part in parts] == ["VTODO", "VEVENT"]
    for part in parts:
        for field, text in (("summary", name), ("description", description)):
            plain = CONTROLS.sub("", LINE_ENDS.sub("\n", text))
            # RFC 5545 writes a line's end in two ways; icalendar takes the letters of one for it.
            assert str(part.get(field, "")) == plain.replace(r"\N", "\n")


def test_a_calendar_says_when_and_how_urgent():
    dated, hobby = Calendar.from_ical(ics(a_task(), a_task(duedate=FOREVER))).subcomponents
    (event,) = Calendar.from_ical(ics(an_event())).subcomponents

    assert (dated["due"].dt.timestamp(), dated["priority"], dated["status"]) == (
        NOW,
        1,
        "NEEDS-ACTION",
    )
    assert "due" not in hobby
    assert (event["dtstart"].dt.timestamp(), event["duration"].dt.total_seconds()) == (NOW, 5_400)


def test_a_table_tells_times_on_the_clock_of_the_device():
    stills = [a_task(), an_event(), Still("habit", ID, {"name": "Run", "goal": 0x41}, (0, 86_400))]
    zone = ZoneInfo("Europe/Berlin")

    said = {name: b"".join(as_csv(table, stills, zone)) for name, table in TABLES.items()}

    assert said == {
        "tasks": b"id,name,description,priority,completion,due\r\n"
        b"%s,Tea,,3,0,2026-11-09T01:00:00+01:00\r\n" % ID.encode(),
        "events": b"id,name,description,start,end\r\n"
        b"%s,Choir,,2026-11-09T01:00:00+01:00,2026-11-09T02:30:00+01:00\r\n" % ID.encode(),
        "habits": b"id,name,weekdays\r\n%s,Run,Sun Sat\r\n" % ID.encode(),
        "habit-days": b"habit,name,day\r\n%s,Run,1970-01-01\r\n%s,Run,1970-01-02\r\n"
        % (ID.encode(), ID.encode()),
    }
