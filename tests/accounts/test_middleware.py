"""From cookies to a person: found, renewed without a word, or sent to the log-in."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.models import Session
from tests.accounts.forgeries import claims_of, forged
from tests.logins import bearer, browser, logged_in

PAGE = "/account/"
TO_LOGIN = "/login/?next=/account/"


def cleared(response) -> list[str]:
    """Return the names of the cookies that a response takes away."""
    return [name for name, morsel in response.cookies.items() if morsel["max-age"] == 0]


def test_a_log_in_opens_the_pages_and_sets_no_cookie(alice):
    response = logged_in(alice).get(PAGE)

    assert (response.status_code, response.wsgi_request.user) == (200, alice)
    assert {"access", "refresh", "device"} & set(response.cookies) == set()


def test_a_page_knows_the_log_in_it_was_opened_by(alice):
    pair = sessions.log_in(alice)

    request = browser(pair).get(PAGE).wsgi_request

    assert request.login == pair.session


def test_without_cookies_a_page_leads_to_the_log_in_and_back(client, db):
    response = client.get("/account/?tab=2")

    assert response.status_code == 302
    assert response["Location"] == "/login/?next=/account/%3Ftab%3D2"
    assert not response.wsgi_request.login


@pytest.mark.parametrize("missing", [False, True], ids=["expired", "missing"])
def test_an_access_token_that_is_over_is_renewed_without_a_word(clock, alice, missing):
    pair = sessions.log_in(alice)
    client = browser(pair)
    clock.shift(15 * 60)
    if missing:
        del client.cookies["access"]

    response = client.get(PAGE)

    assert (response.status_code, response.wsgi_request.user) == (200, alice)
    assert list(response.cookies)[:2] == ["access", "refresh"]
    assert response.cookies["refresh"].value != pair.refresh
    assert client.get(PAGE).status_code == 200


def test_a_renewal_keeps_what_was_chosen_at_log_in(clock, alice):
    kept, passing = (browser(sessions.log_in(alice, remember=r)) for r in (True, False))
    clock.shift(3600)

    ages = [client.get(PAGE).cookies["refresh"]["max-age"] for client in (kept, passing)]

    assert ages == [14 * 86_400, ""]


def test_a_form_that_is_sent_after_the_access_token_is_over_is_not_lost(clock, alice):
    client = logged_in(alice)
    typed = client.get(PAGE).context["form"].initial | {"full_name": "Alice Aspen"}
    clock.shift(3600)

    client.post(PAGE, typed)

    alice.refresh_from_db()
    assert alice.full_name == "Alice Aspen"


def test_two_tabs_that_renew_at_once_both_stay_logged_in(clock, alice):
    pair = sessions.log_in(alice)
    clock.shift(3600)

    first, second = (browser(pair).get(PAGE) for _ in range(2))

    assert first.cookies["refresh"].value == second.cookies["refresh"].value
    assert [first.status_code, second.status_code] == [200, 200]


def test_when_the_log_in_is_over_the_page_leads_to_the_log_in_and_the_cookies_go(clock, alice):
    client = logged_in(alice)
    clock.shift(14 * 86_400)

    response = client.get(PAGE)

    assert (response.status_code, response["Location"]) == (302, TO_LOGIN)
    assert cleared(response) == ["access", "refresh", "device"]


def test_an_access_token_without_a_refresh_token_is_not_renewed(clock, alice):
    client = logged_in(alice)
    del client.cookies["refresh"]
    clock.shift(3600)

    page, api = client.get(PAGE), logged_out_api(alice, clock)

    assert (page["Location"], cleared(page)) == (TO_LOGIN, ["access", "refresh", "device"])
    assert api == (401, "token-expired")


def logged_out_api(alice, clock) -> tuple[int, str]:
    """Return what the API says to an access cookie alone, an hour after it was given."""
    client = logged_in(alice)
    del client.cookies["refresh"]
    clock.shift(3600)
    response = client.get("/api/me/")
    return response.status_code, response.json()["code"]


def garbage(session: Session) -> str:
    return "garbage"


def altered(session: Session) -> str:
    return forged(claims_of(session, sub="2"), key=b"x" * 32)


def of_a_device(session: Session) -> str:
    return forged(claims_of(session, aud="planner:devices", typ="member"))


def refresh_kind(session: Session) -> str:
    return forged(claims_of(session, typ="refresh"))


@pytest.mark.parametrize("made", [garbage, altered, of_a_device, refresh_kind])
def test_a_cookie_that_is_no_access_token_leads_to_the_log_in_whatever_the_other_says(alice, made):
    pair = sessions.log_in(alice)
    client = browser(pair._replace(access=made(pair.session)))

    response = client.get(PAGE)

    assert (response.status_code, response["Location"]) == (302, TO_LOGIN)
    assert cleared(response) == ["access", "refresh", "device"]


def test_a_stolen_cookie_used_after_its_owner_renewed_it_logs_both_out(clock, alice):
    owner, thief = (browser(pair) for pair in [sessions.log_in(alice)] * 2)
    clock.shift(3600)
    owner.get(PAGE)
    clock.shift(3600)

    assert thief.get(PAGE).status_code == 302
    assert owner.get(PAGE).status_code == 302


@pytest.mark.parametrize("end", ["log out", "end all", "deactivate", "delete"])
def test_whatever_ends_a_log_in_counts_at_the_very_next_page(alice, end):
    pair = sessions.log_in(alice)
    client = browser(pair)
    {
        "log out": lambda: sessions.log_out(pair.session),
        "end all": lambda: sessions.end_all(alice),
        "deactivate": lambda: type(alice).objects.update(is_active=False),
        "delete": alice.delete,
    }[end]()

    response = client.get(PAGE)

    assert (response.status_code, response["Location"]) == (302, TO_LOGIN)
    assert cleared(response) == ["access", "refresh", "device"]


def test_a_bearer_header_counts_alone_and_renews_nothing(clock, alice, bob):
    client = logged_in(alice)
    clock.shift(3600)

    response = client.get("/api/me/", headers=bearer(bob))

    assert response.json()["username"] == "bob"
    assert not response.cookies
    assert Session.objects.get(user=alice).rotated_at is None


@pytest.mark.parametrize("value", ["Bearer", "Bearer x.y.z", "bearer a b c"])
def test_a_bad_bearer_header_is_not_mended_by_good_cookies(alice, value):
    client = logged_in(alice)

    page = client.get(PAGE, headers={"Authorization": value})
    api = client.get("/api/me/", headers={"Authorization": value})

    assert (page.status_code, page["Location"]) == (302, TO_LOGIN)
    assert (api.status_code, api.json()["code"]) == (401, "token-invalid")
    assert not api.cookies


def test_a_header_of_another_scheme_is_left_to_whoever_asked_for_it(alice):
    response = logged_in(alice).get(PAGE, headers={"Authorization": "Basic YTpi"})

    assert response.status_code == 200


def test_a_bearer_request_costs_one_query(client, alice, django_assert_num_queries):
    headers = bearer(alice)

    with django_assert_num_queries(1):
        client.get("/api/me/", headers=headers)


def test_an_open_page_costs_a_stranger_no_query(db, client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/login/")


def away(*_query: object) -> None:
    """Stand in for a database that cannot be reached."""
    raise OperationalError("gone")


@pytest.mark.parametrize("address", [PAGE, "/login/", "/", "/api/me/"])
def test_while_the_database_is_away_nobody_is_logged_out(alice, address):
    client = logged_in(alice)
    client.raise_request_exception = False

    with connection.execute_wrapper(away):
        response = client.get(address)

    assert response.status_code == 503
    assert 5 <= int(response["Retry-After"]) < 15
    assert not response.cookies
    assert client.get(PAGE).status_code == 200


def test_the_welcome_page_of_somebody_logged_in_leads_to_their_day(alice):
    assert logged_in(alice).get("/")["Location"] == reverse("backups:today")


def test_the_admin_opens_for_staff_by_the_same_cookies_and_for_nobody_else(staff, alice):
    by_staff, by_nobody = (
        client.get("/admin/", follow=True) for client in (logged_in(staff), Client())
    )
    by_alice = logged_in(alice).get("/admin/", follow=True)

    assert (by_staff.status_code, by_staff.redirect_chain) == (200, [])
    assert by_nobody.redirect_chain[-1] == ("/login/?next=/admin/", 302)
    assert by_alice.status_code == 403


def test_an_api_request_by_cookies_is_renewed_as_a_page_is(clock, alice):
    client = logged_in(alice)
    clock.shift(3600)

    response = client.get("/api/me/")

    assert response.status_code == 200
    assert list(response.cookies) == ["access", "refresh", "known"]


def test_an_api_request_by_cookies_that_are_over_says_so_and_clears_them(clock, alice):
    client = logged_in(alice)
    clock.shift(15 * 86_400)

    response = client.get("/api/me/")

    assert (response.status_code, response.json()["code"]) == (401, "token-expired")
    assert response["WWW-Authenticate"] == "Bearer"
    assert cleared(response) == ["access", "refresh", "device"]
