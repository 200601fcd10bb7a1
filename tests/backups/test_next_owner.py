"""Whoever claims a device next reaches nothing of the plan before, by no address there is."""

import json
from uuid import UUID

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from accounts import closing
from accounts.models import User
from backups import bulk, imports, points, restore, waiting_imports
from backups.actors import Actor
from backups.imports import MERGE, Found
from backups.models import Backup, Commit, Overruled
from devices import claims, giving, lifecycle
from devices.inventory import Unit
from devices.models import Device
from planner.times import now
from tests.access import CANARY, routes
from tests.backups.api import Api, event, habit, task
from tests.backups.pages.plan import planned
from tests.factories import claim_unit
from tests.snapshot import snapshot


def given_away(device: Device, unit: Unit, alice: User) -> Unit:
    return unit._replace(code=giving.give_away(device, by=alice).code)


def released(device: Device, unit: Unit, alice: User) -> Unit:
    lifecycle.release(device, by=alice)
    return unit


def erased(device: Device, unit: Unit, alice: User) -> Unit:
    lifecycle.release(device, by=alice, keep=False)
    return unit


def reset(device: Device, unit: Unit, alice: User) -> Unit:
    assert Api.of_device(unit).post("/api/device/reset/", {}).status_code == 204
    return unit


def closed(device: Device, unit: Unit, alice: User) -> Unit:
    closing.begin(alice, address="127.0.0.1")
    User.objects.filter(pk=alice.pk).update(closes_at=timezone.now())
    assert closing.close_due() == 1
    return unit


ENDINGS = [
    given_away,
    closed,
    *(pytest.param(end, marks=pytest.mark.nightly) for end in (released, erased, reset)),
]


@pytest.fixture(params=ENDINGS, ids=["given away", "closed", "released", "erased", "reset"])
def former(request, unit, alice) -> tuple[Device, Unit, dict[str, object]]:
    """A device that was Alice's, its label now, and all of her plan that has an address."""
    device = claim_unit(unit, alice)
    entries = {"task": task(CANARY), "event": event(CANARY), "habit": habit(CANARY)}
    Api.of_device(unit).push(**{kind: [entry] for kind, entry in entries.items()})
    backup, web = Backup.objects.of(device), Actor("person", CANARY, alice.pk)
    bulk.apply(backup, [("task", entries["task"]["id"])], bulk.TICK, web)
    second = Found()
    second.take("task", task(CANARY), "/task/0")
    restore.undo(backup, imports.import_plan(backup, second, MERGE, web).revision, web)
    found = Found()
    found.take("task", task(CANARY), "/task/0")
    tried = {"type": "task", "uuid": entries["task"]["id"], "field": "name", "value": CANARY}
    lost = Overruled.objects.create(
        backup=backup, key="lost", stamp=1, reason="newer", source="device", by=CANARY, **tried
    )
    parts = {
        "<int:id>": points.pin(backup, points.Reason.NAMED, name=CANARY).pk,
        "<int:lost>": lost.pk,
        "<int:revision>": 1,
        "<uuid:claim>": backup.claim,
        "import": waiting_imports.keep(backup, web, MERGE, found).pk,
        **{kind: entry["id"] for kind, entry in entries.items()},
    }
    return device, request.param(device, unit, alice), parts


def addresses(device: Device, parts: dict[str, object]) -> list[str]:
    """Return every address of a plan, of the API and of pages, with what was the former owner's."""
    made = []
    for route in routes():
        if route.startswith(("/admin/", "/logout/")) or "<path:rest>" in route:
            continue
        kind = route.removeprefix("/api").split("/")[1].rstrip("s")
        own = parts.get(kind, parts["task"])
        for part, value in (
            *((name, value) for name, value in parts.items() if name.startswith("<")),
            *(("<uuid:uuid>", own), ("<uuid:id>", own), ("<int:pk>", device.pk)),
            *(("<str:day>", "2026-10-14"), ("<str:date>", "2026-10-14")),
            *(("<int:year>", 2026), ("<int:month>", 10), ("<slug:slug>", "forbidden")),
        ):
            route = route.replace(part, str(value))
        if "<" not in route:
            made.append(route)
    return made


def content(answer: HttpResponse) -> str:
    return b"".join(answer).decode(errors="replace")


def of_plan(claim: UUID) -> dict[str, list[dict]]:
    """Return the rows of a plan by their tables; none where it is erased."""
    plans = set(Backup.objects.filter(claim=claim).values_list("pk", flat=True))
    return {
        name: [row for row in rows if row.get("backup_id") in plans]
        for name, rows in snapshot().items()
    }


def test_no_address_gives_the_next_owner_anything_of_the_plan_before(former, bob):
    """C12, A12"""
    device, unit, parts = former
    before = of_plan(parts["<uuid:claim>"])
    claims.claim(bob, serial=unit.serial, code=unit.code, name="Mine", address="127.0.0.1")
    device.refresh_from_db()
    if not device.is_claimed:
        claims.answer(device, accept=True)
        device.refresh_from_db()
    browser, tablet = planned(bob, device), Api.of_device(unit)
    person = Api.of_person(bob, device)
    entry = parts["task"]
    restores = {"revision": 1, "expected": 0, "at": now() - 1, "chosen": f"task/{entry}"}
    seen = []

    for address in addresses(device, parts):
        # Some addresses end a claim or a log-in; what each changes is undone.
        point = transaction.savepoint()
        if address.startswith("/api/"):
            answers = [api.get(f"{address}?format=json") for api in (tablet, person)]
            answers += [person.post(address, {}), person.send("DELETE", address)]
        else:
            answers = [browser.get(address)]
            if not address.startswith(("/account/", "/devices/", "/login/")):
                answers.append(browser.post(address, restores))
        seen += [(address, answer.status_code) for answer in answers if CANARY in content(answer)]
        transaction.savepoint_rollback(point)

    assert seen == []
    assert browser.get("/today/").status_code == 200
    assert of_plan(parts["<uuid:claim>"]) == before
    assert not Commit.objects.filter(backup__claim=parts["<uuid:claim>"], by=str(bob)).exists()
    own = json.loads(content(person.get(f"/api/backups/state/?at={now()}")))
    assert own["counts"] == {"task": 0, "event": 0, "habit": 0}
