"""Who gets in where: every address of the URL table, for everybody, and what a refusal changes.

A new address without a row fails here. Rows D1 and D5 of the test matrix.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.contrib import admin
from django.test import Client

from backups.models import ENTRY_MODELS, Backup
from devices import serials
from devices.device_settings import complete
from planner.times import now
from tests.access import CANARY, Scene, kept_scene, routes
from tests.backups.api import Api
from tests.factories import PASSWORD, make_unit

pytestmark = pytest.mark.django_db

# Each word is what a call comes to, "+" if it changed a row; "log" leads to the log-in and "dev"
# to the choice of a device. The owner, the editor and the viewer are at Alice's device, the former
# member was; the stranger is at a device of their own, `other` is somebody else's device itself.
CALLERS = [
    *("nobody", "stranger", "former", "viewer", "editor", "owner"),
    *("device", "other", "unclaimed", "staff", "superuser"),
]
ALL_200 = "200 200 200 200 200 200 200 200 200 200 200"
ALL_204 = "204 204 204 204 204 204 204 204 204 204 204"
ALL_302 = "302 302 302 302 302 302 302 302 302 302 302"
ALL_400 = "400 400 400 400 400 400 400 400 400 400 400"
ALL_404 = "404 404 404 404 404 404 404 404 404 404 404"
ALL_405 = "405 405 405 405 405 405 405 405 405 405 405"

# Pages. A device's token is for the API: on a page it is nobody's.
WELCOME = "200 302 302 302 302 302 200 200 200 302 302"
OF_PERSON = "log 200 200 200 200 200 log log log 200 200"
OF_PERSON_POST = "log 302+ 302+ 302+ 302+ 302+ log log log 302+ 302+"
SESSION_POST = "log 302 302 302 302 302 log log log 302 302"
OF_OWNER_SESSION = "log 404 404 404 404 302 log log log 404 404"
NEW_PASSWORD_POST = "log 302+ 302+ 302+ 302+ 302+ log log log 302+ 302+"
NO_POST = "log 405 405 405 405 405 log log log 405 405"
OF_MEMBERS = "log 404 404 200 200 200 log log log 404 404"
OF_WRITERS = "log 404 404 403 302+ 302+ log log log 404 404"
CHOOSE = "log 404 404 302+ 302+ 302+ log log log 404 404"
PART = "log 404 404 dev+ dev+ dev+ log log log 404 404"
# The editor has a passkey, and a log-in of before it.
WITH_A_FACTOR = "log log log log 200 log log log log log log"
OF_EDITOR = "log 404 404 404 200 404 log log log 404 404"
OF_EDITOR_POST = "log 404 404 404 302+ 404 log log log 404 404"
CONFIRM = "log 302 302 302 200 302 log log log 302 302"
OF_FACTORS = "log 302 302 302 200 302 log log log 302 302"
OF_FACTORS_MAKE = "log 302 302 302 200+ 302 log log log 302 302"
NOBODY_S = "log 404 404 404 404 404 log log log 404 404"
OF_PERSON_MAKE = "log 200+ 200+ 200+ 200+ 200+ log log log 200+ 200+"
OF_OWNER_END = "log 404 404 404 404 302+ log log log 404 404"
OF_OWNER = "log 404 404 404 404 200 log log log 404 404"
OF_OWNER_POST = "log 404 404 404 404 dev+ log log log 404 404"
REPLACE = "log 404 404 403 403 200 log log log 404 404"
REPLACE_POST = "log 404 404 403 403 302+ log log log 404 404"
# What may be done about a device's people.
OF_SHARER = "log 404 404 403 403 200 log log log 404 404"
SHARER_POST = "log 404 404 403 403 302+ log log log 404 404"
OF_OFFERED = "log 404 404 302 302 302 log log log 404 404"
# A stranger sees the same page of a plan of their own.
OWN_PLAN = "log 200 dev 200 200 200 log log log dev dev"
OWN_PLAN_FORM = "log 200 dev 403 200 200 log log log dev dev"
OWN_PLAN_ADD = "log 302+ dev 403 302+ 302+ log log log dev dev"
# The stranger's own plan is at another revision, and stays as it is.
RESTORE_POST = "log 302 dev 403 302+ 302+ log log log dev dev"
ENTRY = "log 404 dev 200 200 200 log log log dev dev"
# What is chosen is not in the stranger's own plan.
CHOSEN_POST = "log 302 dev 403 302+ 302+ log log log dev dev"
# A file waits for its person alone.
FILE_LOOK = "log 404 dev 403 404 200 log log log dev dev"
FILE_TAKE = "log 404 dev 403 404 302+ log log log dev dev"
ENTRY_POST = "log 404 dev 403 302+ 302+ log log log dev dev"

# The API.
ME = "401 200 200 200 200 200 401 401 401 200 200"
ME_PATCH = "401 200+ 200+ 200+ 200+ 200+ 401 401 401 200+ 200+"
ME_CLAIM = "401 201+ 201+ 201+ 201+ 201+ 401 401 401 201+ 201+"
ME_OUT = "401 204 204 204 204 204 401 401 401 204 204"
ME_NOT = "401 405 405 405 405 405 401 401 401 405 405"
MEMBERS = "401 404 404 200 200 200 401 401 401 404 404"
MEMBERS_PATCH = "401 404 404 403 200+ 200+ 401 401 401 404 404"
MEMBERS_DELETE = "401 404 404 204+ 204+ 204+ 401 401 401 404 404"
OWNERS = "401 404 404 404 404 200 401 401 401 404 404"
OWNERS_REPLACE = "401 404 404 404 404 200+ 401 401 401 404 404"
OWNERS_DELETE = "401 404 404 404 404 204+ 401 401 401 404 404"
SHARE = "401 404 404 403 403 200+ 401 401 401 404 404"
REMOVE = "401 404 404 204+ 403 204+ 401 401 401 404 404"
DEVICE = "401 403 403 403 403 403 200 200 200 403 403"
DEVICE_NOT = "401 403 403 403 403 403 405 405 405 403 403"
DEVICE_CLAIM = "401 403 403 403 403 403 204+ 409 204+ 403 403"
DEVICE_KEY = "401 403 403 403 403 403 204+ 204+ 409 403 403"
DEVICE_RESET = "401 403 403 403 403 403 204+ 204+ 204+ 403 403"
PLAN = "401 200 401 200 200 200 200 200 403 401 401"
PLAN_PUSH = "401 200+ 401 403 200+ 200+ 200+ 200+ 403 401 401"
PLAN_FORM = "401 415 401 403 415 415 415 415 403 401 401"
PLAN_SAME = "401 200 401 403 200 200 200 200 403 401 401"
PLAN_ADD = "401 201+ 401 403 201+ 201+ 201+ 201+ 403 401 401"
PLAN_WAIT = "401 400 401 400 400 400 400 400 403 401 401"
PLAN_NOT = "401 405 401 403 405 405 405 405 403 401 401"
PLAN_NOT_EVEN_READ = "401 405 401 405 405 405 405 405 403 401 401"
ONE = "401 404 401 200 200 200 200 404 403 401 401"
ONE_WRITE = "401 404 401 403 200+ 200+ 200+ 404 403 401 401"
ONE_DELETE = "401 404 401 403 204+ 204+ 204+ 404 403 401 401"

TASK = {"name": "New", "priority": 1, "duedate": None}
EVENT = {"name": "New", "starttime": 1_794_182_400, "duration": 60}
HABIT = {"name": "New", "goal": 1}
PUSHED = TASK | {"id": "0d2a7c1e-5b0e-4a53-9a61-0a9a3f1f6a01", "duedate": 2_147_483_647}
PUSHED |= {"description": "", "completion": 0}
NAME = {"name": "New"}
SETTINGS_FORM = complete({}) | {"name": "New", "day_start": "00:00"}
LOGIN = {"username": "alice", "password": PASSWORD}
SIGN_UP = {"username": "dora", "password": PASSWORD, "password_again": PASSWORD} | {
    "time_zone": "UTC"
}
TOKEN_FORM = {"name": "New", "device": "", "scope": "read", "days": "30"}
NEW_PASSWORD = {"password": "nine lamps beside a book"}
NEW_PASSWORD |= {"password_again": NEW_PASSWORD["password"]}
EMAIL = {"email": "new@example.org"}
PROFILE = {
    "full_name": "New",
    "username": "new",
    "time_zone": "UTC",
    "hour_format": "24",
    "date_order": "DMY",
    "language": "en",
    "week_start": "monday",
    "theme": "auto",
    "text_size": "m",
}
TASK_FORM = {"name": "New", "priority": "1", "undated": "on"}
EVENT_FORM = {"name": "New", "day": "2026-10-14", "start": "10:00", "length": "30"}
HABIT_FORM = {"name": "New", "goal": "1"}
NEW_KEY = {"key": serials.new_key()}
LINES_FORM = {"lines": "New\nNewer", "add": "1"}


def label(scene: Scene) -> dict[str, str]:
    return {"serial": scene.spare.serial, "code": scene.spare.code, "name": "Desk"}


def key(scene: Scene) -> dict[str, str]:
    return {"serial": scene.spare.serial, "key": scene.spare.key}


def beginning(scene: Scene) -> dict[str, int]:
    return {"revision": 0, "expected": Backup.objects.of(scene.device).revision}


def present(_scene: Scene) -> dict[str, int]:
    return {"at": now()}


def chosen(scene: Scene) -> dict[str, str]:
    return {"entry": scene.ids["task"], "act": "tick"}


def chosen_event(scene: Scene) -> dict[str, str]:
    return {"entry": scene.ids["event"], "act": "delete"}


def kept_plan(scene: Scene) -> dict[str, str]:
    return {"kept": scene.ids["kept"], "mode": "merge"}


def kept_source(scene: Scene) -> dict[str, str]:
    return {"source": f"kept-{scene.ids['kept']}", "mode": "merge"}


def sent(outcome: str, body: object) -> tuple[str, object]:
    """What a call comes to that carries a body, or a function of the scene that makes it."""
    return outcome, body


def looks(outcome: str) -> dict:
    """A page to look at."""
    return {"GET": outcome, "POST": NO_POST}


ENTRIES = {
    f"/api/{kind}/{rest}": row
    for kind, entry in (("tasks", TASK), ("events", EVENT), ("habits", HABIT))
    for rest, row in {
        "": {"GET": PLAN, "POST": sent(PLAN_ADD, entry)},
        "<uuid:id>/": {
            "GET": ONE,
            "PATCH": sent(ONE_WRITE, NAME),
            "PUT": sent(ONE_WRITE, entry),
            "DELETE": ONE_DELETE,
        },
    }.items()
}
ENTRY_PAGES = {
    f"/{kind}/{rest}": row
    for kind, form in (("tasks", TASK_FORM), ("events", EVENT_FORM), ("habits", HABIT_FORM))
    for rest, row in {
        "": looks(OWN_PLAN),
        "new/": {"GET": OWN_PLAN_FORM, "POST": sent(OWN_PLAN_ADD, form)},
        "<uuid:uuid>/": {"GET": ENTRY, "POST": sent(ENTRY_POST, form)},
        "<uuid:uuid>/delete/": {"GET": NO_POST, "POST": ENTRY_POST},
        "<uuid:uuid>/restore/": {"GET": NO_POST, "POST": ENTRY_POST},
    }.items()
}
TABLE = {
    "/": {"GET": WELCOME, "POST": ALL_405},
    "/.well-known/change-password": {"GET": ALL_302, "POST": ALL_405},
    "/.well-known/security.txt": {"GET": ALL_200, "POST": ALL_405},
    "/healthz": {"GET": ALL_200, "POST": ALL_405},
    "/readyz": {"GET": ALL_200, "POST": ALL_405},
    "/metrics": {"GET": ALL_200, "POST": ALL_405},
    "/problems/<slug:slug>": {"GET": ALL_200, "POST": ALL_405},
    "/help/keys/": {"GET": ALL_200, "POST": ALL_405},
    "/help/accessibility/": {"GET": ALL_200, "POST": ALL_405},
    "/help/privacy/": {"GET": ALL_200, "POST": ALL_405},
    "/offline/": {"GET": ALL_200, "POST": ALL_405},
    "/manifest.webmanifest": {"GET": ALL_200, "POST": ALL_405},
    "/worker.js": {"GET": ALL_200, "POST": ALL_405},
    "/login/": {"GET": WELCOME, "POST": sent(ALL_302, LOGIN)},
    "/login/second/": {"GET": WITH_A_FACTOR, "POST": sent(WITH_A_FACTOR, {"code": "000000"})},
    "/login/second/passkey/": {"GET": ALL_405, "POST": WITH_A_FACTOR},
    "/login/passkey/": {"GET": ALL_405, "POST": ALL_200},
    "/login/passkey/options/": {"GET": ALL_200, "POST": ALL_405},
    "/logout/": {"GET": ALL_405, "POST": ALL_302},
    "/signup/": {"GET": WELCOME, "POST": sent(ALL_302.replace("302", "302+"), SIGN_UP)},
    "/account/": {"GET": OF_PERSON, "POST": sent(OF_PERSON_POST, PROFILE)},
    "/account/close/": {"GET": OF_PERSON, "POST": OF_PERSON},
    "/account/close/cancel/": {"GET": NO_POST, "POST": OF_PERSON_POST.replace("+", "")},
    "/account/data/": looks(OF_PERSON),
    "/account/data/export/": {"GET": NO_POST, "POST": OF_PERSON},
    "/account/confirm/passkey/": {"GET": NO_POST, "POST": OF_PERSON},
    "/account/security/app/": {"GET": OF_PERSON, "POST": OF_PERSON},
    "/account/security/app/remove/": {"GET": NOBODY_S, "POST": NOBODY_S},
    "/account/security/recovery/": {"GET": OF_FACTORS, "POST": OF_FACTORS_MAKE},
    "/account/security/passkeys/new/": {"GET": OF_PERSON, "POST": OF_PERSON},
    "/account/security/passkeys/<int:passkey>/rename/": {
        "GET": OF_EDITOR,
        "POST": sent(OF_EDITOR_POST, NAME),
    },
    "/account/security/passkeys/<int:passkey>/remove/": {"GET": OF_EDITOR, "POST": OF_EDITOR_POST},
    "/account/tokens/": looks(OF_PERSON),
    "/account/tokens/new/": {"GET": OF_PERSON, "POST": sent(OF_PERSON_MAKE, TOKEN_FORM)},
    "/account/tokens/<int:token>/end/": {"GET": NO_POST, "POST": OF_OWNER_END},
    "/signup/check/": {"GET": ALL_405, "POST": sent(ALL_200, SIGN_UP)},
    "/password/reset/": {"GET": ALL_200, "POST": sent(ALL_302.replace("302", "302+"), EMAIL)},
    "/password/reset/sent/": {"GET": ALL_200, "POST": ALL_405},
    "/password/reset/new/": {"GET": ALL_200, "POST": sent(ALL_200, NEW_PASSWORD)},
    "/password/reset/done/": {"GET": ALL_200, "POST": ALL_405},
    "/account/email/": {"GET": OF_PERSON, "POST": sent(NEW_PASSWORD_POST, EMAIL)},
    "/account/email/resend/": {"GET": NO_POST, "POST": SESSION_POST},
    "/account/email/verify/": {"GET": ALL_200, "POST": ALL_200},
    "/account/email/keep/": {"GET": ALL_200, "POST": ALL_200},
    "/account/password/": {"GET": OF_PERSON, "POST": sent(NEW_PASSWORD_POST, NEW_PASSWORD)},
    "/account/security/": looks(OF_PERSON),
    "/account/security/not-me/": {"GET": ALL_200, "POST": ALL_200},
    "/account/security/sessions/end/": {"GET": NO_POST, "POST": SESSION_POST},
    "/account/security/sessions/<uuid:session>/end/": {"GET": NO_POST, "POST": OF_OWNER_SESSION},
    "/account/confirm/": {"GET": OF_PERSON, "POST": sent(CONFIRM, {"password": PASSWORD})},
    "/claim/": {"GET": ALL_200, "POST": sent(OF_PERSON_POST, label)},
    "/devices/": looks(OF_PERSON),
    "/devices/<int:pk>/": looks(OF_MEMBERS),
    "/devices/<int:pk>/choose/": {"GET": NO_POST, "POST": CHOOSE},
    "/devices/<int:pk>/settings/": {"GET": OF_MEMBERS, "POST": sent(OF_WRITERS, SETTINGS_FORM)},
    "/devices/<int:pk>/remove/": {
        "GET": OF_MEMBERS,
        "POST": sent(PART, {"name": "Kitchen tablet"}),
    },
    "/devices/<int:pk>/give-away/": {
        "GET": OF_SHARER,
        "POST": sent(SHARER_POST.replace("302+", "200+"), {"name": "Kitchen tablet"}),
    },
    # Nobody asks for a new key here, so there is nothing to answer.
    "/devices/<int:pk>/re-key/": {
        "GET": OF_SHARER,
        "POST": SHARER_POST.replace("302+", "302"),
    },
    "/devices/<int:pk>/download/": looks(OF_MEMBERS),
    "/devices/<int:pk>/sync/": looks(OF_MEMBERS.replace("200", "302")),
    "/devices/<int:pk>/screen/": looks(OF_MEMBERS),
    "/devices/<int:pk>/replace/": {"GET": REPLACE, "POST": sent(REPLACE_POST, kept_source)},
    "/kept/<uuid:claim>/erase/": {"GET": OF_OWNER, "POST": OF_OWNER_POST},
    "/devices/<int:pk>/people/": looks(OF_MEMBERS),
    "/devices/<int:pk>/people/invite/": {
        "GET": NO_POST,
        "POST": sent(SHARER_POST, {"role": "viewer"}),
    },
    # No browser here keeps the secret of a link.
    "/devices/<int:pk>/people/invited/": looks(OF_SHARER),
    "/devices/<int:pk>/people/invitations/<int:invitation>/cancel/": {
        "GET": NO_POST,
        "POST": SHARER_POST,
    },
    "/devices/<int:pk>/people/requests/": {"GET": NO_POST, "POST": SHARER_POST},
    "/devices/<int:pk>/people/requests/<uuid:asked>/": {
        "GET": NO_POST,
        "POST": sent(SHARER_POST, {"accept": "1"}),
    },
    "/devices/<int:pk>/people/<int:member>/role/": {
        "GET": NO_POST,
        "POST": sent(SHARER_POST, {"role": "editor"}),
    },
    "/devices/<int:pk>/people/<int:member>/remove/": {"GET": OF_SHARER, "POST": SHARER_POST},
    "/devices/<int:pk>/people/<int:member>/hand-over/": {"GET": OF_SHARER, "POST": SHARER_POST},
    # It is offered to nobody here, so nobody takes it, and there is nothing to withdraw.
    "/devices/<int:pk>/hand-over/": {"GET": OF_OFFERED, "POST": OF_OFFERED},
    "/devices/<int:pk>/hand-over/withdraw/": {"GET": NO_POST, "POST": OF_OFFERED},
    "/invite/": {"GET": ALL_200, "POST": ALL_302},
    # Nobody here holds the link.
    "/invite/accept/": {"GET": NO_POST, "POST": NO_POST.replace("405", "302")},
    "/invite/decline/": {"GET": NO_POST, "POST": NO_POST.replace("405", "dev")},
    "/devices/claim/<uuid:pk>/": looks(OF_OWNER),
    "/devices/claim/<uuid:pk>/cancel/": {"GET": NO_POST, "POST": OF_OWNER_POST},
    "/today/": looks(OWN_PLAN),
    "/calendar/": looks(OWN_PLAN),
    "/calendar/<int:year>/<int:month>/": looks(OWN_PLAN),
    "/calendar/<str:day>/": looks(OWN_PLAN),
    "/calendar/week/": looks(OWN_PLAN),
    "/calendar/week/<str:day>/": looks(OWN_PLAN),
    "/calendar/agenda/": looks(OWN_PLAN),
    **ENTRY_PAGES,
    "/history/": looks(OWN_PLAN),
    "/history/moment/": looks(OWN_PLAN),
    "/history/pin/": {"GET": NO_POST, "POST": sent(OWN_PLAN_ADD, NAME)},
    "/history/restore/": {"GET": NO_POST, "POST": sent(RESTORE_POST, beginning)},
    "/history/<int:revision>/undo/": {"GET": NO_POST, "POST": ENTRY_POST},
    "/history/points/<int:id>/remove/": {"GET": NO_POST, "POST": ENTRY_POST},
    "/history/lost/<int:lost>/use/": {"GET": NO_POST, "POST": ENTRY_POST},
    "/deleted/": looks(OWN_PLAN),
    "/sync-report/": looks(OWN_PLAN),
    "/import/": {"GET": OWN_PLAN_FORM, "POST": OWN_PLAN_FORM},
    "/import/<uuid:uuid>/": {"GET": FILE_LOOK, "POST": FILE_TAKE},
    "/quick/": {"GET": NO_POST, "POST": sent(OWN_PLAN_ADD, NAME)},
    "/quick/preview/": looks(OWN_PLAN_FORM),
    "/events/meanwhile/": looks(OWN_PLAN_FORM),
    "/quick/lines/": {"GET": OWN_PLAN_FORM, "POST": sent(OWN_PLAN_ADD, LINES_FORM)},
    "/search/": looks(OWN_PLAN),
    "/tasks/change/": {"GET": NO_POST, "POST": sent(CHOSEN_POST, chosen)},
    "/events/change/": {"GET": NO_POST, "POST": sent(CHOSEN_POST, chosen_event)},
    "/tasks/<uuid:uuid>/tick/": {"GET": NO_POST, "POST": sent(ENTRY_POST, {"completion": "1"})},
    "/events/<uuid:uuid>/move/": {
        "GET": NO_POST,
        "POST": sent(ENTRY_POST, {"starttime": EVENT["starttime"], "days": "1"}),
    },
    "/habits/<uuid:uuid>/skip/": {
        "GET": NO_POST,
        "POST": sent(ENTRY_POST, {"first": "2026-10-13"}),
    },
    "/habits/<uuid:uuid>/days/<str:day>/": {
        "GET": NO_POST,
        "POST": sent(ENTRY_POST, {"done": "1"}),
    },
    "/api/docs/": {"GET": ALL_200, "POST": ALL_405},
    "/api/schema/": {"GET": ALL_200, "POST": ALL_405},
    "/api/": {"GET": ALL_404, "POST": ALL_404},
    "/api/<path:rest>": {"GET": ALL_404, "POST": ALL_404},
    "/api/token/": {"GET": ALL_405, "POST": sent(ALL_200, LOGIN)},
    "/api/token/login/": {"GET": ALL_405, "POST": sent(ALL_204, LOGIN)},
    "/api/token/logout/": {"GET": ME_NOT, "POST": ME_OUT},
    "/api/token/refresh/": {"GET": ALL_405, "POST": ALL_400},
    "/api/token/verify/": {"GET": ALL_405, "POST": ALL_400},
    "/api/me/": {"GET": ME, "PATCH": sent(ME_PATCH, {"full_name": "New"})},
    "/api/devices/": {"GET": ME, "POST": sent(ME_CLAIM, label)},
    "/api/devices/<int:pk>/": {
        "GET": MEMBERS,
        "PATCH": sent(MEMBERS_PATCH, NAME),
        "DELETE": MEMBERS_DELETE,
    },
    "/api/devices/<int:pk>/replace/": {
        "GET": ME_NOT,
        "POST": sent(OWNERS_REPLACE, kept_plan),
    },
    "/api/kept/": {"GET": ME, "POST": ME_NOT},
    "/api/kept/<uuid:id>/": {"GET": OWNERS, "DELETE": OWNERS_DELETE},
    "/api/devices/<int:pk>/token/": {"GET": ME_NOT, "POST": MEMBERS.replace("200", "200+")},
    "/api/devices/<int:pk>/members/": {
        "GET": MEMBERS,
        "POST": sent(SHARE.replace("200", "201"), {"role": "viewer"}),
        "PATCH": sent(SHARE, {"takes_requests": False}),
    },
    "/api/devices/<int:pk>/members/<int:member>/": {
        "PATCH": sent(SHARE, {"role": "editor"}),
        # The viewer is the member in the address, who leaves.
        "DELETE": REMOVE,
    },
    "/api/devices/<int:pk>/members/invitations/<int:invitation>/": {
        "DELETE": SHARE.replace("200", "204"),
    },
    "/api/devices/<int:pk>/members/requests/<uuid:asked>/": {
        "POST": sent(SHARE, {"accept": True}),
    },
    "/api/device/": {"GET": DEVICE, "PATCH": sent(DEVICE, {"battery_percent": 50})},
    "/api/device/token/": {"GET": ALL_405, "POST": sent(ALL_200, key)},
    "/api/device/claim/": {"GET": DEVICE_NOT, "POST": sent(DEVICE_CLAIM, {"accept": True})},
    "/api/device/key/": {"GET": DEVICE_NOT, "POST": sent(DEVICE_KEY, NEW_KEY)},
    "/api/device/reset/": {"GET": DEVICE_NOT, "POST": DEVICE_RESET},
    "/api/sync/": {"GET": PLAN, "POST": sent(PLAN_PUSH, {"task": [PUSHED]})},
    "/api/sync/digest/": {"GET": PLAN, "POST": PLAN_NOT},
    "/api/sync/wait/": {"GET": PLAN_WAIT, "POST": PLAN_NOT_EVEN_READ},
    "/api/stream/": {"GET": PLAN, "POST": PLAN_NOT_EVEN_READ},
    "/api/backups/": {"GET": PLAN, "POST": sent(PLAN_ADD, NAME)},
    "/api/backups/state/": {"GET": PLAN_WAIT},
    "/api/backups/restore/": {
        "GET": PLAN_NOT_EVEN_READ,
        "POST": sent(PLAN_SAME, present),
    },
    "/api/backups/<int:id>/": {"GET": ONE, "DELETE": ONE_DELETE},
    "/api/backups/<int:id>/diff/": {"GET": ONE},
    # Without a format, and without a form: refused only where the door is open.
    "/api/backups/<int:id>/export/": {"GET": ONE.replace("200", "400")},
    "/api/backups/import/": {"GET": PLAN_NOT_EVEN_READ, "POST": PLAN_FORM},
    "/api/backups/<int:id>/restore/": {"GET": PLAN_NOT_EVEN_READ, "POST": sent(ONE_WRITE, {})},
    **ENTRIES,
    "/api/habits/<uuid:id>/days/<str:date>/": {
        "GET": PLAN_NOT_EVEN_READ,
        "PUT": ONE_WRITE,
        "DELETE": ONE_WRITE,
    },
}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), kept_scene() as scene:
        yield scene


def test_every_address_has_a_row():
    table = {route for route in routes() if not route.startswith("/admin/")}

    assert table == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_everybody_gets_what_the_table_says_and_a_refusal_changes_nothing(scene, route):
    path = scene.path(route)
    for method, row in TABLE[route].items():
        outcome, body = row if isinstance(row, tuple) else (row, {})
        body = body(scene) if callable(body) else body

        found = {who: scene.knock(who, method, path, body) for who in CALLERS}

        assert found == dict(zip(CALLERS, outcome.split(), strict=True)), (method, path)


def test_the_table_itself_grants_no_change_by_looking_and_none_with_a_refusal():
    for route, row in TABLE.items():
        for method, outcome in row.items():
            words = (outcome if isinstance(outcome, str) else outcome[0]).split()
            changing = {word.rstrip("+") for word in words if word.endswith("+")}
            assert changing <= {"200", "201", "204", "302", "dev"}, route
            assert method != "GET" or not changing, route


@pytest.mark.parametrize("confirm", [False, True], ids=["in stock", "while a claim waits"])
def test_a_device_that_is_nobody_s_is_told_so(scene, confirm):
    unit = make_unit()
    api = scene.callers["unclaimed"] if confirm else Api.of_device(unit)

    answer = api.send("GET", "/api/sync/", {})

    assert (answer.status_code, answer.json()["code"]) == (403, "device-unclaimed")


# --- The admin -----------------------------------------------------------------------------

OUTSIDERS = [who for who in CALLERS if who not in ("staff", "superuser")]
# Open to staff of any kind: pages that show nothing of anybody.
FOR_ALL_STAFF = {
    "/admin/",
    "/admin/logout/",
    "/admin/jsi18n/",
    "/admin/password_change/",
    "/admin/password_change/done/",
}


def admin_routes() -> list[str]:
    """Every address of the admin, with some row of each table in it."""
    filled = (
        re.sub(r"<(?:path:)?(?:object_id|id|content_type_id)>", "1", route)
        for route in routes()
        if route.startswith("/admin/") and "(?P" not in route
    )
    return [*filled, "/admin/devices/", "/admin/no-such-page/"]


def test_the_admin_is_closed_to_everybody_who_is_not_staff(scene):
    inner = [path for path in admin_routes() if path not in ("/admin/login/", "/admin/logout/")]

    found = {
        (who, method, path): scene.knock(who, method, path, {})
        for who in OUTSIDERS
        for method in ("GET", "POST")
        for path in inner
    }

    assert found == dict.fromkeys(found, "log")


def test_staff_without_a_permission_sees_the_empty_index_alone(scene):
    for path in admin_routes():
        outcome = scene.knock("staff", "GET", path, {})

        assert path in FOR_ALL_STAFF or outcome in ("302", "403", "404", "405"), (path, outcome)
    index = scene.callers["staff"].send("GET", "/admin/", {}).content.decode()
    assert not re.search(r'href="/admin/(accounts|devices|backups)', index)


def test_staff_with_all_permissions_sees_every_page_of_the_admin(scene):
    lists = [path for path in admin_routes() if re.fullmatch(r"/admin/\w+/\w+/", path)]

    assert {path: scene.knock("superuser", "GET", path, {}) for path in lists} == dict.fromkeys(
        lists, "200"
    )


def test_no_page_of_the_admin_shows_an_entry(scene):
    """D7"""
    superuser = scene.callers["superuser"]
    seen: dict[str, str] = {}
    waiting = ["/admin/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = superuser.send("GET", path, {})
        seen[path] = answer.getvalue().decode() if answer.status_code == 200 else ""
        # Without the queries, by which lists are ordered and filtered in endless combinations.
        links = (urljoin(path, link) for link in re.findall(r'href="([^"#?]+)', seen[path]))
        waiting += [link for link in links if link.startswith("/admin/")]

    assert f"/admin/devices/device/{scene.device.pk}/change/" in seen
    assert len([page for page in seen.values() if page]) > 20
    assert [path for path, page in seen.items() if CANARY in page] == []
    assert CANARY in scene.callers["owner"].send("GET", "/tasks/", {}).content.decode()


def test_a_search_in_the_admin_finds_no_entry(scene):
    client = Client()
    client.cookies = scene.callers["superuser"].cookies
    for model in admin.site._registry:
        address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

        found = client.get(address, {"q": CANARY}).context["cl"].result_count

        assert found == 0, address


def test_entries_are_not_in_the_admin():
    assert {model._meta.app_label for model in admin.site._registry} == {
        "accounts",
        "auth",
        "devices",
    }
    assert not set(ENTRY_MODELS.values()) & set(admin.site._registry)
