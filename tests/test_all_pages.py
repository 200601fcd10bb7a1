"""What holds for every page of the URL table, whatever the plan holds (matrix G7).

A page that is neither looked at here nor named among what is no page fails.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.http import HttpResponse
from django.template import Template
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext

from tests.access import Scene, make_scene, routes
from tests.backups.pages.plan import at
from tests.pages import (
    ELSEWHERE,
    LOST_TASK,
    NO_PAGES,
    WHO,
    addresses,
    answers,
    crowd,
    furnish,
    look,
    send,
    takes_forms_alone,
)

pytestmark = pytest.mark.django_db
FEW, MANY = 10, 1_000
MOST_BYTES = 100_000
# The whole reference of the API is one page, to be searched in.
HEAVY = {"/api/docs/ nobody"}
# What staff may not do is a page too.
REFUSED = {
    f"/admin/{table}/{what}/"
    for table, whats in {
        "accounts/mail": ("add", "<path:object_id>/delete"),
        "accounts/user": ("<path:object_id>/delete",),
        "devices/auditentry": ("add", "<path:object_id>/delete"),
        "devices/batch": ("<path:object_id>/delete",),
        "devices/claimattempt": ("add", "<path:object_id>/delete"),
        "devices/device": ("add", "<path:object_id>/delete"),
    }.items()
    for what in whats
}
BASES = {"base.html", "bare.html", "centred.html", "trouble.html", "problem.html"}
STATUS = {**dict.fromkeys(REFUSED, 403), "/invite/ former": 404}
# How many queries each page takes: where a number changes, it must still be that of any plan.
QUERIES = {
    0: [
        "/",
        "/api/docs/ nobody",
        "/claim/ nobody",
        "/login/",
        "/problems/claim-failed nobody",
        "/signup/",
    ],
    1: [
        "/account/email/keep/",
        "/account/email/verify/",
        "/account/security/not-me/",
        "/admin/accounts/mail/add/",
        "/admin/accounts/user/add/",
        "/admin/devices/auditentry/add/",
        "/admin/devices/batch/add/",
        "/admin/devices/batch/import/",
        "/admin/devices/claimattempt/add/",
        "/admin/devices/device/add/",
        "/admin/devices/device/labels/",
        "/admin/devices/device/update/",
        "/admin/password_change/",
        "/admin/password_change/done/",
        "/claim/",
        "/invite/",
        "/offline/",
        "/password/reset/",
        "/password/reset/done/",
        "/password/reset/new/",
        "/password/reset/new/?<link> nobody",
        "/password/reset/sent/",
        "/problems/<slug:slug>",
    ],
    2: [
        "/account/",
        "/account/data/",
        "/account/email/",
        "/account/password/",
        "/invite/ former",
        "/account/security/app/",
        "/admin/accounts/mail/<path:object_id>/delete/",
        "/admin/accounts/user/<path:object_id>/delete/",
        "/admin/auth/group/add/",
        "/admin/devices/auditentry/<path:object_id>/delete/",
        "/admin/devices/batch/<path:object_id>/delete/",
        "/admin/devices/claimattempt/<path:object_id>/delete/",
        "/admin/devices/device/<path:object_id>/delete/",
        "/devices/<int:pk>/give-away/",
        "/devices/<int:pk>/remove/",
        "/devices/claim/<uuid:pk>/",
        "/help/accessibility/",
        "/help/keys/",
        "/help/privacy/",
        "/kept/<uuid:claim>/erase/",
    ],
    3: [
        "/account/security/passkeys/<int:passkey>/rename/",
        "/account/security/passkeys/new/",
        "/account/tokens/",
        "/account/tokens/new/",
        "/invite/ stranger",
        "/admin/accounts/mail/",
        "/admin/accounts/mail/<path:object_id>/history/",
        "/admin/accounts/user/",
        "/admin/accounts/user/<path:object_id>/history/",
        "/admin/auth/group/<path:object_id>/history/",
        "/admin/devices/auditentry/",
        "/admin/devices/auditentry/<path:object_id>/history/",
        "/admin/devices/batch/",
        "/admin/devices/batch/<path:object_id>/change/",
        "/admin/devices/batch/<path:object_id>/history/",
        "/admin/devices/claimattempt/<path:object_id>/history/",
        "/admin/devices/device/<path:object_id>/history/",
        "/devices/<int:pk>/people/<int:member>/hand-over/",
        "/devices/<int:pk>/people/<int:member>/remove/",
        "/devices/<int:pk>/people/invited/",
        "/devices/<int:pk>/re-key/",
        "/devices/<int:pk>/settings/",
    ],
    4: [
        "/admin/accounts/user/<id>/password/",
        "/account/close/",
        "/account/confirm/",
        "/account/security/recovery/",
        "/admin/accounts/mail/<path:object_id>/change/",
        "/admin/auth/group/",
        "/admin/auth/group/<path:object_id>/delete/",
        "/admin/devices/auditentry/<path:object_id>/change/",
        "/admin/devices/claimattempt/",
        "/devices/<int:pk>/hand-over/",
    ],
    5: [
        "/account/security/app/remove/",
        "/account/security/passkeys/<int:passkey>/remove/",
        "/admin/auth/group/<path:object_id>/change/",
        "/admin/devices/claimattempt/<path:object_id>/change/",
        "/devices/<int:pk>/replace/",
        "/events/new/",
        "/events/new/ empty",
        "/habits/new/",
        "/habits/new/ empty",
        "/import/",
        "/import/ empty",
        "/quick/lines/",
        "/search/",
        "/search/ empty",
        "/tasks/new/",
        "/tasks/new/ empty",
    ],
    6: [
        "/account/security/",
        "/devices/<int:pk>/people/",
        "/habits/ empty",
        "/login/second/",
        "/tasks/ empty",
        "/tasks/?q=zebra owner",
        f"/tasks/{LOST_TASK}/ owner",
    ],
    7: [
        "/deleted/ empty",
        "/account/security/ viewer",
        "/calendar/",
        "/calendar/ empty",
        "/calendar/<int:year>/<int:month>/",
        "/calendar/agenda/",
        "/calendar/agenda/ empty",
        "/devices/ superuser",
        "/devices/<int:pk>/screen/",
        "/events/ empty",
        "/import/<uuid:uuid>/",
        "/tasks/",
        "/tasks/?priority=9 owner",
    ],
    8: [
        "/admin/accounts/user/<path:object_id>/change/",
        "/admin/devices/device/<path:object_id>/change/",
        "/calendar/week/ empty",
        "/events/",
        "/habits/",
        "/habits/?view=last owner",
        "/history/ empty",
        "/search/?q=the owner",
        "/search/?q=zebra owner",
        "/tasks/ viewer",
    ],
    9: [
        "/calendar/week/",
        "/calendar/week/<str:day>/",
        "/habits/ viewer",
        "/sync-report/",
        "/deleted/",
        "/devices/<int:pk>/replace/?source=kept-<uuid:claim> owner",
    ],
    10: [
        "/devices/",
        "/admin/devices/device/",
        "/history/moment/?revision=0 owner",
        "/calendar/<str:day>/",
    ],
    11: [
        "/admin/^(?P<app_label>accounts|auth|devices)/$",
        "/devices/<int:pk>/",
        "/history/",
        "/history/moment/ empty",
        "/history/moment/",
        "/search/?q=usual owner",
        "/tasks/<uuid:uuid>/",
        "/today/ empty",
    ],
    12: [
        "/admin/",
        "/today/",
    ],
    13: [
        "/events/<uuid:uuid>/",
        "/habits/<uuid:uuid>/",
        "/today/ viewer",
    ],
}


@pytest.fixture
def scene() -> Iterator[Scene]:
    with time_machine.travel(at("2026-10-14 10:00"), tick=False):
        made = make_scene()
        furnish(made)
        yield made


def seen(scene: Scene) -> dict[str, tuple[HttpResponse, int]]:
    """Return the answer of every page by its name, and how many queries it took."""
    ContentType.objects.clear_cache()
    found = {}
    for page in addresses(scene):
        with CaptureQueriesContext(connection) as queries:
            answer = look(scene, page)
        if not takes_forms_alone(answer):
            found[page.name] = answer, len(queries)
    return found


@pytest.fixture
def shown() -> Iterator[set[str]]:
    """The names of the templates that were rendered."""
    names: set[str] = set()

    def note(template: Template, **_others: object) -> None:
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def templates_of_pages() -> set[str]:
    """Return those that are pages, but for what they extend and what is looked at elsewhere."""
    folder = Path(settings.BASE_DIR, "templates")
    return {
        name
        for path in folder.rglob("*.html")
        if not (name := str(path.relative_to(folder))).startswith(tuple(ELSEWHERE))
        and name not in BASES
        and path.read_text().startswith(("{% extends", "<!doctype"))
    }


def is_page(answer: HttpResponse) -> bool:
    kind, content = answer["Content-Type"], answer.content.decode().lstrip().lower()
    return kind.startswith("text/html") and content.startswith("<!doctype html>")


def test_every_page_opens_with_the_same_queries_for_any_plan_and_under_100_kb(scene, shown):
    """G6, G7; a template of a page that none of them shows must be added to them."""
    crowd(scene, FEW)
    few = seen(scene)
    crowd(scene, MANY)
    many = seen(scene)

    opened = {name: answer for name, (answer, _queries) in many.items()}
    wrong = [
        (name, answer.status_code)
        for name, answer in opened.items()
        if answer.status_code != STATUS.get(name, 200) or not is_page(answer)
    ]
    assert wrong == []
    sizes = {name: len(answer.content) for name, answer in opened.items()}
    assert {name for name, size in sizes.items() if size > MOST_BYTES} == HEAVY
    fixed = {name: count for count, names in QUERIES.items() for name in names}
    for found in (few, many):
        assert {name: queries for name, (_answer, queries) in found.items()} == fixed
    sent = [send(scene, *one) for one in answers(scene)]
    assert [one.request["PATH_INFO"] for one in sent if not is_page(one)] == []
    assert [len(one.content) for one in sent if len(one.content) > MOST_BYTES] == []
    assert templates_of_pages() - shown == set()


def test_what_is_no_page_or_somebody_s_is_in_the_url_table():
    assert {*NO_PAGES, *WHO} <= set(routes())
