"""Every page of the product, read from the URL table, at an address with something to see."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from itertools import cycle
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.apps import apps
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client, override_settings

from accounts import cookies, mails, passwords, sessions
from accounts.models import User
from backups import samples
from backups.items import Item
from backups.models import Backup
from devices import members
from devices.views.invitations import COOKIE
from devices.views.people import LINK
from planner.times import local_day, now
from tests.access import Scene, make_scene, routes
from tests.accounts.factors import with_app
from tests.backups.pages.plan import event, habit, put, task
from tests.logins import browser
from tests.payloads import PAYLOADS

DAY = 86_400
GONE = 120
# Who sees something there, where it is not the owner of the plan, or the superuser in the admin.
WHO = {
    "/": "nobody",
    "/login/": "nobody",
    "/login/second/": "editor",
    "/signup/": "nobody",
    "/account/confirm/": "editor",
    "/account/security/app/remove/": "viewer",
    "/account/security/passkeys/<int:passkey>/remove/": "editor",
    "/account/security/passkeys/<int:passkey>/rename/": "editor",
    "/account/security/recovery/": "editor",
    "/devices/<int:pk>/hand-over/": "editor",
}
LEADS_ON = "leads to the row's page"
# What is no page, though it answers to a look.
NO_PAGES = {
    "/.well-known/change-password": "leads to the page of the password",
    "/.well-known/security.txt": "for programs",
    "/admin/(?P<url>.*)$": "what Django tries where the admin has nothing",
    "/admin/accounts/mail/<path:object_id>/": LEADS_ON,
    "/admin/accounts/user/<path:object_id>/": LEADS_ON,
    "/admin/auth/group/<path:object_id>/": LEADS_ON,
    "/admin/autocomplete/": "JSON for the admin's scripts",
    "/admin/devices/auditentry/<path:object_id>/": LEADS_ON,
    "/admin/devices/auditentry/export/": "a file",
    "/admin/devices/batch/<path:object_id>/": LEADS_ON,
    "/admin/devices/claimattempt/<path:object_id>/": LEADS_ON,
    "/admin/devices/claimattempt/export/": "a file",
    "/admin/devices/device/<path:object_id>/": LEADS_ON,
    "/admin/devices/device/export/": "a file",
    "/admin/jsi18n/": "a script of the admin",
    "/admin/login/": "leads to the one log-in",
    "/admin/r/<path:content_type_id>/<path:object_id>/": "leads to the site of a row",
    "/devices/<int:pk>/download/": "a file",
    "/devices/<int:pk>/sync/": "leads to the report of the chosen device",
    "/events/meanwhile/": "a part of a page",
    "/healthz": "for machines",
    "/login/passkey/options/": "JSON for a script",
    "/manifest.webmanifest": "for the browser itself",
    "/metrics": "for machines",
    "/quick/preview/": "a part of a page",
    "/readyz": "for machines",
    "/worker.js": "a script",
}
LOST_TASK = "4a1f2c3d-0000-4000-8000-00000000dead"
# The same pages in other states: (who, address).
STATES = (
    ("former", "/invite/"),
    ("nobody", "/api/docs/"),
    ("nobody", "/password/reset/new/?<link>"),
    ("owner", "/devices/<int:pk>/replace/?source=kept-<uuid:claim>"),
    ("owner", f"/tasks/{LOST_TASK}/"),
    ("stranger", "/invite/"),
    ("nobody", "/claim/"),
    ("nobody", "/problems/claim-failed"),
    ("owner", "/habits/?view=last"),
    ("owner", "/history/moment/?revision=0"),
    ("owner", "/search/?q=the"),
    ("owner", "/search/?q=zebra"),
    ("owner", "/search/?q=usual"),
    ("owner", "/tasks/?q=zebra"),
    ("owner", "/tasks/?priority=9"),
    ("superuser", "/devices/"),
    ("viewer", "/account/security/"),
    ("viewer", "/today/"),
    ("viewer", "/tasks/"),
    ("viewer", "/habits/"),
)
# Pages that only a form leads to: (who, the address that takes it, what is typed).
ANSWERS = (
    ("editor", "/account/security/recovery/", {}),
    ("owner", "/account/tokens/new/", {"name": "Script", "scope": "read", "days": "7"}),
    ("owner", "/events/new/", {}),
    ("owner", "/habits/new/", {}),
    ("owner", "/quick/", {"name": "x" * 200}),
    (
        "owner",
        "/quick/lines/",
        {"lines": "Bread tomorrow !3\nChoir today 19:00-21:00\n" + "x" * 200},
    ),
    ("owner", "/tasks/<uuid:uuid>/", {"name": ""}),
    ("owner", "/tasks/change/", {"of": "of no device"}),
    ("owner", "/tasks/new/", {}),
    ("stranger", "/devices/<own>/give-away/", {"name": "Kitchen tablet", "keep": "keep"}),
)
# Pages that are looked at elsewhere, in both themes.
ELSEWHERE = {
    **dict.fromkeys(("40", "41", "42", "50"), "tests/browser/test_installed.py"),
    "admin/": "tests/browser/test_staff_pages.py",
    "design": "tests/browser/test_installed.py",
}
WRITTEN = (
    *("accounts.User.full_name", "accounts.Passkey.name", "accounts.Session.user_agent"),
    *("devices.Device.name", "devices.Device.location", "devices.Device.note"),
    *("devices.Batch.name", "devices.Claim.name", "devices.PersonalToken.name"),
    *("backups.Commit.by", "backups.Overruled.by", "backups.KeptPlan.name"),
    *("backups.RestorePoint.name", "backups.RestorePoint.by", "auth.Group.name"),
)
# Pages of a plan that are empty for somebody with nothing planned.
EMPTY = "stranger"
OF_A_PLAN = re.compile(r"/(today|tasks|events|habits|calendar|history|deleted|search|import)/")


class Page(NamedTuple):
    """Somebody who looks at an address, and what it is called: its route, or its other state."""

    who: str
    path: str
    name: str


def addresses(scene: Scene) -> Iterator[Page]:
    """Yield what the URL table has but for what is no page, then other states of the same pages.

    What takes forms alone is among it, and answers 405.
    """
    for route in routes():
        if route.startswith("/api/") or route in NO_PAGES:
            continue
        who = WHO.get(route, "superuser" if route.startswith("/admin/") else "owner")
        path = address(scene, route)
        yield Page(who, path, route)
        if OF_A_PLAN.match(route) and "<" not in route:
            yield Page(EMPTY, path, f"{route} empty")
    link = urlsplit(passwords.reset_link(User.objects.get(username="viewer"))).query
    for who, path in STATES:
        yield Page(who, scene.path(path).replace("<link>", link), f"{path} {who}")


def answers(scene: Scene) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Yield the forms that lead to a page: who sends them, where to, what is typed into them."""
    own = User.objects.get(username="stranger").memberships.get().device_id
    for who, path, typed in ANSWERS:
        yield who, scene.path(path).replace("<own>", str(own)), typed


def look(scene: Scene, page: Page) -> HttpResponse:
    """Return what somebody gets to see."""
    client = Client(raise_request_exception=False)
    client.cookies = scene.callers[page.who].cookies.copy()
    return client.get(page.path)


def send(scene: Scene, who: str, path: str, typed: dict[str, str]) -> HttpResponse:
    """Return what somebody gets to see who sends a form."""
    return scene.callers[who].send("POST", path, typed)


def takes_forms_alone(answer: HttpResponse) -> bool:
    """Tell by the answer to a look that there is nothing to look at."""
    return answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def address(scene: Scene, route: str) -> str:
    """Return the address of a route, in the admin too."""
    if not route.startswith("/admin/"):
        return scene.path(route)
    if "(?P" in route:
        return "/admin/devices/"
    table = re.match(r"/admin/(\w+)/(\w+)/", route)
    if table and "<" in route:
        rows = apps.get_model(*table.groups()).objects.order_by("pk")
        route = re.sub(r"<(path:)?(object_id|id)>", str(rows.first().pk), route)
    return scene.path(route)


def furnish(scene: Scene) -> None:
    """Let there be what some pages need to show anything."""
    owner, viewer = (User.objects.get(username=name) for name in ("alice", "viewer"))
    offered = scene.device.memberships.get(user__username="editor")
    members.offer(scene.device, offered.pk, by=owner)
    with_app(viewer)
    proved = browser(sessions.log_in(viewer, verified=True))
    scene.callers["viewer"].cookies.update(proved.cookies)
    Group.objects.get_or_create(name="Shelf")
    mails.post("password-changed", to="alice@example.org", person=owner)
    invited = scene.callers["owner"].cookies[cookies.name(LINK)].value
    for who, secret in {"stranger": invited, "former": "x" * len(invited)}.items():
        scene.callers[who].cookies[cookies.name(COOKIE)] = secret
    backup = Backup.objects.of(scene.device)
    put(backup, Item("habit", scene.ids["habit"], days={now() // DAY * DAY - DAY: True}))
    put(backup, Item("task", LOST_TASK, task().fields))
    put(backup, Item("task", LOST_TASK, deleted=True))


def plan(scene: Scene) -> None:
    """Put the plan of `manage.py demo` into the scene."""
    zone = ZoneInfo(scene.device.time_zone)
    put(Backup.objects.of(scene.device), *samples.items(local_day(now(), zone), zone))


def crowd(scene: Scene, count: int) -> None:
    """Put so many entries more into the plan, around today, with names of usual length.

    The second half is deleted again, or as many as fill a page.
    """
    backup, items = Backup.objects.of(scene.device), list(_entries(count))
    put(backup, *items)
    put(backup, *(Item(one.type, one.id, deleted=True) for one in items[count // 2 :][:GONE]))


def _entries(count: int) -> Iterator[Item]:
    note, noon = "A note that says a little more about it", now() // DAY * DAY + DAY // 2
    done = {noon // DAY * DAY - DAY * back: True for back in range(3)}
    for number in range(count):
        # As many on the day itself as around it.
        at = noon + DAY * (number % 2 and number % 29 - 14)
        match number % 5:
            case 0 | 1:
                fields = {"description": note, "priority": number % 3 + 1}
                yield task(f"Task with a name of usual length {number}", at, **fields)
            case 2 | 3:
                yield event(f"Event with a name of usual length {number}", at, 3600, note)
            case 4:
                yield habit(f"Habit {number} of {count}, of usual length", 0x7F, done)


def poison() -> None:
    """Put payloads wherever people, devices and staff write something that others see."""
    backup = Backup.objects.of(User.objects.get(username="alice").memberships.get().device)
    for text in PAYLOADS:
        put(backup, task(text, now(), description=text), event(text, now(), 3600, text))
        put(backup, habit(text))
    for field in WRITTEN:
        table, _, name = field.rpartition(".")
        rows = apps.get_model(table)._base_manager
        for pk, text in zip(rows.order_by("pk").values_list("pk", flat=True), cycle(PAYLOADS)):
            rows.filter(pk=pk).update(**{name: text})


def tell() -> None:
    """Make a scene in the database of a server; print who sees what there, and the cookies."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        scene = make_scene()
        furnish(scene)
        plan(scene)
        shown = (page for page in addresses(scene) if not takes_forms_alone(look(scene, page)))
        told = {"pages": [page[:2] for page in shown], "answers": list(answers(scene))}
    told["cookies"] = {
        who: {name: cookie.value for name, cookie in caller.cookies.items()}
        for who, caller in scene.callers.items()
    }
    print(json.dumps(told))
