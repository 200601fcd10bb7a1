"""Alice's device, everybody who may knock at its addresses, and what their calls come to."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import cookies, sessions
from accounts.models import Passkey, User
from backups import waiting_imports
from backups.actors import Actor
from backups.imports import MERGE, Found
from backups.models import Backup, Overruled
from devices import claims, invitations, lifecycle, personal_tokens, selection
from devices.inventory import Unit
from devices.models import Device, Membership
from devices.views.people import LINK
from planner.times import now, seconds_day
from tests.backups.api import event, habit, task
from tests.devices.http import tablet
from tests.factories import claim_unit, make_device, make_unit, make_user
from tests.logins import browser
from tests.snapshot import snapshot

CANARY = "canary-of-a-plan"
NAMED = {"/login/": "log", "/admin/login/": "log", "/devices/": "dev"}


@dataclass(frozen=True)
class Caller:
    """What a caller sends with every call."""

    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, body: object) -> HttpResponse:
        """Call an address: the API with JSON, a page with a form."""
        client = Client(raise_request_exception=False)
        client.cookies = self.cookies.copy()
        if path.startswith("/api/"):
            content, kind = json.dumps(body), "application/json"
        else:
            content, kind = urlencode(body), "application/x-www-form-urlencoded"
        content = "" if method == "GET" else content
        return client.generic(method, path, content, kind, headers=self.headers)


@dataclass
class Scene:
    """A device with a plan of one entry of each kind, and everybody around it."""

    device: Device
    spare: Unit
    waiting: UUID
    token: int
    session: UUID
    passkey: int
    day: date
    point: int
    lost: int
    ids: dict[str, str]
    callers: dict[str, Caller]
    member: int
    invitation: int
    request: UUID

    def path(self, route: str) -> str:
        """Return the address of a route, for what is Alice's."""
        kind = route.removeprefix("/api").split("/")[1].rstrip("s")
        for part, value in {
            "<int:pk>": self.device.pk,
            "<int:token>": self.token,
            "<uuid:session>": self.session,
            "<int:passkey>": self.passkey,
            "<uuid:pk>": self.waiting,
            "<int:id>": self.point,
            "<int:lost>": self.lost,
            "<int:revision>": 2,
            "<int:member>": self.member,
            "<int:invitation>": self.invitation,
            "<uuid:asked>": self.request,
            "<uuid:id>": self.ids.get(kind),
            "<uuid:uuid>": self.ids.get(kind),
            "<str:date>": self.day,
            "<str:day>": self.day,
            "<int:year>": self.day.year,
            "<int:month>": self.day.month,
            "<uuid:claim>": self.ids["kept"],
            "<slug:slug>": "forbidden",
            "<path:rest>": "no/such/",
        }.items():
            route = route.replace(part, str(value))
        return route

    def knock(self, who: str, method: str, path: str, body: object) -> str:
        """Return what a call comes to, with "+" if it changed a row; what it changed is undone."""
        point = transaction.savepoint()
        try:
            outcome = _outcome(self.callers[who].send(method, path, body))
            return outcome + ("" if snapshot() == self.before else "+")
        finally:
            transaction.savepoint_rollback(point)

    @cached_property
    def before(self) -> dict[str, list[dict]]:
        """Every row, before anybody knocks."""
        return snapshot()


def routes() -> list[str]:
    """Return every route of the URL table, as it is written there."""
    # The style page is there in development alone.
    found = set(_walk(get_resolver().url_patterns, "/"))
    return sorted(route for route in found if not route.startswith("/design/"))


@contextmanager
def kept_scene() -> Iterator[Scene]:
    """Make a scene for many tests, each of which takes back what it changes."""
    atoms = TestCase._enter_atomics()
    yield make_scene()
    TestCase._rollback_atomics(atoms)


def make_scene() -> Scene:
    """Let Alice claim and plan, invite and lose people, and everybody log in."""
    alice, unit = make_user("alice"), make_unit()
    device = claim_unit(unit, alice)
    entries = {"task": task(CANARY), "event": event(CANARY), "habit": habit(CANARY)}
    tablet(unit).post("/api/sync/", {kind: [entry] for kind, entry in entries.items()})
    # A restore has something to do.
    point = tablet(unit).post("/api/backups/", {"name": CANARY}).json()["id"]
    tablet(unit).post("/api/sync/", {"task": [task(CANARY)]})
    people = {
        "stranger": _with_a_device("stranger"),
        "former": _former(device),
        "viewer": _member(device, Membership.Role.VIEWER),
        "editor": _member(device, Membership.Role.EDITOR),
        "owner": _at(alice, device),
        "staff": Caller(browser(sessions.log_in(make_user("staff", is_staff=True))).cookies),
        "superuser": Caller(
            browser(
                sessions.log_in(make_user("superuser", is_staff=True, is_superuser=True))
            ).cookies
        ),
    }
    invitation, link = invitations.invite_by_link(device, by=alice, role=Membership.Role.EDITOR)
    people["owner"].cookies[cookies.name(LINK)] = link
    empty = make_unit(confirm_on_device=True)
    label = {"serial": empty.serial, "code": empty.code, "name": "Desk", "address": ""}
    scene = Scene(
        device=device,
        member=device.memberships.get(role=Membership.Role.VIEWER).pk,
        invitation=invitation.pk,
        request=_asks(make_user("guest"), unit),
        spare=make_unit(),
        waiting=claims.claim(alice, **label).pk,
        token=personal_tokens.make(alice, name="Script", scope="read", days=7)[0].pk,
        session=sessions.log_in(alice).session.pk,
        passkey=_passkey(User.objects.get(username="editor")),
        day=seconds_day(now()) - timedelta(days=1),
        point=point,
        lost=_lost(device, entries["task"]["id"]),
        ids={kind: entry["id"] for kind, entry in entries.items()}
        | {
            "kept": _kept(alice),
            "import": _waiting_file(device, alice),
        },
        callers=people
        | {
            "nobody": Caller(),
            # A token of before stays good: nobody joins or leaves any more.
            "device": Caller(headers=tablet(unit).headers),
            "other": Caller(headers=_tablet_of(make_user("carol"))),
            "unclaimed": Caller(headers=tablet(empty).headers),
        },
    )
    assert scene.before
    return scene


def _lost(device: Device, task_id: str) -> int:
    """Let a name of a task have lost to a newer one."""
    backup = Backup.objects.of(device)
    tried = {"type": "task", "uuid": task_id, "field": "name", "value": CANARY, "stamp": 1}
    return Overruled.objects.create(
        backup=backup, key="lost", reason="newer", source="device", by="Kitchen tablet", **tried
    ).pk


def _waiting_file(device: Device, user: User) -> str:
    """Let this person have looked at a file with a task."""
    found = Found()
    found.take("task", task(CANARY), "/task/0")
    actor = Actor("person", str(user), user.pk)
    return str(waiting_imports.keep(Backup.objects.of(device), actor, MERGE, found).pk)


def _member(device: Device, role: str) -> Caller:
    user = make_user(role)
    Membership.objects.create(device=device, user=user, role=role)
    return _at(user, device)


def _passkey(user: User) -> int:
    key = {"name": "Key", "credential_id": f"{user.pk:04}", "public_key": b""}
    return Passkey.objects.create(user=user, **key).pk


def _former(device: Device) -> Caller:
    user = make_user("former")
    Membership.objects.create(device=device, user=user, role=Membership.Role.EDITOR)
    caller = _at(user, device)
    lifecycle.leave(device, by=user)
    device.refresh_from_db()
    return caller


def _kept(user: User) -> str:
    """Return the id of a plan that is kept for this person."""
    gone = make_device(user)
    lifecycle.release(gone, by=user)
    return str(gone.claim)


def _with_a_device(name: str) -> Caller:
    user = make_user(name)
    return _at(user, make_device(user))


def _asks(user: User, unit: Unit) -> UUID:
    label = {"serial": unit.serial, "code": unit.code, "name": "Ours"}
    return claims.claim(user, **label, address="").pk


def _tablet_of(user: User) -> dict[str, str]:
    unit = make_unit()
    claim_unit(unit, user)
    return tablet(unit).headers


def _at(user: User, device: Device) -> Caller:
    """A browser in which this person is logged in and has chosen the device."""
    pair = sessions.log_in(user)
    client, response = browser(pair), HttpResponse()
    selection.choose(response, pair.session, device)
    client.cookies.update(response.cookies)
    return Caller(client.cookies)


def _walk(patterns: list, prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def _outcome(answer: HttpResponse) -> str:
    """Return the status, or where a page leads who may not see it."""
    if answer.status_code == 302:
        return NAMED.get(answer["Location"].partition("?")[0], "302")
    return str(answer.status_code)
