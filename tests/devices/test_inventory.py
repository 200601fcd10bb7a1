"""Units are made all or none, and what opens them is never stored in clear."""

import csv
import io
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from devices import hashes, inventory, serials
from devices.models import Batch, Device
from tests.factories import claim_unit

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    """Return every value of every row of every table as one text."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            rows += cursor.fetchall()
    return repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows])


def written(*arguments: str) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("make_devices", *arguments, stdout=out)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_a_batch_of_units_is_in_stock_with_different_serials_codes_and_keys(staff):
    batch, units = inventory.make_batch(name="First", prefix="AB", count=50, created_by=staff)

    devices = Device.objects.filter(batch=batch)
    states = {(device.state, device.claim, str(device.settings)) for device in devices}
    assert {device.serial for device in devices} == {unit.serial for unit in units}
    assert states == {("in_stock", None, "{}")}
    assert [len({*column}) for column in zip(*units, strict=True)] == [50, 50, 50]
    assert all(unit.serial.startswith("AB-") for unit in units)
    assert batch.created_by == staff


def test_only_hashes_of_codes_and_keys_are_stored_also_after_a_claim(alice):
    _, units = inventory.make_batch(name="First", prefix="SC", count=3)
    claim_unit(units[0], alice)

    stored = everything_stored()

    assert units[0].serial in stored
    for unit in units:
        key = serials.read_key(unit.key)
        assert unit.key not in stored
        assert repr(key) not in stored
        assert key.hex() not in stored
        assert unit.code not in stored
        assert serials.read_code(unit.code) not in stored


def test_a_stored_hash_matches_its_own_code_and_key_and_no_other():
    _, (first, second) = inventory.make_batch(name="First", prefix="SC", count=2)
    device = Device.objects.get(serial=first.serial)

    def is_code(code: str) -> bool:
        plain = serials.read_code(code)
        kept = {"pepper_id": device.pepper_id, "stored": device.code_hash}
        return hashes.is_code(first.serial, plain, **kept)

    assert [is_code(unit.code) for unit in (first, second)] == [True, False]
    assert [
        hashes.is_key(serials.read_key(unit.key), stored=device.key_hash)
        for unit in (first, second)
    ] == [True, False]


def test_a_code_under_an_older_pepper_still_matches_and_one_without_its_pepper_never(settings):
    settings.CLAIM_PEPPERS = {"old": b"o" * 32}
    _, [unit] = inventory.make_batch(name="First", prefix="SC", count=1)
    device = Device.objects.get()
    code = serials.read_code(unit.code)
    kept = {"pepper_id": device.pepper_id, "stored": device.code_hash}

    settings.CLAIM_PEPPERS = {"new": b"n" * 32, "old": b"o" * 32}
    assert hashes.newest_pepper() == "new"
    assert hashes.is_code(unit.serial, code, **kept)

    settings.CLAIM_PEPPERS = {"new": b"n" * 32}
    assert not hashes.is_code(unit.serial, code, **kept)


@pytest.mark.parametrize("count", [-1, 0, 5001])
def test_a_batch_of_an_impossible_size_makes_nothing(count):
    with pytest.raises(ValueError, match="1 to 5000"):
        inventory.make_batch(name="First", prefix="SC", count=count)

    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)


def test_a_failure_half_way_makes_nothing(settings):
    settings.CLAIM_PEPPERS = {}

    with pytest.raises(RuntimeError):
        inventory.make_batch(name="First", prefix="SC", count=2)

    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)


def test_a_serial_that_is_taken_is_not_made_again(monkeypatch):
    def make(name: str) -> set[str]:
        monkeypatch.setattr("secrets.choice", random.Random(1).choice)  # noqa: S311
        _, units = inventory.make_batch(name=name, prefix="SC", count=2)
        return {unit.serial for unit in units}

    first, second = make("First"), make("Second")

    assert len(first | second) == 4


def test_the_csv_has_a_header_and_no_cell_that_a_spreadsheet_takes_for_a_formula():
    _, units = inventory.make_batch(name="First", prefix="SC", count=200)

    lines = inventory.as_csv(units).splitlines()

    assert lines[0] == "serial,code,key"
    assert lines[1:] == [",".join(unit) for unit in units]
    assert {cell[0] for unit in units for cell in unit} & set("=+-@\t\r") == set()


def test_the_command_writes_csv_that_fits_what_it_stored():
    rows = written("3", "--batch", "Pilot", "--model", "pk4")

    assert [list(row) for row in rows] == [["serial", "code", "key"]] * 3
    assert {row["serial"][:4] for row in rows} == {"PK4-"}
    assert Batch.objects.get().name == "Pilot"


def test_the_command_needs_neither_batch_nor_model():
    made = written("1") + written("2")

    assert len({row["serial"] for row in made}) == 3
    assert all(row["serial"].startswith("SC-") for row in made)


def test_the_command_adds_to_a_batch_that_is_there():
    written("1", "--batch", "Pilot", "--model", "AB")

    assert written("1", "--batch", "Pilot")[0]["serial"].startswith("AB-")
    with pytest.raises(CommandError, match="prefix AB"):
        written("1", "--batch", "Pilot", "--model", "SC")


@pytest.mark.parametrize(
    "arguments", [["0"], ["5001"], ["1", "--model", "LOW"], ["1", "--model", ""]]
)
def test_the_command_refuses_what_cannot_be_and_makes_nothing(arguments):
    with pytest.raises(CommandError):
        written(*arguments, "--batch", "Pilot")

    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)
