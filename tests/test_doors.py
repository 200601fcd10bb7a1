"""What holds for every address alike: no foreign form gets in, nothing personal is kept."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.access import Scene, kept_scene, routes
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db

OUR_ROUTES = [route for route in routes() if not route.startswith("/admin/")]
# What another site can make a browser send: no JSON, and no header of its own.
FOREIGN = {
    "form": {"content_type": "application/x-www-form-urlencoded"},
    "text": {"content_type": "text/plain"},
    "origin": {
        "content_type": "application/x-www-form-urlencoded",
        "headers": {"Origin": "https://evil.example"},
    },
}
OVERRIDDEN = {"X-HTTP-Method-Override": "DELETE"}
REFUSED = {400, 401, 403, 404, 405, 415}
# The same for everybody, or made of what the caller knows already.
MAY_BE_KEPT = {"/api/docs/", "/api/schema/", "/problems/<slug:slug>"}


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), kept_scene() as scene:
        yield scene


def browser_of_the_owner(scene: Scene) -> Client:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies = scene.callers["owner"].cookies.copy()
    return client


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_another_site_makes_a_browser_send_changes_nothing(scene, kind):
    """I1"""
    client, before = browser_of_the_owner(scene), snapshot()

    answers = {
        route: client.generic("POST", scene.path(route), b"name=Mallory", **FOREIGN[kind])
        for route in OUR_ROUTES
    }

    let_in = {route: one.status_code for route, one in answers.items()}
    assert {route: status for route, status in let_in.items() if status not in REFUSED} == {}
    assert snapshot() == before


def test_looking_changes_nothing(scene):
    """I1"""
    client, before = browser_of_the_owner(scene), snapshot()

    for route in OUR_ROUTES:
        if route not in ("/api/stream/", "/api/sync/wait/"):
            client.get(scene.path(route))

    assert snapshot() == before


def test_no_browser_keeps_what_is_personal(scene):
    """I5"""
    client = browser_of_the_owner(scene)
    kept = {}
    for route in OUR_ROUTES:
        if route in MAY_BE_KEPT or route in ("/api/stream/", "/api/sync/wait/"):
            continue
        said = client.get(scene.path(route)).get("Cache-Control", "")
        if "no-store" not in said and "private, no-cache" not in said:
            kept[route] = said

    assert kept == {}


def test_a_log_out_empties_the_browser(scene):
    """I5"""
    client = Client()
    client.cookies = scene.callers["owner"].cookies.copy()

    assert client.post("/logout/")["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE"])
def test_a_page_knows_no_method_but_looking_and_sending(scene, method):
    """D6"""
    client = browser_of_the_owner(scene)
    client.handler.enforce_csrf_checks = False
    pages, before = [route for route in OUR_ROUTES if not route.startswith("/api/")], snapshot()

    answers = {
        route: client.generic(method, scene.path(route), headers=OVERRIDDEN).status_code
        for route in pages
    }

    assert {route: status for route, status in answers.items() if status != 405} == {}
    assert snapshot() == before


def test_a_header_makes_no_other_method_of_a_call(scene):
    """D6"""
    client = browser_of_the_owner(scene)
    client.handler.enforce_csrf_checks = False

    answer = client.post(f"/api/devices/{scene.device.pk}/", headers=OVERRIDDEN)

    assert answer.status_code == 405
    assert scene.device.memberships.exists()
