"""Label sheets: every label on its place, readable by a camera, and only for codes that count."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices import inventory, labels, printing, servicing
from devices.models import AuditEntry, Device
from tests.factories import make_unit

SHEETS = st.sampled_from(sorted(labels.SHEETS))
PAGE = "/admin/devices/device/labels/"


@given(SHEETS, st.integers(0, 70), st.integers(1, 130))
@settings(max_examples=60)
def test_labels_stand_apart_and_on_their_page(name, skip, count):
    sheet = labels.SHEETS[name]
    units = [(f"S{number}", "C") for number in range(count)]

    pages = list(labels.pages(sheet, units, claim_page="https://planner.example/claim/", skip=skip))

    assert [label.serial for page in pages for label in page] == [serial for serial, _ in units]
    for page in pages:
        places = {(label.x, label.y) for label in page}
        assert len(places) == len(page) <= sheet.count
        for label in page:
            assert label.x >= 0
            assert label.x + label.width <= sheet.page[0]
            assert label.y >= 0
            assert label.y + label.height <= sheet.page[1]
            assert label.text_x + 0.6 * label.size * len(label.serial) <= label.x + label.width


def test_used_places_are_left_out():
    sheet = labels.SHEETS["l7160"]

    first, second = labels.pages(sheet, [("A", "a"), ("B", "b")], claim_page="", skip=20)

    assert (first[0].x, first[0].y) == (139.2, 243.7)
    assert (second[0].x, second[0].y) == sheet.margin


def test_the_picture_is_the_code_that_a_camera_reads():
    code = labels.qr(labels.link("https://planner.example/claim/", "SC-7K3M92QF-X", "BCDF-GHJK-LM"))

    side, path = labels.outline(code)

    dark = set()
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        dark |= {(int(x) + step, int(y)) for step in range(int(length))}
    wanted = {(x, y) for y, row in enumerate(code.matrix) for x, bit in enumerate(row) if bit}
    assert (side, dark) == (len(code.matrix), wanted)
    assert labels.link("https://p/claim/", "S", "C") == "https://p/claim/#s=S&c=C"


@pytest.fixture
def made(db) -> list[inventory.Unit]:
    return [make_unit() for _ in range(3)]


def wanted(units, **changed) -> dict:
    form = {
        "units": inventory.as_csv(units),
        "sheet": "l7160",
        "skip": 0,
        "first": 1,
        "reason": "new boxes",
    }
    return form | changed


def test_a_page_of_labels_has_serial_code_and_picture(desk, made):
    answer = desk.post(PAGE, wanted(made, cut_marks="on"))

    page = answer.content.decode()
    assert [unit for unit in made if page.count(unit.serial) != 1 or unit.code not in page] == []
    assert (page.count("<svg"), page.count("<path"), page.count("<line")) == (1, 3, 24)
    assert "no-store" in answer["Cache-Control"]
    assert "style=" not in page
    printed = AuditEntry.objects.filter(action="print")
    assert sorted(row.device.serial for row in printed) == sorted(unit.serial for unit in made)
    assert {row.reason for row in printed} == {"new boxes"}


def test_the_same_labels_as_pdf_and_as_csv(desk, made):
    pdf = desk.post(PAGE, wanted(made, **{"as": "pdf"}, sheet="roll62"))
    table = desk.post(PAGE, wanted(made, **{"as": "csv"}))

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert pdf.content.count(b"/Type /Page\n") == 3
    assert table.content.decode() == inventory.as_csv(made)
    assert ["no-store" in answer["Cache-Control"] for answer in (pdf, table)] == [True, True]


def test_a_code_that_does_not_count_any_more_is_not_printed(desk, made, staff):
    """D9"""
    servicing.recode(Device.objects.get(serial=made[1].serial), by=staff, reason="lost")

    answer = desk.post(PAGE, wanted(made))

    errors = answer.context["form"].errors["units"]
    assert errors == [
        f"These codes are not the units' any more: re-issue them first. {made[1].serial}"
    ]
    assert not AuditEntry.objects.filter(action="print").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"units": ""}, "units"),
        ({"units": "a,b\n1,2"}, "units"),
        ({"units": "serial,code\nSC-1,x"}, "units"),
        ({"units": "serial,code\n"}, "first"),
        ({"units": "serial,code\n\x00,\x00"}, "units"),
        ({"units": 'serial,code\n"' + "x" * 200_000}, "units"),
        ({"units": "serial,code\nonly"}, "units"),
        ({"sheet": "l1"}, "sheet"),
        ({"skip": 21}, "skip"),
        ({"skip": -1}, "skip"),
        ({"first": 4}, "first"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_printed_is_told(desk, made, changes, field):
    answer = desk.post(PAGE, wanted(made) | changes)

    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_a_formula_in_the_place_of_a_key_does_not_come_back_as_csv(desk, made):
    units = [made[0]._replace(key='=HYPERLINK("//x")')]

    answer = desk.post(PAGE, wanted(units, **{"as": "csv"}))

    assert answer.context["form"].errors["units"] == ["Line 2: This is not a device key."]


def test_so_many_labels_at_once_and_then_the_next(desk, made, monkeypatch):
    monkeypatch.setattr(printing, "MOST_LABELS", 2)

    pages = [desk.post(PAGE, wanted(made, first=first)).content.decode() for first in (1, 3)]

    assert [[unit.serial in page for unit in made] for page in pages] == [
        [True, True, False],
        [False, False, True],
    ]


def test_the_camera_reads_what_is_printed(desk, made):
    page = desk.post(PAGE, wanted(made[:1])).content.decode()

    link = labels.link("http://testserver/claim/", made[0].serial, made[0].code)
    _side, path = labels.outline(labels.qr(link))
    assert path in page
