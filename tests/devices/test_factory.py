"""A factory's file is stored whole or not at all, twice as once, and never kept."""

import csv
import io
import tempfile
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from devices import factory, inventory, serials
from devices.factory import Progress, Report
from devices.models import AuditEntry, Batch, Device
from tests.devices.http import problem, tablet
from tests.devices.test_inventory import everything_stored
from tests.factories import claim_unit, make_user
from tests.logins import logged_in
from tests.races import RACE, at_once

pytestmark = pytest.mark.django_db
PAGE = "/admin/devices/batch/import/"


def new_units(count: int, prefix: str = "FA") -> list[inventory.Unit]:
    return [
        inventory.Unit(serials.new_serial(prefix), serials.new_code(), serials.new_key())
        for _ in range(count)
    ]


def bring_in(text: str, name: str = "Plant 2", **options) -> Report:
    *steps, report = factory.bring_in(text, name=name, **options)
    assert all(isinstance(step, Progress) for step in steps)
    return report


def outcome(report: Report) -> tuple[int, int, list]:
    return report.made, report.known, report.faults


def test_the_units_of_a_file_are_in_stock_and_open_with_what_it_says(staff, alice):
    units = new_units(3)

    report = bring_in(inventory.as_csv(units), confirm_on_device=True, by=staff)

    batch = Batch.objects.get()
    assert outcome(report) == (3, 0, [])
    assert report.units == []
    assert (batch.name, batch.prefix, batch.confirm_on_device) == ("Plant 2", "FA", True)
    assert claim_unit(units[0], alice).claims.get().state == "pending"
    assert tablet(units[1]).get("/api/device/").json()["serial"] == units[1].serial
    rows = AuditEntry.objects.filter(action="import")
    assert {(row.device.serial, row.by) for row in rows} == {(u.serial, staff) for u in units}


def test_the_same_file_again_changes_nothing(staff):
    """C11"""
    text = inventory.as_csv(new_units(3))
    bring_in(text, by=staff)
    before = list(Device.objects.values())

    again = bring_in(text, by=staff)
    more = bring_in(text + inventory.as_csv(new_units(1)).partition("\n")[2], by=staff)

    assert (outcome(again), outcome(more)) == ((0, 3, []), (1, 3, []))
    assert list(Device.objects.filter(pk__in=[row["id"] for row in before]).values()) == before


def test_codes_and_keys_that_are_left_out_are_made_and_returned_once(alice):
    known, bare = new_units(2)
    text = f"serial,key\n{known.serial},{known.key}\n{bare.serial},\n"

    report = bring_in(text)

    made = {unit.serial: unit for unit in report.units}
    assert made[known.serial].key == known.key
    assert claim_unit(made[bare.serial], alice).is_claimed
    assert tablet(made[bare.serial]).get("/api/device/").status_code == 200


def test_serials_and_codes_may_be_typed_in_any_form():
    unit = new_units(1)[0]
    text = f"serial,code\n{unit.serial.lower().replace('-', ' ')},{unit.code.replace('-', '')}\n"

    assert outcome(bring_in(text)) == (1, 0, [])
    assert Device.objects.get().serial == unit.serial


GOOD = new_units(2)
ONE, TWO = GOOD
OTHER = serials.new_serial("ZZ")
WRONG = ONE.serial[:-1] + ("0" if ONE.serial[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", (1, "The first line names each column once, and serial is one of them.")),
        ("serial,code\n", (1, "There is no unit in this file.")),
        ("code,key\n", (1, "The first line names each column once, and serial is one of them.")),
        ("serial,serial\n", (1, "The first line names each column once, and serial is one o")),
        ("serial,colour\n", (1, "The column colour is not known: there are serial, code and key.")),
        ("serial\nWRONG\n", (2, "There is a typing error in this serial number.")),
        ("serial\n\n=1+1\n", (3, "The cell serial begins like a formula.")),
        ("serial,code\nONE,@SUM(A1)\n", (2, "The cell code begins like a formula.")),
        ("serial,code\nONE,BCDF-GHJK\n", (2, "A claim code has 12 letters, without")),
        ("serial,key\nONE,short\n", (2, "This is not a device key.")),
        ("serial,code\nONE\n", (2, "This line has more or fewer cells than the first.")),
        ("serial\nONE,x\n", (2, "This line has more or fewer cells than the first.")),
        ("serial\nONE\nONE\n", (3, "ONE stands in line 2 already.")),
        ('serial\n"open', (2, "This is not CSV.")),
        ("serial\n" + "x" * 200_000, (2, "This is not CSV.")),
        ("serial\nONE\nOTHER\n", (1, "All serial numbers of a batch begin")),
    ],
    ids=range(16),
)
def test_a_file_with_a_fault_stores_nothing(text, fault):
    """C11"""
    for word, serial in (("ONE", ONE.serial), ("OTHER", OTHER), ("WRONG", WRONG)):
        text = text.replace(word, serial)

    report = bring_in(text)

    assert (report.made, report.units) == (0, [])
    told = [(line, words.replace(ONE.serial, "ONE")) for line, words in report.faults]
    assert [(line, words[: len(fault[1])]) for line, words in told] == [fault]
    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)
    noted = AuditEntry.objects.values_list("action", "after__made", "after__faults")
    assert list(noted) == [("import-file", 0, len(report.faults))]


def test_units_of_another_batch_or_with_another_code_are_told_by_line(staff):
    bring_in(inventory.as_csv(GOOD), name="Plant 1")
    other = TWO._replace(code=serials.new_code())

    moved = bring_in(inventory.as_csv([ONE]), name="Plant 2")
    changed = bring_in(inventory.as_csv([ONE, other]), name="Plant 1")

    assert moved.faults == [(2, f"{ONE.serial} is stored already, in the batch Plant 1.")]
    assert changed.faults == [(3, f"{TWO.serial} is stored already, with another code or key.")]


def test_too_many_units_are_refused(monkeypatch):
    monkeypatch.setattr(factory, "MOST", 1)
    many = bring_in(inventory.as_csv(GOOD))
    monkeypatch.undo()
    monkeypatch.setattr(inventory, "MAX_COUNT", 1)

    bare = bring_in(f"serial\n{ONE.serial}\n{TWO.serial}\n")

    assert [report.faults[0][1] for report in (many, bare)] == [
        "A file has at most 1 units: split it.",
        "Codes and keys are made for at most 1 units at once: split the file.",
    ]


def test_an_import_that_nobody_waits_for_stores_nothing(monkeypatch):
    monkeypatch.setattr(factory, "AT_ONCE", 1)
    steps = factory.bring_in(inventory.as_csv(GOOD), name="Plant 2")
    seen = [step.words for step, _ in zip(steps, range(5), strict=False)]

    steps.close()

    assert seen[-1] == "Storing"
    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)


def test_units_that_somebody_stores_meanwhile_are_not_stored_twice(monkeypatch):
    steps = factory.bring_in(inventory.as_csv(GOOD), name="Plant 2")
    while next(steps).words != "Comparing":
        pass
    batch = Batch.objects.create(name="Other", prefix="FA")
    inventory.store(batch, [ONE], action="import", by=None)

    *_steps, report = steps

    assert report.faults == [(1, "Somebody stored such units meanwhile. Send the file again.")]
    assert Device.objects.get().batch == batch


class TestTwoAtOnce:
    pytestmark = RACE

    @pytest.mark.parametrize("_round", range(3))
    def test_two_files_at_once_for_one_new_batch_begin_alike(self, _round):
        serials_ = [f"serial\n{serials.new_serial(prefix)}\n" for prefix in ("FA", "ZZ")]

        reports = at_once([partial(bring_in, text) for text in serials_])

        fault = (1, "All serial numbers of a batch begin alike; these do not.")
        assert sorted(outcome(report) for report in reports) == [(0, 0, [fault]), (1, 0, [])]
        batch = Batch.objects.get()
        assert Device.objects.get().serial.startswith(f"{batch.prefix}-")


@pytest.mark.nightly
def test_a_hundred_thousand_units_are_one_file(staff):
    """C11"""
    units = new_units(100_000)

    assert outcome(bring_in(inventory.as_csv(units), by=staff)) == (100_000, 0, [])
    assert outcome(bring_in(inventory.as_csv(units), by=staff)) == (0, 100_000, [])


# --- The page --------------------------------------------------------------------------------


def send(desk: Client, content: bytes, **changed) -> str:
    file = SimpleUploadedFile("units.csv", content, content_type="text/csv")
    answer = desk.post(PAGE, {"name": "Plant 2", "file": file} | changed)
    return answer.getvalue().decode()


def test_the_page_tells_how_far_it_is_and_what_became_of_the_file(desk, monkeypatch):
    monkeypatch.setattr(factory, "AT_ONCE", 2)
    page = send(desk, b"\xef\xbb\xbf" + inventory.as_csv(new_units(5)).encode())

    assert page.count("<progress") == 6
    assert "5 units were stored." in page
    assert page.rstrip().endswith("</html>")
    (id_,) = set(AuditEntry.objects.values_list("request_id", flat=True))
    assert id_ != "-"


def test_the_page_shows_what_was_made_here_once(desk):
    page = send(desk, f"serial\n{ONE.serial}\n".encode())

    table = page.partition("serial,code,key\n")[2].partition("</textarea>")[0]
    made = next(csv.reader(io.StringIO(table)))
    assert made[0] == ONE.serial
    assert made[1] not in everything_stored()
    assert made[1] not in desk.get("/admin/devices/batch/").content.decode()


def test_a_factory_s_keys_open_no_plan_where_the_firmware_can_replace_them(desk, alice):
    [unit] = new_units(1)

    send(desk, inventory.as_csv([unit]).encode(), must_rekey="on")

    claim_unit(unit, alice)
    assert problem(tablet(unit).get("/api/sync/")) == (403, "forbidden")


def test_the_page_names_the_lines_that_are_wrong(desk):
    page = send(desk, f"serial\n{ONE.serial}\n{WRONG}\n<b>\n".encode())

    assert "Nothing was stored" in page
    assert "<td>3</td><td>There is a typing error in this serial number.</td>" in page
    assert "<b>" not in page.partition("Nothing was stored")[2]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "The submitted file is empty."),
        (b"\xff\xfe\x00", "This is not text in UTF-8."),
        (b"x" * (16 * 1024 * 1024 + 1), "This file is too large: 16 MB are the most."),
    ],
    ids=["empty", "latin", "large"],
)
def test_a_file_that_cannot_be_read_is_told_beside_its_field(desk, content, error):
    assert error in send(desk, content)


def test_nothing_of_a_file_touches_the_disk(desk, monkeypatch):
    """C9"""
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", None)
    monkeypatch.setattr(tempfile, "mkstemp", None)

    page = send(desk, b"serial,colour\n" + b"x" * 3_000_000)

    assert "The column colour is not known" in page


def test_the_import_wants_a_right_and_the_form_s_token(staff):
    helper = logged_in(make_user("helper", is_staff=True))
    forged = logged_in(staff, csrf=True)

    answers = [helper.get(PAGE), helper.post(PAGE), forged.post(PAGE, {"name": "x"})]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Client().post(PAGE).status_code == 302
