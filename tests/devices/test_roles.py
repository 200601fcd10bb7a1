"""Who may do what at a device: one table, kept by rules, API and pages alike (matrix D5)."""

import pytest

from accounts.models import User
from devices import roles
from devices.models import Device, Membership
from planner.problems import RuleError
from tests.backups.api import task
from tests.devices.http import person
from tests.factories import make_user
from tests.logins import logged_in, with_token

pytestmark = pytest.mark.django_db

# Written out once more, so that a change of the table is a change of this line too.
DOCUMENTED = {
    "read": "owner editor viewer",
    "plan": "owner editor",
    "change": "owner editor",
    "share": "owner",
    "hand_over": "owner",
    "release": "owner",
    "replace": "owner",
    "rekey": "owner",
    "leave": "editor viewer",
}
EACH = [(role, action) for role in Membership.Role for action in DOCUMENTED]


@pytest.fixture
def people(device: Device, alice: User) -> dict[str, User]:
    """One person of each role at alice's device."""
    found = {"owner": alice}
    for role in ("editor", "viewer"):
        found[role] = make_user(role)
        Membership.objects.create(device=device, user=found[role], role=role)
    return found


def allowed(role: str, action: str) -> bool:
    return role in DOCUMENTED[action].split()


def test_the_table_is_the_documented_one():
    """D5"""
    assert {action: " ".join(sorted(who)) for action, who in roles.MAY.items()} == {
        action: " ".join(sorted(who.split())) for action, who in DOCUMENTED.items()
    }
    assert not any(roles.may(None, action) for action in roles.MAY)


@pytest.mark.parametrize(("role", "action"), EACH)
def test_the_rules_refuse_whatever_the_table_does(device, people, role, action):
    """D5"""
    try:
        outcome = roles.check(device, people[role], action).role
    except RuleError as error:
        outcome = error.slug

    assert outcome == (role if allowed(role, action) else "forbidden")


@pytest.mark.parametrize("action", DOCUMENTED)
def test_for_everybody_else_there_is_no_such_device(device, stranger, action):
    """D5"""
    with pytest.raises(RuleError) as caught:
        roles.check(device, stranger, action)

    assert caught.value.slug == "not-found"


@pytest.mark.parametrize("role", Membership.Role)
def test_the_api_keeps_the_table(device, people, role):
    """D5"""
    http, path = person(people[role]), f"/api/devices/{device.pk}/"
    plan = http.post(f"{path}token/").json()["access"]
    entry = {"task": [task("Milk")]}

    http.headers, of_person = with_token(plan), http.headers
    outcomes = {
        "read": http.get("/api/sync/").status_code,
        "plan": http.post("/api/sync/", entry).status_code,
    }
    http.headers = of_person
    outcomes["change"] = http.patch(path, {"name": "Hall"}).status_code

    assert outcomes == {
        action: 200 if allowed(role, action) else 403 for action in ("read", "plan", "change")
    }


@pytest.mark.parametrize("role", Membership.Role)
def test_the_device_page_offers_what_the_table_allows(device, people, role):
    """D5"""
    page = logged_in(people[role]).get(f"/devices/{device.pk}/").content.decode()

    offered = {"change": "Name and settings", "release": "Release device", "leave": "Leave device"}
    assert {action for action, words in offered.items() if words in page} == {
        action for action in offered if allowed(role, action)
    }
