"""The people of a device, as programs see and change them."""

import pytest

from accounts.models import User
from devices import claims
from devices.models import Device, Invitation, Membership
from tests.devices.http import Http, person, problem
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def http(alice: User) -> Http:
    return person(alice)


@pytest.fixture
def path(device: Device) -> str:
    return f"/api/devices/{device.pk}/members/"


def test_the_owner_sees_who_is_there_and_who_may_come(http, path, device, unit, bob):
    """D4"""
    asked = claims.claim(bob, serial=unit.serial, code=unit.code, name="Ours", address="")
    made = http.post(path, {"role": "viewer"}).json()
    own = device.memberships.get()

    assert http.get(path).json() == {
        "takes_requests": True,
        "members": [
            {
                "id": own.pk,
                "name": "Alice Ash",
                "role": "owner",
                "since": int(own.created_at.timestamp()),
                "offered": False,
            }
        ],
        "invitations": [
            {"id": made["id"], "role": "viewer", "address": "", "expires": made["expires"]}
        ],
        "requests": [
            {
                "id": str(asked.pk),
                "name": "Bob Birch",
                "number": asked.number,
                "created": int(asked.created_at.timestamp()),
                "expires": int(asked.expires_at.timestamp()),
            }
        ],
    }
    assert made["link"].partition("#")[0].endswith("/invite/")


def test_an_invitation_by_mail_tells_no_link(http, path):
    made = http.post(path, {"role": "editor", "address": "bob@example.com"})

    assert (made.status_code, made.json()["link"]) == (201, None)
    assert made.json()["address"] == "bob@example.com"


def test_an_invitation_is_cancelled_once(http, path):
    made = http.post(path, {"role": "editor"}).json()["id"]

    assert http.delete(f"{path}invitations/{made}/").status_code == 204
    assert problem(http.delete(f"{path}invitations/{made}/")) == (404, "not-found")


@pytest.mark.parametrize(
    "body",
    [
        {"role": "owner"},
        {"role": "editor", "address": "no address"},
        {"role": "editor", "address": "x" * 250 + "@example.com"},
        {"role": "editor", "device": 1},
        {"address": "bob@example.com"},
    ],
)
def test_a_bad_invitation_is_refused(http, path, body):
    """D3"""
    assert problem(http.post(path, body)) == (400, "invalid")
    assert Invitation.objects.count() == 0


def test_a_role_changes_and_a_member_goes(http, path, device, bob):
    place = Membership.objects.create(device=device, user=bob, role="editor")

    changed = http.patch(f"{path}{place.pk}/", {"role": "viewer"})

    assert (changed.status_code, changed.json()["role"]) == (200, "viewer")
    assert problem(http.patch(f"{path}{place.pk}/", {"role": "owner"})) == (400, "invalid")
    assert http.delete(f"{path}{place.pk}/").status_code == 204
    assert problem(http.delete(f"{path}{place.pk}/")) == (404, "not-found")


def test_a_member_leaves_and_the_owner_does_not(http, path, device, bob):
    """D5"""
    place = Membership.objects.create(device=device, user=bob, role="viewer")

    assert person(bob).delete(f"{path}{place.pk}/").status_code == 204
    assert problem(http.delete(f"{path}{device.memberships.get().pk}/")) == (403, "forbidden")


def test_a_request_is_answered_once(http, path, device, unit, bob):
    asked = claims.claim(bob, serial=unit.serial, code=unit.code, name="Ours", address="")

    answered = http.post(f"{path}requests/{asked.pk}/", {"accept": True})

    assert [one["role"] for one in answered.json()["members"]] == ["owner", "editor"]
    again = http.post(f"{path}requests/{asked.pk}/", {"accept": False})
    assert problem(again) == (409, "conflict")


def test_requests_are_switched_off(http, path):
    assert http.patch(path, {"takes_requests": False}).json()["takes_requests"] is False


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_costs_the_same_for_any_number(
    http, path, device, count, django_assert_num_queries
):
    for number in range(count):
        Membership.objects.create(device=device, user=make_user(f"m{number}"), role="viewer")

    with django_assert_num_queries(5):
        http.get(path)
