"""Where units lie and what is noted about them: one by one, or many by a file shown first."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from devices import describing
from devices.models import AuditEntry, Device
from planner.sheets import defused, plain
from tests.factories import make_unit, make_user
from tests.logins import logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/device/"
PAGE = f"{LIST}update/"


@pytest.fixture
def serials() -> list[str]:
    return sorted(make_unit().serial for _ in range(3))


def table(*rows: list[str], header: str = "serial,location,note") -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return f"{header}\r\n{text.getvalue()}"


def chosen(desk: Client, text: str):
    return desk.post(PAGE, {"file": SimpleUploadedFile("units.csv", text.encode())})


def confirmed(desk: Client, page, **changed):
    hidden = page.context["form"].initial
    return desk.post(PAGE, {**hidden, "reason": "stocktaking", **changed}, follow=True)


def written(serial: str) -> tuple[str, str]:
    return Device.objects.values_list("location", "note").get(serial=serial)


def test_a_file_shows_what_changes_and_changes_it_when_that_is_confirmed(desk, staff, serials):
    Device.objects.filter(serial=serials[0]).update(location="Shelf 1")
    text = table([serials[0], "Shelf 2", ""], [serials[1], "", "cracked"], [serials[2], "", ""])

    page = chosen(desk, text)
    before = [written(serial) for serial in serials]
    done = confirmed(desk, page)

    assert dict(page.context["changes"]) == {
        serials[0]: [("location", "Shelf 1", "Shelf 2")],
        serials[1]: [("note", "", "cracked")],
    }
    assert before == [("Shelf 1", ""), ("", ""), ("", "")]
    assert [written(serial) for serial in serials] == [("Shelf 2", ""), ("", "cracked"), ("", "")]
    assert toasts(done) == ["2 units are changed."]
    noted = AuditEntry.objects.filter(action="describe").order_by("device__serial")
    shown = [(one.by, one.device.serial, one.before, one.after, one.reason) for one in noted]
    assert shown == [
        (staff, serials[0], {"location": "Shelf 1"}, {"location": "Shelf 2"}, "stocktaking"),
        (staff, serials[1], {"note": ""}, {"note": "cracked"}, "stocktaking"),
    ]


def test_what_changed_since_it_was_shown_is_shown_again(desk, serials):
    page = chosen(desk, table([serials[0], "Shelf 2", ""]))
    Device.objects.update(location="Sold")

    again = confirmed(desk, page)

    assert toasts(again) == ["This has changed meanwhile: look again."]
    assert dict(again.context["changes"]) == {serials[0]: [("location", "Sold", "Shelf 2")]}
    assert written(serials[0]) == ("Sold", "")
    confirmed(desk, again)
    assert written(serials[0]) == ("Shelf 2", "")


def test_a_change_wants_a_reason(desk, serials):
    page = chosen(desk, table([serials[0], "Shelf 2", ""]))

    again = confirmed(desk, page, reason=" ")

    assert list(again.context["form"].errors) == ["reason"]
    assert written(serials[0]) == ("", "")


@pytest.mark.parametrize(
    ("header", "rows", "line", "said"),
    [
        ("serial,colour", ["{0},red"], 1, "The column colour is not known"),
        ("serial,,note", ["{0},,x"], 1, "The column “” is not known"),
        ("location,note", ["a,b"], 1, "The first line names serial"),
        ("serial,state", ["{0},claimed"], 1, "The first line names serial"),
        ("serial,note,note", ["{0},a,b"], 1, "The first line names serial"),
        ("serial,note", [], 1, "There is no unit in this file."),
        ("serial,note", ["{0},a", "{1},b", "{0},c"], 4, "{0} stands in line 2 already."),
        ("serial,note", ["{0},a", "nonsense,b"], 3, ""),
        ("serial,note", ["{0},a", "SC-7K3M92QF-6,b"], 3, ""),
        ("serial,note", ["{0},a,b"], 2, "This line has more or fewer cells"),
        ("serial,note", ["{0}"], 2, "This line has more or fewer cells"),
        ("serial,note", ['{0},"a\0b"'], 2, "plain text"),
        ("serial,note", ['{0},"a\nb"'], 3, "plain text"),
        ("serial,note", ["{0}," + "x" * 201], 2, "200 characters at most"),
        ("serial,location", ["{0}," + "x" * 61], 2, "60 characters at most"),
        ("serial,note", ['{0},"a', "{1},b"], 3, "This is not CSV."),
    ],
    ids=range(16),
)
def test_one_bad_line_is_named_and_changes_nothing(desk, serials, header, rows, line, said):
    text = "\n".join([header, *rows]).format(*serials)

    page = chosen(desk, text)
    confirmed(desk, page)

    (found,) = page.context["faults"]
    assert found[0] == line
    assert said.format(*serials) in found[1]
    assert not Device.objects.exclude(note="", location="").exists()
    assert not AuditEntry.objects.filter(action="describe").exists()


def test_units_are_locked_by_their_keys_whatever_their_serials(serials, staff):
    """docs/decisions/063"""
    text = table(*([serial, "", "x"] for serial in serials))

    with CaptureQueriesContext(connection) as queries:
        describing.update(text, by=staff)

    (found,) = (sql for query in queries if "serial" in (sql := query["sql"]))
    assert 'ORDER BY "devices_device"."id" ASC' in found


def test_a_unit_that_is_not_there_is_a_fault_beside_good_lines(desk, serials):
    gone = Device.objects.get(serial=serials[1])
    gone.audit.all().delete()
    gone.delete()

    page = chosen(desk, table(*([serial, "", "x"] for serial in serials)))

    assert page.context["faults"] == [(3, "serial: There is no such unit.")]
    report = describing.update(table(*([serial, "", "x"] for serial in serials)), by=None)
    assert not report.changes
    assert not Device.objects.exclude(note="").exists()


def test_the_exported_list_comes_back_and_changes_nothing(desk, serials):
    Device.objects.filter(serial=serials[0]).update(note="=1+1", location="'quoted")
    exported = b"".join(desk.get(f"{LIST}export/")).decode()

    page = chosen(desk, exported)

    assert "'=1+1" in exported
    assert (page.context["faults"], page.context["changes"]) == ([], [])
    assert page.context["report"].same == 3
    assert page.context["report"].unread[:2] == ["batch", "state"]


@given(st.text())
def test_a_cell_that_was_defused_comes_back_as_it_was(text):
    """I6"""
    assert plain(defused(text)) == text


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"x" * (512 * 1024 + 1)], ids=len)
def test_what_is_no_text_or_too_large_is_refused(desk, content):
    page = desk.post(PAGE, {"file": SimpleUploadedFile("units.csv", content)})

    assert page.status_code == 200
    assert list(page.context["form"].errors) == ["file"]


def test_nothing_of_a_file_is_kept_on_disk(desk, serials, tmp_path, monkeypatch, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "not there")
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    page = chosen(desk, table([serials[0], "", "y" * 200]))
    confirmed(desk, page)

    assert written(serials[0]) == ("", "y" * 200)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [1, 30])
def test_a_file_costs_the_same_for_any_number(staff, count, django_assert_num_queries):
    text = table(*([make_unit().serial, "A", "b"] for _ in range(count)))
    shown = describing.update(text, by=staff).digest

    with django_assert_num_queries(13):
        describing.update(text, by=staff, shown=shown)


def test_a_single_unit_is_described_on_its_page(desk, staff, device):
    desk.post(
        f"{LIST}{device.pk}/change/", {"location": "Shop", "note": "demo", "state": "retired"}
    )

    assert written(device.serial) == ("Shop", "demo")
    assert Device.objects.get().state == "claimed"
    entry = AuditEntry.objects.get(action="describe")
    assert (entry.by, entry.before) == (staff, {"location": "", "note": ""})
    assert entry.after == {"location": "Shop", "note": "demo"}


def test_staff_without_the_right_change_no_note(device):
    desk = logged_in(make_user("helper", is_staff=True))

    answers = [
        desk.get(PAGE),
        chosen(desk, table([device.serial, "", "x"])),
        desk.post(f"{LIST}{device.pk}/change/", {"location": "Shop", "note": ""}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert written(device.serial) == ("", "")


def test_a_foreign_form_is_refused(staff, device):
    """I1"""
    desk = logged_in(staff, csrf=True)

    assert chosen(desk, table([device.serial, "", "x"])).status_code == 403
