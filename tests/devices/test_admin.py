"""The inventory in the admin: batches made once, devices found, no secret and no plan shown."""

import csv
import io
import re

import pytest
from django.test import Client

from devices import inventory, lifecycle
from devices.models import AuditEntry, Batch, Device
from tests.devices.http import problem, token_answer
from tests.factories import claim_unit, make_unit, make_user
from tests.logins import logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db
MAKE = "/admin/devices/batch/add/"
LIST = "/admin/devices/device/"


def wanted(**changed) -> dict:
    return {"name": "Pilot", "prefix": "ab", "count": 3} | changed


def rows(response) -> list[dict[str, str]]:
    """The units that an answer shows in clear."""
    table = re.search(r"(serial,code,key\n.*?)</textarea>", response.getvalue().decode(), re.DOTALL)
    return list(csv.DictReader(io.StringIO(table[1])))


def confirmed(action: str, *devices: Device, **changed) -> dict:
    """The form by which staff confirm an action."""
    keys = [device.pk for device in devices]
    answers = {"number": len(devices), "reason": "asked for by mail"}
    return {"action": action, "_selected_action": keys} | answers | changed


def test_making_a_batch_answers_with_its_units_once(desk, staff):
    response = desk.post(MAKE, wanted(confirm_on_device="on"))
    made = rows(response)

    batch = Batch.objects.get()
    assert (batch.prefix, batch.confirm_on_device, batch.created_by) == ("AB", True, staff)
    assert "no-store" in response["Cache-Control"]
    assert {row["serial"] for row in made} == set(
        Device.objects.filter(batch=batch).values_list("serial", flat=True)
    )
    assert token_answer(inventory.Unit(**made[0]))["claimed"] is False


def test_the_page_tells_how_far_it_is_while_many_units_are_made(desk, monkeypatch):
    monkeypatch.setattr(inventory, "STEP", 2)

    page = desk.post(MAKE, wanted(count="5")).getvalue().decode()

    assert re.findall(r"Storing <progress.* (\d+) / 5</p>", page) == ["2", "4", "5"]
    assert page.rstrip().endswith("</html>")
    assert Batch.objects.get().size == Device.objects.count() == 5


# The end of an answer closes the connection, and with it the transaction of a test.
@pytest.mark.django_db(transaction=True)
def test_what_is_left_before_its_end_makes_nothing(desk, monkeypatch):
    monkeypatch.setattr(inventory, "STEP", 2)
    answer = desk.post(MAKE, wanted(count="5"))
    parts = iter(answer)
    seen = [next(parts), next(parts)]

    answer.close()
    del parts

    assert b"2 / 5" in seen[1]
    assert (Batch.objects.count(), Device.objects.count()) == (0, 0)


def test_a_name_that_somebody_takes_meanwhile_makes_nothing(desk):
    answer = desk.post(MAKE, wanted())
    Batch.objects.create(name=wanted()["name"], prefix="ZZ")

    assert "Nothing was stored" in answer.getvalue().decode()
    assert not Device.objects.exists()


def test_what_was_made_is_never_shown_again(desk):
    """D9"""
    made = rows(desk.post(MAKE, wanted()))
    device = Device.objects.get(serial=made[0]["serial"])
    pages = [
        "/admin/",
        LIST,
        f"{LIST}labels/",
        f"{LIST}{device.pk}/change/",
        f"{LIST}{device.pk}/history/",
        "/admin/devices/batch/",
        f"/admin/devices/batch/{device.batch_id}/change/",
        f"/admin/devices/batch/{device.batch_id}/history/",
    ]

    seen = "".join(desk.get(page, follow=True).content.decode() for page in pages)

    assert made[0]["serial"] in seen
    secrets = [made[0]["code"], made[0]["key"], device.code_hash, device.key_hash]
    assert [secret for secret in secrets if secret in seen] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 5001}, "count"),
        ({"count": "many"}, "count"),
        ({"prefix": "LOW"}, "prefix"),
        ({"prefix": "TOOLONG99"}, "prefix"),
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_whole(desk, changes, field):
    Batch.objects.create(name="Taken", prefix="SC")

    response = desk.post(MAKE, wanted(**changes))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert (Batch.objects.count(), Device.objects.count()) == (1, 0)


def test_the_form_says_that_the_answer_comes_once(desk):
    assert b"It comes once: only hashes are stored" in desk.get(MAKE).content


def test_devices_are_found_by_serial_and_by_state(desk, device, unit):
    inventory.make_batch(name="More", prefix="ZZ", count=3)

    by_serial = desk.get(LIST, {"q": unit.serial})
    by_state = desk.get(LIST, {"state__exact": "in_stock"})

    assert [found.serial for found in by_serial.context["cl"].result_list] == [unit.serial]
    assert [found.serial[:2] for found in by_state.context["cl"].result_list] == ["ZZ"] * 3


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_any_number(desk, count, django_assert_num_queries):
    inventory.make_batch(name="More", prefix="ZZ", count=count)

    with django_assert_num_queries(10):
        desk.get(LIST)


def test_a_block_asks_once_more_and_then_shuts_the_device_out(desk, device, unit):
    asked = desk.post(LIST, {"action": "block", "_selected_action": device.pk})
    still = Device.objects.get().state
    desk.post(LIST, confirmed("block", device))

    assert "Block this device" in asked.content.decode()
    assert (still, Device.objects.get().state) == ("claimed", "blocked")
    entry = AuditEntry.objects.get(action="block")
    assert (entry.by.username, entry.reason) == ("staff", "asked for by mail")


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"number": 2}, "number"), ({"number": ""}, "number"), ({"reason": " "}, "reason")],
)
def test_an_action_wants_the_number_and_a_reason(desk, device, answers, field):
    response = desk.post(LIST, confirmed("retire", device, **answers))

    assert list(response.context["form"].errors) == [field]
    assert Device.objects.get().state == "claimed"


def test_an_unblock_lets_it_in_again_and_tells_of_those_it_could_not(desk, device):
    inventory.make_batch(name="More", prefix="ZZ", count=1)
    other = Device.objects.get(batch__name="More")
    lifecycle.block(device)

    response = desk.post(LIST, confirmed("unblock", device, other), follow=True)

    assert {d.state for d in Device.objects.all()} == {"claimed", "in_stock"}
    assert sorted(toasts(response)) == [
        "1 is done.",
        f"{other.serial}: The device is not blocked.",
    ]


def test_an_action_reaches_all_that_a_search_found(desk, device):
    inventory.make_batch(name="More", prefix="ZZ", count=3)
    one = Device.objects.filter(batch__name="More").first()

    desk.post(f"{LIST}?q=ZZ", confirmed("retire", one, select_across="1", number=3))

    assert {d.batch.name for d in Device.objects.filter(state="retired")} == {"More"}
    assert Device.objects.filter(state="retired").count() == 3
    assert AuditEntry.objects.filter(action="retire").count() == 3


def test_new_codes_are_shown_once_and_open_the_units(desk, alice):
    units = [make_unit(), make_unit()]
    devices = Device.objects.filter(serial__in=[unit.serial for unit in units])

    response = desk.post(LIST, confirmed("recode", *devices))

    made = rows(response)
    assert "no-store" in response["Cache-Control"]
    assert {row["serial"] for row in made} == {unit.serial for unit in units}
    new = units[0]._replace(code={row["serial"]: row["code"] for row in made}[units[0].serial])
    assert claim_unit(new, alice).state == "claimed"


@pytest.mark.parametrize(
    "keys", [["x"], ["9" * 40], ["-1"], ["1; DROP"], ["²"], pytest.param(["0" * 5000], id="long")]
)
def test_an_action_on_what_is_no_device_does_nothing(desk, device, keys):
    answer = desk.post(LIST, confirmed("block", device, _selected_action=keys))

    assert answer.status_code in (200, 302)
    assert Device.objects.get().state == "claimed"


@pytest.mark.parametrize("path", ["add/", "{}/delete/"])
def test_devices_are_neither_added_nor_deleted_here(desk, device, path):
    assert desk.get(LIST + path.format(device.pk)).status_code == 403


def test_a_device_is_not_edited_here(desk, device):
    desk.post(f"{LIST}{device.pk}/change/", {"state": "in_stock", "serial": "X"})

    assert Device.objects.get().serial == device.serial


def test_staff_without_the_right_neither_make_nor_block(device):
    desk = logged_in(make_user("helper", is_staff=True))

    assert desk.get(MAKE).status_code == 403
    assert desk.post(MAKE, wanted()).status_code == 403
    assert desk.post(LIST, confirmed("block", device)).status_code == 403
    assert desk.get(f"{LIST}labels/").status_code == 403
    assert Device.objects.get().state == "claimed"


def test_people_who_are_not_staff_do_not_enter(alice, device):
    assert logged_in(alice).get(MAKE).status_code == 302
    assert problem(Client().get("/api/devices/")) == (401, "token-missing")
