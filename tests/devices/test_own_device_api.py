"""`/api/device/…`: what a device asks for itself, with its key."""

from datetime import UTC, datetime

import pytest
from time_machine import travel

from accounts import sessions
from devices import lifecycle, serials
from devices.device_settings import complete
from devices.models import Device, LastSeen, Membership
from tests.devices.http import Http, person, problem, tablet, token_answer
from tests.factories import NOON, claim_unit, make_unit, row
from tests.logins import with_token

pytestmark = pytest.mark.django_db
SECONDS = int(NOON.timestamp())
TOKEN = "/api/device/token/"


def proof(unit, **changed) -> dict:
    return {"serial": unit.serial, "key": unit.key} | changed


@pytest.fixture
def pending(alice):
    """A unit whose first claim waits, and the claim."""
    unit = make_unit(confirm_on_device=True)
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk"}
    assert person(alice).post("/api/devices/", label).status_code == 202
    return unit, row(unit).claims.get()


def test_serial_and_key_give_a_token_for_an_hour(unit):
    with travel(NOON, tick=False):
        response = Http().post(TOKEN, proof(unit))

    answer = response.json()
    access = answer.pop("access")
    assert (response.status_code, answer) == (
        200,
        {
            "expires": SECONDS + 3600,
            "claimed": False,
            "claim": None,
            "rekey": False,
            "server_time": SECONDS,
        },
    )
    with travel(NOON, tick=False):
        assert Http(with_token(access)).get("/api/device/").status_code == 200


def test_the_token_answer_names_the_claim_and_each_claim_is_another(alice, bob, unit):
    device = claim_unit(unit, alice)
    first = token_answer(unit)
    lifecycle.release(device, by=alice)
    between = token_answer(unit)
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk"}
    person(bob).post("/api/devices/", label)
    tablet(unit).post("/api/device/claim/", {"accept": True})
    second = token_answer(unit)

    assert [answer["claimed"] for answer in (first, between, second)] == [True, False, True]
    assert (first["claim"], between["claim"]) == (str(device.claim), None)
    assert second["claim"] not in (None, first["claim"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda unit: {"key": make_unit().key}, id="another's key"),
        pytest.param(lambda unit: {"serial": serials.new_serial("SC")}, id="unknown serial"),
        pytest.param(lambda unit: {"serial": make_unit().serial}, id="another's serial"),
        pytest.param(lambda unit: {"key": unit.code}, id="code for key"),
        pytest.param(lambda unit: {"key": unit.key[:-1]}, id="cut key"),
        pytest.param(lambda unit: {"serial": "SC-7K3M92QF-X"}, id="mistyped serial"),
    ],
)
def test_every_wrong_proof_gets_the_very_same_answer(unit, change):
    reference = Http().post(TOKEN, proof(unit, key=serials.new_key()))

    response = Http().post(TOKEN, proof(unit, **change(unit)))

    assert problem(response) == (401, "token-invalid")
    mine, other = (
        answer.content.replace(answer["X-Request-ID"].encode(), b"")
        for answer in (response, reference)
    )
    assert mine == other
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("end", [lifecycle.block, lifecycle.retire])
def test_a_blocked_device_is_told_so_only_with_its_key(unit, device, end):
    end(device)

    assert problem(Http().post(TOKEN, proof(unit))) == (403, "device-blocked")
    wrong = Http().post(TOKEN, proof(unit, key=serials.new_key()))
    assert problem(wrong) == (401, "token-invalid")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/serial", "/key"]),
        ({"serial": 5, "key": None}, ["/serial", "/key"]),
        ({"serial": "x", "key": "x" * 201}, ["/key"]),
        ({"serial": "x", "key": "x", "device": 1}, ["/device"]),
    ],
)
def test_a_bad_body_of_a_proof_names_its_fields(db, body, pointers):
    response = Http().post(TOKEN, body)

    assert problem(response) == (400, "invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


def test_an_unclaimed_device_learns_that_it_is(unit):
    with travel(NOON, tick=False):
        response = tablet(unit).get("/api/device/")

    assert (response.status_code, response.json()) == (
        200,
        {
            "id": row(unit).pk,
            "serial": unit.serial,
            "name": "",
            "claimed": False,
            "claim": None,
            "people": [],
            "settings": complete({}),
            "settings_revision": 0,
            "pending_claim": None,
            "server_time": SECONDS,
        },
    )
    assert len(response.content) < 1024


def test_a_claimed_device_learns_its_name_people_and_settings(unit, device, alice, bob):
    lifecycle.change(device, by=alice, settings={"hour_format": 12})
    Membership.objects.create(device=device, user=bob, role="viewer")

    answer = tablet(unit).get("/api/device/").json()

    assert (answer["name"], answer["claimed"], answer["claim"]) == (
        "Kitchen tablet",
        True,
        str(device.claim),
    )
    assert answer["people"] == [
        {"name": "Alice Ash", "role": "owner"},
        {"name": "Bob Birch", "role": "viewer"},
    ]
    assert answer["settings"] == complete({"hour_format": 12})


def test_the_device_sees_who_wants_it_and_says_yes(pending, alice):
    unit, claim = pending
    caller = tablet(unit)

    waiting = caller.get("/api/device/").json()["pending_claim"]
    response = caller.post("/api/device/claim/", {"accept": True})

    assert waiting == {
        "id": str(claim.pk),
        "name": "Alice Ash",
        "joins": False,
        "number": claim.number,
        "expires": int(claim.expires_at.timestamp()),
    }
    assert (response.status_code, response.content) == (204, b"")
    assert row(unit).claim == claim.pk
    # What the device knew is over: it asks for a new token and learns the claim with it.
    assert problem(caller.get("/api/device/")) == (401, "token-revoked")
    assert token_answer(unit)["claim"] == str(claim.pk)


def test_the_device_says_no(pending):
    unit, _ = pending
    caller = tablet(unit)

    assert caller.post("/api/device/claim/", {"accept": False}).status_code == 204
    assert caller.get("/api/device/").json()["pending_claim"] is None
    assert problem(caller.post("/api/device/claim/", {"accept": True})) == (409, "conflict")
    assert row(unit).state == "in_stock"


@pytest.mark.parametrize("accept", [None, 1, 0, "true", [], {}])
def test_a_button_is_true_or_false_and_nothing_else(pending, accept):
    unit, _ = pending

    response = tablet(unit).post("/api/device/claim/", {"accept": accept})

    assert problem(response) == (400, "invalid")
    assert row(unit).state == "in_stock"


def test_a_reset_ends_the_claim_and_the_token_and_may_be_repeated(unit, device):
    caller = tablet(unit)

    assert caller.post("/api/device/reset/").status_code == 204
    assert problem(caller.post("/api/device/reset/")) == (401, "token-revoked")
    assert tablet(unit).post("/api/device/reset/").status_code == 204
    assert (row(unit).state, row(unit).memberships.count()) == ("in_stock", 0)


def test_a_reset_by_another_device_does_nothing_here(device):
    assert tablet(make_unit()).post("/api/device/reset/").status_code == 204
    assert Device.objects.get(pk=device.pk).state == "claimed"


@pytest.mark.parametrize(
    "facts",
    [
        {"firmware_version": "1.4.2"},
        {"battery_percent": 0},
        {"battery_percent": None},
        {"firmware_version": "", "battery_percent": 100},
        {},
    ],
)
def test_a_device_reports_what_it_is(unit, facts):
    response = tablet(unit).patch("/api/device/", facts)

    assert response.status_code == 200
    seen = LastSeen.objects.get()
    kept = {"firmware_version": "", "battery_percent": None} | facts
    assert {name: getattr(seen, name) for name in kept} == kept


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"battery_percent": 101}, "/battery_percent"),
        ({"battery_percent": -1}, "/battery_percent"),
        ({"battery_percent": 50.0}, "/battery_percent"),
        ({"battery_percent": "50"}, "/battery_percent"),
        ({"battery_percent": True}, "/battery_percent"),
        ({"firmware_version": "v" * 33}, "/firmware_version"),
        ({"firmware_version": 2}, "/firmware_version"),
        ({"firmware_version": "a\0"}, "/firmware_version"),
        ({"name": "Mine"}, "/name"),
    ],
)
def test_a_report_that_cannot_be_is_refused(unit, facts, pointer):
    response = tablet(unit).patch("/api/device/", facts)

    assert problem(response) == (400, "invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert LastSeen.objects.get().firmware_version == ""


ROUTES = [
    ("GET", "/api/device/"),
    ("PATCH", "/api/device/"),
    ("POST", "/api/device/claim/"),
    ("POST", "/api/device/reset/"),
]


def after_release(unit, device, alice):
    token = token_answer(unit)["access"]
    lifecycle.release(device, by=alice)
    return token, (401, "token-revoked")


def after_block(unit, device, alice):
    token = token_answer(unit)["access"]
    lifecycle.block(device)
    return token, (401, "token-revoked")


def persons_token(unit, device, alice):
    answer = person(alice).post(f"/api/devices/{device.pk}/token/")
    return answer.json()["access"], (403, "forbidden")


def log_in(unit, device, alice):
    return sessions.log_in(alice).access, (403, "forbidden")


def the_key(unit, device, alice):
    return unit.key, (401, "token-invalid")


def nothing(unit, device, alice):
    return "", (401, "token-invalid")


def an_hour_old(unit, device, alice):
    with travel(datetime.now(UTC).replace(year=2025), tick=False):
        return token_answer(unit)["access"], (401, "token-expired")


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "caller",
    [after_release, after_block, persons_token, log_in, the_key, nothing, an_hour_old],
)
def test_only_a_living_token_got_by_the_key_counts(alice, unit, device, method, path, caller):
    token, expected = caller(unit, device, alice)
    before = Device.objects.values().get(pk=device.pk)

    response = Http(with_token(token)).send(method, path, {"accept": True})

    assert problem(response) == expected
    assert Device.objects.values().get(pk=device.pk) == before


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_token_one_is_asked_for(db, method, path):
    response = Http().send(method, path, {"accept": True})

    assert problem(response) == (401, "token-missing")
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/device/", {"GET", "PATCH"}),
        ("/api/device/token/", {"POST"}),
        ("/api/device/claim/", {"POST"}),
        ("/api/device/reset/", {"POST"}),
    ],
)
def test_other_methods_are_not_allowed(unit, path, allowed):
    caller = tablet(unit)
    others = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - allowed

    answers = {problem(caller.send(method, path, {})) for method in others}

    assert answers == {(405, "method-not-allowed")}


def test_asking_who_one_is_costs_a_fixed_number_of_queries(unit, device, django_assert_num_queries):
    caller = tablet(unit)
    caller.get("/api/device/")

    # The device with its last contact, its people, the claim that waits.
    with django_assert_num_queries(3):
        caller.get("/api/device/")
