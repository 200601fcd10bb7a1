"""Every action leaves a row, in the transaction of the rule: by whom, what it changed, and why."""

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction

from devices import audit, inventory, lifecycle
from devices.models import AuditEntry, Device, Membership
from planner.lists import CappedPaginator
from planner.logging import request_id
from planner.problems import RuleError
from tests.factories import make_unit, make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/auditentry/"


def written(device: Device) -> list[tuple]:
    """What is written down of a device, the oldest first."""
    rows = AuditEntry.objects.filter(device=device).select_related("by").order_by("pk")
    return [(row.action, row.by and row.by.username, row.before, row.after) for row in rows]


def test_the_life_of_a_device_is_written_down(device, alice, bob, staff):
    Membership.objects.create(device=device, user=bob, role="editor")
    lifecycle.rename(device, "Desk", by=bob)
    lifecycle.change(device, by=alice, settings={"hour_format": 12})
    lifecycle.leave(device, by=bob)
    lifecycle.block(device, by=staff, reason="reported stolen")
    lifecycle.unblock(device, by=staff)
    lifecycle.release(device, by=alice)
    lifecycle.retire(device, by=staff)

    assert written(device) == [
        ("make", None, {}, {"batch": device.batch.name}),
        ("claim", "alice", {}, {}),
        ("change", "bob", {"name": "Kitchen tablet"}, {"name": "Desk"}),
        ("change", "alice", {"hour_format": 24}, {"hour_format": 12}),
        ("leave", "bob", {}, {}),
        ("block", "staff", {"state": "claimed"}, {"state": "blocked"}),
        ("unblock", "staff", {"state": "blocked"}, {"state": "claimed"}),
        ("release", "alice", {}, {}),
        ("retire", "staff", {"state": "in_stock"}, {"state": "retired"}),
    ]
    assert AuditEntry.objects.get(action="block").reason == "reported stolen"


def test_a_reset_is_the_device_s_own(device):
    lifecycle.reset(device)

    entry = AuditEntry.objects.get(action="reset")
    assert (entry.by, str(entry.actor)) == (None, "the device or the system")


def test_somebody_whose_account_is_gone_is_a_former_user(device):
    helper = make_user("helper", is_staff=True)
    lifecycle.block(device, by=helper)
    helper.delete()

    assert str(AuditEntry.objects.get(action="block").actor) == "former user"


def test_what_is_refused_or_changes_nothing_is_not_written_down(device, alice, bob):
    before = written(device)

    with pytest.raises(RuleError):
        lifecycle.release(device, by=bob)
    with pytest.raises(RuleError):
        lifecycle.unblock(device)
    lifecycle.rename(device, device.name, by=alice)

    assert written(device) == before


def test_a_row_goes_with_its_transaction(device, staff):
    with transaction.atomic():
        lifecycle.block(device, by=staff)
        transaction.set_rollback(True)

    assert not AuditEntry.objects.filter(action="block").exists()


def test_each_unit_of_a_batch_has_its_row_and_the_id_of_the_request(staff):
    token = request_id.set("request-7")
    inventory.make_batch(name="First", prefix="AB", count=3, created_by=staff)
    request_id.reset(token)

    rows = AuditEntry.objects.filter(action="make")
    assert {row.device.serial for row in rows} == {d.serial for d in Device.objects.all()}
    assert {(row.by, row.after["batch"], row.request_id) for row in rows} == {
        (staff, "First", "request-7")
    }


def test_staff_find_rows_by_serial_person_request_and_action(desk, device, alice, staff):
    lifecycle.block(device, by=staff)
    other = Device.objects.get(serial=make_unit().serial)
    AuditEntry.objects.filter(action="block").update(request_id="request-9")

    found = {
        query: sorted(
            (row.action, row.device.serial)
            for row in desk.get(LIST, dict([query])).context["cl"].result_list
        )
        for query in [
            ("q", other.serial[:7].lower()),
            ("q", "Alice"),
            ("q", "request-9"),
            ("q", "nothing"),
            ("action", "block"),
        ]
    }

    assert list(found.values()) == [
        [("make", other.serial)],
        [("claim", device.serial)],
        [("block", device.serial)],
        [],
        [("block", device.serial)],
    ]


def test_the_list_as_csv_is_defused_and_filtered(desk, device, alice, staff):
    lifecycle.block(device, by=staff, reason="=HYPERLINK(1)")

    answer = desk.get(f"{LIST}export/", {"action": "block"})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [(row["serial"], row["by"], row["reason"]) for row in rows] == [
        (device.serial, "staff", "'=HYPERLINK(1)")
    ]
    assert [row["before"] for row in rows] == ['{"state": "claimed"}']


def test_nobody_changes_what_is_written(desk, device):
    entry = AuditEntry.objects.first()
    page = f"{LIST}{entry.pk}/"

    answers = [
        desk.post(f"{page}change/", {"action": "x"}),
        desk.post(f"{page}delete/", {"post": "yes"}),
        desk.post(f"{LIST}add/", {"action": "x"}),
        desk.post(LIST, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 200]
    assert AuditEntry.objects.get(pk=entry.pk).action == entry.action


def test_who_may_not_look_gets_neither_list_nor_file():
    user = make_user("helper", is_staff=True)
    refused = [logged_in(user).get(path).status_code for path in (LIST, f"{LIST}export/")]
    user.user_permissions.add(Permission.objects.get(codename="view_auditentry"))

    granted = [logged_in(user).get(path).status_code for path in (LIST, f"{LIST}export/")]

    assert (refused, granted) == ([403, 403], [200, 200])


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_any_number(desk, staff, count, django_assert_num_queries):
    inventory.make_batch(name="More", prefix="ZZ", count=count, created_by=staff)

    with django_assert_num_queries(3):
        desk.get(LIST)


def test_a_long_list_is_not_counted_to_its_end(desk, staff, monkeypatch):
    monkeypatch.setattr(CappedPaginator, "MOST", 2)
    inventory.make_batch(name="More", prefix="ZZ", count=3, created_by=staff)

    page = desk.get(LIST).content.decode()

    assert "There are more: the first 2 are listed." in page


def test_a_file_of_many_pieces_is_whole(desk, staff, monkeypatch):
    monkeypatch.setattr("planner.sheets.ROWS_AT_ONCE", 2)
    devices = [Device.objects.get(serial=make_unit().serial) for _ in range(5)]
    audit.record_each("block", devices, by=staff)

    answer = desk.get(f"{LIST}export/", {"action": "block"})

    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert [row["serial"] for row in rows] == [device.serial for device in reversed(devices)]
