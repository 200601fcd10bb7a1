"""A claimed device replaces the factory's key; whatever is lost on the way, one key is good."""

import pytest

from devices import lifecycle, serials
from devices.inventory import Unit
from devices.models import Device
from tests.backups.api import Api
from tests.devices.http import Http, problem, tablet, token_answer
from tests.factories import claim_unit, make_unit

pytestmark = pytest.mark.django_db


def sign_in(unit: Unit, key: str):
    return Http().post("/api/device/token/", {"serial": unit.serial, "key": key})


def offer(api: Http, key: str):
    return api.post("/api/device/key/", {"key": key})


def test_a_device_is_asked_for_a_key_after_its_claim_and_only_then(unit, alice):
    stock = make_unit()

    claim_unit(unit, alice)

    assert (token_answer(unit)["rekey"], token_answer(stock)["rekey"]) == (True, False)


def test_the_old_key_works_until_the_new_one_was_used(unit, device):
    """C10"""
    new, api = serials.new_key(), tablet(unit)

    assert offer(api, new).status_code == 204

    assert token_answer(unit)["rekey"] is True
    assert api.get("/api/sync/").status_code == 200
    first = sign_in(unit, new)
    assert (first.status_code, first.json()["rekey"]) == (200, False)
    assert problem(sign_in(unit, unit.key)) == (401, "token-invalid")
    assert problem(api.get("/api/sync/")) == (401, "token-revoked")
    assert sign_in(unit, new).status_code == 200


def test_of_several_keys_that_were_offered_the_last_counts(unit, device):
    """C10: the reply to the first was lost with the device's memory."""
    first, second, api = serials.new_key(), serials.new_key(), tablet(unit)
    offer(api, first)
    offer(api, second)

    assert problem(sign_in(unit, first)) == (401, "token-invalid")
    assert sign_in(unit, second).status_code == 200


def test_a_wrong_key_opens_nothing_before_and_after(unit, device):
    """C10"""
    wrong, new = serials.new_key(), serials.new_key()
    offer(tablet(unit), new)

    assert problem(sign_in(unit, wrong)) == (401, "token-invalid")
    sign_in(unit, new)
    assert problem(sign_in(unit, wrong)) == (401, "token-invalid")


@pytest.mark.parametrize("when", ["in stock", "after its key was replaced"])
def test_a_key_that_nobody_asked_for_is_refused(unit, alice, when):
    """Whoever holds the factory's list shuts no unit out."""
    if when != "in stock":
        claim_unit(unit, alice)
        mine = serials.new_key()
        offer(tablet(unit), mine)
        sign_in(unit, mine)
        unit = unit._replace(key=mine)

    answer = offer(tablet(unit), serials.new_key())

    assert problem(answer) == (409, "conflict")
    assert Device.objects.get(serial=unit.serial).next_key_hash == ""


@pytest.mark.parametrize("key", ["", "A", "A" * 42, "-" + "A" * 42, "ä" * 43], ids=repr)
def test_what_is_no_key_is_refused(unit, device, key):
    answer = offer(tablet(unit), key)

    assert problem(answer) == (400, "invalid")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/key"]


def test_the_present_key_is_no_new_one(unit, device):
    assert offer(tablet(unit), unit.key).json()["errors"][0]["pointer"] == "/key"


def test_where_the_firmware_can_the_plan_is_shut_until_it_is_done(alice):
    unit = make_unit(must_rekey=True)
    claim_unit(unit, alice)
    new, api = serials.new_key(), tablet(unit)

    refused = [problem(api.get("/api/sync/")), problem(api.post("/api/sync/", {"task": []}))]
    own = api.get("/api/device/").status_code
    offer(api, new)

    assert refused == [(403, "forbidden")] * 2
    assert own == 200
    assert problem(api.get("/api/sync/")) == (403, "forbidden")
    assert tablet(unit._replace(key=new)).get("/api/sync/").status_code == 200


def test_a_person_plans_on_a_device_that_has_not_replaced_its_key_yet(alice):
    from_web = claim_unit(make_unit(must_rekey=True), alice)
    person = Api.of_person(alice, from_web)

    assert person.get("/api/sync/").status_code == 200


def test_every_claim_asks_anew_and_a_release_ends_the_asking(unit, device, alice):
    offer(tablet(unit), mine := serials.new_key())
    sign_in(unit, mine)

    lifecycle.release(device, by=alice)

    assert sign_in(unit, mine).json()["rekey"] is False
    assert problem(sign_in(unit, unit.key)) == (401, "token-invalid")
