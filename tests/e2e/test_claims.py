"""Whose device it is: claiming, releasing, a second owner, and several devices of one person."""

import json

import pytest

from devices import serials
from simulator.client import OfflineError, ProblemError
from tests.simulator.network import Network

pytestmark = pytest.mark.e2e
NOWHERE = {"task": [], "event": [], "habit": []}


def own_page(person, name="Kitchen tablet"):
    """Open the page of a device from the list."""
    cards = [one for one in person.get("/devices/").root.all("a") if one.text == name]
    return person.get(cards[0]["href"])


def release(person, name="Kitchen tablet"):
    link = next(one for one in own_page(person, name).root.all("a") if "remove" in one["href"])
    return person.submit(person.get(link["href"]).form("name"), name=name)


def choose(person, name):
    page = own_page(person, name)
    buttons = [one for one in page.root.all("button") if "Open its plan" in one.text]
    return person.press(buttons[0]) if buttons else person.get("/today/")


def test_a_device_that_nobody_claimed_gets_a_small_clear_answer(unit, device_of):
    """A14, server part"""
    device = device_of(unit)

    assert device.sync().claimed is False
    with pytest.raises(ProblemError) as refused:
        device.client.request("GET", "/api/sync/", token=device.session.token)

    assert (refused.value.status, refused.value.code) == (403, "device-unclaimed")


def test_every_claim_that_fails_gets_one_and_the_same_answer(person, stock, alice, unit):
    """A16, security.md, claiming 1"""
    bob, free = person("bob"), stock()
    [device] = alice.api("GET", "/api/devices/").json
    members = f"/api/devices/{device['id']}/members/"
    alice.api("PATCH", members, b'{"takes_requests": false}')
    guesses = {
        "unknown serial": (serials.new_serial("SC"), free.code),
        "wrong code": (free.serial, serials.new_code()),
        "owned, wrong code": (unit.serial, serials.new_code()),
        "owned by somebody who takes no requests": (unit.serial, unit.code),
    }

    answers = {}
    for guess, (serial, code) in guesses.items():
        body = json.dumps({"serial": serial, "code": code, "name": "Mine"}).encode()
        page = bob.api("POST", "/api/devices/", body)
        answers[guess] = (page.status, page.json | {"request_id": ""})

    status, problem = answers["unknown serial"]
    assert (status, problem["code"]) == (400, "claim-failed")
    assert answers == dict.fromkeys(guesses, (status, problem))
    assert bob.api("GET", "/api/devices/").json == []


def test_a_typing_error_is_told_as_one_and_costs_no_try(person, unit):
    """A16, C8"""
    bob = person("bob")
    mistyped = unit._replace(code=unit.code[:-1] + ("B" if unit.code[-1] != "B" else "C"))

    for _ in range(6):
        assert "mistyped" in bob.claim(mistyped).text
    claimed = bob.claim(unit._replace(serial=unit.serial.lower(), code=unit.code.lower()))

    assert claimed.path.startswith("/devices/")


def test_two_devices_of_one_person_never_mix(alice, unit, stock, device_of):
    """A9"""
    other_unit = stock()
    alice.claim(other_unit, "Desk")
    choose(alice, "Kitchen tablet")
    alice.add_task("Kitchen task")
    alice.add_habit("Kitchen habit", 0x7F)
    choose(alice, "Desk")
    alice.add_task("Desk task")
    kitchen, desk = device_of(unit), device_of(other_unit)

    kitchen.sync()
    desk.sync()

    assert [task["name"] for task in kitchen.plan()["task"]] == ["Kitchen task"]
    assert [task["name"] for task in desk.plan()["task"]] == ["Desk task"]
    assert desk.plan()["habit"] == []
    for name, tasks, habits in (
        ("Desk", ["Desk task"], []),
        ("Kitchen tablet", ["Kitchen task"], ["Kitchen habit"]),
    ):
        choose(alice, name)
        assert alice.names("/tasks/") == tasks
        assert alice.names("/habits/") == habits
        assert f"Device: {name}" in alice.get("/today/").text


def test_the_same_entry_id_on_two_devices_is_two_entries(alice, unit, stock, device_of):
    """D2"""
    other_unit = stock()
    alice.claim(other_unit, "Desk")
    kitchen, desk = device_of(unit), device_of(other_unit)
    kitchen.sync()
    desk.sync()
    id = kitchen.add_task("Kitchen task")
    kitchen.sync()

    fields = kitchen.plan()["task"][0] | {"name": "Desk task"}
    fields.pop("id")
    desk.change("task", id, fields)
    desk.sync()
    desk.delete(id)
    desk.sync()
    kitchen.sync()

    assert [task["name"] for task in kitchen.plan()["task"]] == ["Kitchen task"]
    assert desk.plan() == NOWHERE


def test_a_person_without_the_device_reaches_nothing_of_it(alice, unit, person, device):
    """A9"""
    alice.add_task("Secret")
    device.sync()
    id = device.plan()["task"][0]["id"]
    number = own_page(alice).path.split("/")[2]
    bob = person("bob")

    assert [
        bob.get(f"/devices/{number}/").status,
        bob.api("GET", f"/api/devices/{number}/").status,
        bob.api("POST", f"/api/devices/{number}/token/").status,
        bob.get(f"/tasks/{id}/").path,
    ] == [404, 404, 404, "/devices/"]
    bob.cookies = alice.cookies.__class__()
    bob.log_in()
    for cookie in alice.cookies:
        if cookie.name == "device":
            bob.cookies.set_cookie(cookie)
    assert bob.get("/tasks/").path == "/devices/"
    assert bob.api("GET", "/api/sync/").status == 401


def test_ten_devices_are_a_person_s_limit(alice, stock):
    """A9"""
    for number in range(2, 11):
        assert alice.claim(stock(), f"Tablet {number}").path.startswith("/devices/")

    refused = alice.claim(stock(), "Tablet 11")

    assert refused.path == "/claim/"
    assert "ten devices" in refused.text
    assert len(alice.api("GET", "/api/devices/").json) == 10


def test_a_released_device_starts_empty_for_its_next_owner(alice, unit, device, person):
    """security.md, claiming 3; sync.md, cursors"""
    alice.add_task("Secret")
    device.sync()
    device.add_task("Queued secret")
    assert release(alice).path == "/devices/"
    assert alice.get("/tasks/").path == "/devices/"
    bob = person("bob")
    waiting = bob.claim(unit, "Bob's")
    assert bob.get("/tasks/").path == "/devices/"

    device.sync()

    assert device.claimed
    assert device.plan() == NOWHERE
    assert len(device.outbox) == 0
    assert bob.get(waiting.path).heading == "Bob's"
    choose(bob, "Bob's")
    assert bob.names("/tasks/") == []
    bob.add_task("Bob's task")
    device.sync()
    assert [task["name"] for task in device.plan()["task"]] == ["Bob's task"]


def test_a_claim_that_the_device_refuses_links_nobody(alice, unit, device, person, device_of):
    """A16"""
    release(alice)
    bob = person("bob")
    waiting = bob.claim(unit, "Bob's")

    refusing = device_of(unit, claims="refuse")

    assert refusing.sync().claimed is False
    assert bob.get(waiting.path).heading == "The tablet said no"
    assert bob.api("GET", "/api/devices/").json == []


def test_a_claim_that_the_device_does_not_answer_waits(alice, unit, device, person, device_of):
    """A16"""
    release(alice)
    bob = person("bob")
    waiting = bob.claim(unit, "Bob's")

    ignoring = device_of(unit, claims="ignore")
    assert ignoring.sync().claimed is False
    assert bob.get(waiting.path).path == waiting.path
    with pytest.raises(ProblemError) as refused:
        ignoring.client.request("GET", "/api/sync/", token=ignoring.session.token)
    assert (refused.value.status, refused.value.code) == (403, "device-unclaimed")

    assert device.sync().claimed is True
    assert bob.get(waiting.path).heading == "Bob's"


def test_a_released_device_s_token_is_refused_at_the_next_request(alice, device):
    """A9, promise 2"""
    token = device.session.token

    release(alice)

    with pytest.raises(ProblemError) as refused:
        device.client.request("GET", "/api/sync/", token=token)
    assert (refused.value.status, refused.value.code) == (401, "token-revoked")
    assert device.sync().claimed is False


def test_a_device_that_its_owner_claims_again_starts_anew(alice, unit, device):
    """api.md, devices: a new claim id erases"""
    alice.add_task("Old")
    device.sync()
    release(alice)
    alice.claim(unit, "Again")

    device.sync()

    assert device.plan() == NOWHERE
    assert alice.names("/tasks/") == []


def test_a_factory_reset_ends_the_claim_and_can_be_repeated(alice, unit, device):
    """A12"""
    alice.add_task("Old")
    device.sync()
    token = device.session.token

    device.reset()

    assert device.plan() == NOWHERE
    with pytest.raises(ProblemError) as refused:
        device.client.request("GET", "/api/sync/", token=token)
    assert (refused.value.status, refused.value.code) == (401, "token-revoked")
    assert alice.api("GET", "/api/devices/").json == []
    device.reset()
    assert device.sync().claimed is False
    alice.claim(unit, "Again")
    assert device.sync().claimed is True
    assert device.plan() == NOWHERE


def test_a_reset_whose_answer_was_lost_is_done_all_the_same(server, alice, device):
    """ruling 11"""
    Network.of(device, server.url).lose_after = 0
    with pytest.raises(OfflineError):
        device.reset()

    device.reset()

    assert device.sync().claimed is False
    assert alice.api("GET", "/api/devices/").json == []


def test_what_a_device_tells_about_itself_is_on_its_page(alice, device):
    """api.md, devices"""
    device.report(firmware_version="simulator 1", battery_percent=81)

    assert "simulator 1" in own_page(alice).text
    assert "81 %" in own_page(alice).text
