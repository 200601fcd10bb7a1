"""Giving a device away: step by step, to a new code and the label that carries it."""

import re

import pytest

from backups.models import KeptPlan
from devices import claims, lifecycle
from devices.inventory import Unit
from devices.models import AuditEntry, Device
from planner.problems import RuleError
from tests.devices.http import problem, tablet

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(device) -> str:
    return f"/devices/{device.pk}/give-away/"


def claim(user, unit: Unit) -> str:
    """Return the state of a claim, or the slug of its error."""
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk", "address": "192.0.2.1"}
    try:
        return claims.claim(user, **label).state
    except RuleError as error:
        return error.slug


def test_the_steps_lead_without_scripts_to_a_label_that_the_next_owner_claims_with(
    web, page, device, unit, alice, bob
):
    """C12"""
    first = web.get(page).content.decode()
    download = re.search(r'href="(/devices/\d+/download/)"', first)[1]
    plan = web.get(download)
    second = web.get(f"{page}?step=2").content.decode()
    third = web.get(f"{page}?step=3&keep=keep").content.decode()
    tablet(unit).get("/api/sync/")
    done = web.post(page, {"keep": "keep", "name": device.name})

    assert plan["Content-Type"] == "application/json"
    assert ('name="keep" value="erase"' in second, "for 30 days" in third) == (True, True)
    code = re.search(r"[B-Z]{4}-[B-Z]{4}-[B-Z]{4}", done.content.decode())[0]
    assert "no-store" in done["Cache-Control"]
    assert code != unit.code
    new = unit._replace(code=code)
    assert [claim(bob, unit), claim(bob, new)] == ["claim-failed", "pending"]
    assert KeptPlan.objects.get().person_id == alice.pk


def test_the_plan_is_erased_where_that_was_chosen(web, page, device):
    assert b"erased at once" in web.get(f"{page}?step=3&keep=erase").content
    web.post(page, {"keep": "erase", "name": device.name})

    assert not KeptPlan.objects.exists()
    assert Device.objects.get().claim is None


def test_a_wrong_name_keeps_the_device_its_code_and_the_choice(web, page, device, unit):
    answer = web.post(page, {"keep": "erase", "name": "Another"})

    assert b"This is not the device" in answer.content
    assert b'name="keep" value="erase"' in answer.content
    assert Device.objects.get().claim == device.claim
    assert Device.objects.get().code_hash == device.code_hash


@pytest.mark.parametrize("query", ["", "?step=9", "?step=", "?step=%00", "?step=1&keep=x"])
def test_what_is_no_step_is_the_first(web, page, query):
    assert b"Take your plan along" in web.get(f"{page}{query}").content


def test_old_tokens_end_and_both_acts_are_written_down(web, page, device, unit, alice):
    """B9"""
    api = tablet(unit)

    web.post(page, {"keep": "keep", "name": device.name})

    assert problem(api.get("/api/device/")) == (401, "token-revoked")
    done = AuditEntry.objects.filter(device=device).order_by("pk")
    assert list(done.values_list("action", "by__username"))[-2:] == [
        ("recode", "alice"),
        ("release", "alice"),
    ]


def test_a_device_that_is_not_one_s_own_any_more_is_not_given_away(web, page, device, alice):
    lifecycle.release(device, by=alice)

    assert web.post(page, {"keep": "keep", "name": device.name}).status_code == 404
