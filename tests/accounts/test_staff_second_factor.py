"""The admin asks staff for a second factor (D8)."""

import pytest
from django.test import Client

from accounts import second_factor, sessions
from accounts.models import User
from tests.accounts.factors import with_app, with_passkey
from tests.logins import browser

pytestmark = pytest.mark.django_db
INNER = ["/admin/", "/admin/accounts/user/", "/admin/devices/device/", "/admin/password_change/"]


@pytest.fixture(autouse=True)
def asked_for(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True


def seen(client: Client, path: str) -> str:
    """Return where a page of the admin leads, or what its door says."""
    answer = client.get(path)
    while answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
        answer = client.get(answer["Location"])
    return answer["Location"] if answer.status_code == 302 else str(answer.status_code)


def with_session(user: User, *, verified: bool) -> Client:
    return browser(sessions.log_in(user, verified=verified))


@pytest.mark.parametrize("path", INNER)
def test_staff_without_a_second_factor_is_led_to_set_one_up(staff, path):
    """D8"""
    client = with_session(staff, verified=False)

    assert seen(client, path) == "/account/security/"
    assert "The admin needs a second step." in client.get("/account/security/").content.decode()


@pytest.mark.parametrize("path", INNER)
def test_staff_whose_log_in_lacks_it_is_led_to_the_second_step(staff, path):
    """D8"""
    with_passkey(staff)

    assert seen(with_session(staff, verified=False), path) == f"/login/second/?next={path}"


@pytest.mark.parametrize("path", INNER)
def test_staff_who_proved_it_sees_the_admin(staff, path):
    assert seen(with_session(staff, verified=True), path) == "200"


def test_the_second_step_leads_into_the_admin(staff):
    app, _ = with_app(staff)
    client = with_session(staff, verified=False)

    answer = client.post("/login/second/?next=/admin/", {"code": app.code()})

    assert answer["Location"] == "/admin/"
    assert seen(client, "/admin/") == "200"


def test_without_the_last_factor_the_admin_is_closed_at_once(staff):
    """D8"""
    _, passkey = with_passkey(staff)
    client = with_session(staff, verified=True)
    assert seen(client, "/admin/") == "200"

    second_factor.remove_passkey(passkey, address="")

    assert seen(client, "/admin/") == "/account/security/"


@pytest.mark.parametrize("path", INNER)
def test_an_ordinary_person_is_refused_with_a_second_factor_as_without(alice, path):
    """D8"""
    for verified in (False, True):
        assert seen(with_session(alice, verified=verified), path) == "403"


@pytest.mark.parametrize("path", INNER)
def test_a_stranger_is_led_to_the_log_in(path):
    """D8"""
    assert seen(Client(), path) == f"/login/?next={path}"


def test_a_password_alone_opens_no_admin_by_a_post_either(staff, alice):
    """D8"""
    client = with_session(staff, verified=False)

    answer = client.post(f"/admin/accounts/user/{alice.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert User.objects.filter(pk=alice.pk).exists()


def test_where_it_is_not_asked_for_staff_enters_with_a_password(staff, settings):
    settings.STAFF_SECOND_FACTOR = False

    assert seen(with_session(staff, verified=False), "/admin/") == "200"
