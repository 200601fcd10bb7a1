"""`/api/devices/…`: what people do with their devices over HTTP."""

import pytest
from django.test import Client
from time_machine import travel

from accounts import sessions
from devices import lifecycle, serials
from devices.device_settings import complete
from devices.models import Device, Membership
from tests.devices.http import Http, person, problem, tablet, token_answer
from tests.factories import NOON, make_device, make_unit, make_user
from tests.logins import logged_in, with_token

pytestmark = pytest.mark.django_db


def label(unit, **changed) -> dict:
    return {"serial": unit.serial, "code": unit.code, "name": "Desk"} | changed


def listed(device: Device, **changed) -> dict:
    """A device as its people see it."""
    shown = {
        "id": device.pk,
        "serial": device.serial,
        "name": "Kitchen tablet",
        "role": "owner",
        "state": "claimed",
        "claim": str(device.claim),
        "last_seen": None,
        "pending_changes": 0,
        "settings": complete({}),
        "settings_revision": device.settings_revision,
    }
    return shown | changed


def test_the_list_holds_the_callers_devices_and_no_others(alice, bob, device):
    other = make_device(bob, name="Bob's")
    Membership.objects.create(device=other, user=alice, role="viewer")
    make_device(bob, name="Private")

    response = person(alice).get("/api/devices/")

    assert response.status_code == 200
    assert response.json() == [listed(device), listed(other, name="Bob's", role="viewer")]


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_costs_the_same_for_any_number_of_devices(alice, count, django_assert_num_queries):
    for _ in range(count):
        make_device(alice)
    caller = person(alice)

    with django_assert_num_queries(3):
        assert len(caller.get("/api/devices/").json()) == count


def test_a_claim_answers_201_with_the_device(alice, unit):
    response = person(alice).post("/api/devices/", label(unit))

    device = Device.objects.get(serial=unit.serial)
    assert (response.status_code, response.json()) == (201, listed(device, name="Desk"))
    assert response["Location"] == f"/api/devices/{device.pk}/"


def test_a_claim_that_waits_answers_202_with_the_number_to_compare(alice):
    unit = make_unit(confirm_on_device=True)

    with travel(NOON, tick=False):
        response = person(alice).post("/api/devices/", label(unit))

    claim = Device.objects.get(serial=unit.serial).claims.get()
    assert (response.status_code, response.json()) == (
        202,
        {
            "code": "claim-pending",
            "claim": str(claim.pk),
            "serial": unit.serial,
            "joins": False,
            "number": claim.number,
            "expires": int(NOON.timestamp()) + 600,
        },
    )
    assert person(alice).get("/api/devices/").json() == []


def test_every_failed_claim_gets_the_very_same_bytes(alice, bob):
    wrong, shut, taken = make_unit(), make_unit(), make_unit()
    lifecycle.block(Device.objects.get(serial=shut.serial))
    person(bob).post("/api/devices/", label(taken))
    Device.objects.filter(serial=taken.serial).update(takes_requests=False)
    unknown = make_unit()._replace(serial=serials.new_serial("SC"))
    other = "B" if wrong.code[-1] != "B" else "C"
    guesses = [
        wrong._replace(code=make_unit().code),
        unknown,
        shut,
        taken,
        wrong._replace(code=wrong.code[:-1] + other),
        wrong._replace(serial="SC-7K3M92QF-X"),
        wrong._replace(code="x"),
    ]
    caller = person(alice)

    answers = [caller.post("/api/devices/", label(guess)) for guess in guesses]

    assert {problem(answer) for answer in answers} == {(400, "claim-failed")}
    assert len({without_id(answer.content, answer["X-Request-ID"]) for answer in answers}) == 1
    headers = [{k: v for k, v in a.headers.items() if k != "X-Request-ID"} for a in answers]
    assert headers == [headers[0]] * len(guesses)


def without_id(content: bytes, request_id: str) -> bytes:
    return content.replace(request_id.encode(), b"")


def test_an_own_device_is_a_conflict(alice, unit):
    caller = person(alice)
    caller.post("/api/devices/", label(unit))

    assert problem(caller.post("/api/devices/", label(unit))) == (409, "conflict")


def test_the_eleventh_device_is_a_conflict_with_a_clear_text(alice):
    for _ in range(10):
        make_device(alice)

    response = person(alice).post("/api/devices/", label(make_unit()))

    assert problem(response) == (409, "conflict")
    assert response.json()["detail"] == "You have ten devices already. Release one of them first."


def test_a_sixth_guess_has_to_wait(alice, unit):
    caller, guess = person(alice), label(unit, code=make_unit().code)
    for _ in range(5):
        caller.post("/api/devices/", guess)

    response = caller.post("/api/devices/", guess)

    assert problem(response) == (429, "throttled")
    assert 0 < int(response["Retry-After"]) <= 720


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/serial", "/code", "/name"]),
        ({"serial": 1, "code": None, "name": ["x"]}, ["/serial", "/code", "/name"]),
        ({"serial": "x", "code": "x", "name": "n" * 128}, ["/name"]),
        ({"serial": "x", "code": "x", "name": "é" * 64}, ["/name"]),
        ({"serial": "x", "code": "x", "name": "a\0b"}, ["/name"]),
        ({"serial": "x", "code": "x", "name": "\ud800"}, ["/name"]),
        ({"serial": "x", "code": "x", "name": "  "}, ["/name"]),
        ({"serial": "x" * 201, "code": "x" * 201, "name": "n"}, ["/serial", "/code"]),
        ({"serial": "x", "code": "x", "name": "n", "role": "owner"}, ["/role"]),
        ({"serial": "x", "code": "x", "name": "n", "user": 1, "state": "s"}, ["/state", "/user"]),
    ],
)
def test_a_bad_body_of_a_claim_names_its_fields(alice, body, pointers):
    response = person(alice).post("/api/devices/", body)

    assert problem(response) == (400, "invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


RAW = [b"", b"{", b"[]", b'"x"', b'{"name": NaN}', b'{"a":1,"a":1}', b"\xff", b"[" * 10**5]


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:9]))
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/devices/"), ("PATCH", "/api/devices/{}/")]
)
def test_what_is_no_json_object_is_refused_everywhere(alice, device, raw, method, path):
    response = person(alice).send(method, path.format(device.pk), raw=raw)

    assert problem(response)[0] == 400
    assert Device.objects.get(pk=device.pk).name == "Kitchen tablet"


def test_one_device_is_shown_changed_and_released(alice, device):
    caller, path = person(alice), f"/api/devices/{device.pk}/"
    change = {"name": "Hall ☕", "settings": {"hour_format": 12, "theme": "dark"}}
    settings = complete(change["settings"])

    first = caller.get(path)
    changed = caller.patch(path, change)
    released = caller.delete(path)

    assert (first.status_code, first.json()) == (200, listed(device))
    assert (changed.status_code, changed.json()) == (
        200,
        listed(device, name="Hall ☕", settings=settings, settings_revision=2),
    )
    assert (released.status_code, released.content) == (204, b"")
    assert problem(caller.get(path)) == (404, "not-found")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": "n" * 128}, "/name"),
        ({"settings": []}, "/settings"),
        ({"settings": {"hour_format": "24"}}, "/settings/hour_format"),
        ({"settings": {"time_zone": "Mars/Base"}}, "/settings/time_zone"),
        ({"settings": {"colour": "red"}}, "/settings/colour"),
        ({"serial": "SC-1"}, "/serial"),
        ({"token_generation": 9}, "/token_generation"),
        ({"name": "Good", "settings": {"theme": "pink"}}, "/settings/theme"),
    ],
)
def test_a_bad_change_changes_nothing(alice, device, change, pointer):
    before = Device.objects.values().get(pk=device.pk)

    response = person(alice).patch(f"/api/devices/{device.pk}/", change)

    assert problem(response) == (400, "invalid")
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert Device.objects.values().get(pk=device.pk) == before


@pytest.mark.parametrize("name", ["a" * 127, "é" * 63, "  padded  ", "👨‍👩‍👧 שלום", "=1+1", "<b>&"])
def test_a_name_is_kept_byte_for_byte(alice, device, name):
    response = person(alice).patch(f"/api/devices/{device.pk}/", {"name": name})

    assert response.json()["name"] == name
    assert Device.objects.get(pk=device.pk).name == name


def test_others_leave_and_viewers_change_nothing(alice, bob, device):
    Membership.objects.create(device=device, user=bob, role="viewer")
    caller, path = person(bob), f"/api/devices/{device.pk}/"

    assert problem(caller.patch(path, {"name": "Bob's"})) == (403, "forbidden")
    assert caller.delete(path).status_code == 204
    assert [m.user for m in device.memberships.all()] == [alice]


def test_a_person_gets_a_device_token_for_a_quarter_of_an_hour(alice, device):
    with travel(NOON, tick=False):
        response = person(alice).post(f"/api/devices/{device.pk}/token/")

    answer = response.json()
    assert (response.status_code, sorted(answer)) == (200, ["access", "expires"])
    assert answer["expires"] == int(NOON.timestamp()) + 900
    assert "device" not in response.cookies


def test_with_cookies_the_token_is_set_as_the_chosen_device_too(alice, device):
    response = logged_in(alice).post(f"/api/devices/{device.pk}/token/")

    assert response.cookies["device"].value == response.json()["access"]
    assert response.cookies["device"]["httponly"]


def test_cookies_need_a_csrf_token_for_what_changes_something(alice, device):
    client = logged_in(alice, csrf=True)

    for method, path in (
        ("post", f"/api/devices/{device.pk}/token/"),
        ("delete", f"/api/devices/{device.pk}/"),
        ("post", "/api/devices/"),
    ):
        response = getattr(client, method)(path, b"{}", content_type="application/json")
        assert problem(response) == (403, "forbidden")
    assert client.get("/api/devices/").status_code == 200


def test_a_blocked_device_gives_no_token(alice, device):
    lifecycle.block(device)

    response = person(alice).post(f"/api/devices/{device.pk}/token/")

    assert problem(response) == (403, "device-blocked")


ROUTES = [
    ("GET", "/api/devices/"),
    ("POST", "/api/devices/"),
    ("GET", "/api/devices/{}/"),
    ("PATCH", "/api/devices/{}/"),
    ("DELETE", "/api/devices/{}/"),
    ("POST", "/api/devices/{}/token/"),
]
OF_ONE = [route for route in ROUTES if "{}" in route[1]]


def nobody(unit, alice):
    return {}, "token-missing"


def the_device_itself(unit, alice):
    return with_token(token_answer(unit)["access"]), "token-invalid"


def garbage(unit, alice):
    return with_token("eyJhbGciOiJub25lIn0.e30."), "token-invalid"


def refresh_token(unit, alice):
    return with_token(sessions.log_in(alice).refresh), "token-invalid"


def logged_out(unit, alice):
    pair = sessions.log_in(alice)
    sessions.log_out(pair.session)
    return with_token(pair.access), "token-revoked"


def expired(unit, alice):
    with travel(NOON, tick=False):
        return with_token(sessions.log_in(alice).access), "token-expired"


def chosen_device_token(unit, alice):
    pk = Device.objects.get(serial=unit.serial).pk
    answer = person(alice).post(f"/api/devices/{pk}/token/").json()
    return with_token(answer["access"]), "token-invalid"


CALLERS = [
    nobody,
    the_device_itself,
    garbage,
    refresh_token,
    logged_out,
    expired,
    chosen_device_token,
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("caller", CALLERS)
def test_only_a_living_log_in_counts(alice, unit, device, method, path, caller):
    headers, slug = caller(unit, alice)
    if caller is expired:
        with travel(NOON.replace(hour=13), tick=False):
            response = Http(headers).send(method, path.format(device.pk), {})
    else:
        response = Http(headers).send(method, path.format(device.pk), {})

    assert problem(response) == (401, slug)
    assert response["WWW-Authenticate"] == "Bearer"
    assert Device.objects.get(pk=device.pk).state == "claimed"


@pytest.mark.parametrize(("method", "path"), OF_ONE)
def test_what_is_somebody_elses_is_not_there(stranger, bob, device, method, path):
    Membership.objects.create(device=device, user=bob, role="editor")
    lifecycle.leave(device, by=bob)
    body = {"name": "Mine"}

    foreign = person(stranger).send(method, path.format(device.pk), body)
    missing = person(stranger).send(method, path.format(10**9), body)
    former = person(bob).send(method, path.format(device.pk), body)

    answers = (foreign, missing, former)
    assert {problem(answer) for answer in answers} == {(404, "not-found")}
    assert len({without_id(a.content, a["X-Request-ID"]) for a in answers}) == 1
    assert Device.objects.get(pk=device.pk).name == "Kitchen tablet"


@pytest.mark.parametrize("pk", [0, 2**31, 2**63, 10**30, "9" * 5000])
def test_numbers_that_no_device_has_are_not_there(alice, pk):
    assert problem(person(alice).get(f"/api/devices/{pk}/")) == (404, "not-found")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/devices/", {"GET", "POST"}),
        ("/api/devices/{}/", {"GET", "PATCH", "DELETE"}),
        ("/api/devices/{}/token/", {"POST"}),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_are_not_allowed(alice, device, path, allowed, method):
    if method in allowed:
        return
    response = person(alice).send(method, path.format(device.pk), {})

    assert problem(response) == (405, "method-not-allowed")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded", ""]
)
def test_only_json_is_read(alice, unit, kind):
    headers = person(alice).headers

    response = Client().generic(
        "POST", "/api/devices/", b"serial=x", content_type=kind, headers=headers
    )

    assert problem(response) == (415, "unsupported-media-type")


def test_a_token_from_the_tablet_does_not_open_the_list(unit, device):
    assert problem(tablet(unit).get("/api/devices/")) == (401, "token-invalid")


def test_a_person_without_devices_sees_an_empty_list():
    assert person(make_user("new")).get("/api/devices/").json() == []
