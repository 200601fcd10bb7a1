"""The chosen device: a cookie that is renewed while it may be, and cleared when it may not."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts import sessions
from devices import callers, lifecycle, selection
from devices.models import Device, LastSeen, Membership
from tests.devices.http import problem, token_answer
from tests.factories import NOON, make_device
from tests.logins import browser, logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db
PAGE = "/devices/"
QUARTER = 15 * 60


def chosen(client: Client, device: Device) -> Client:
    """Let a browser choose a device by the page's own button."""
    response = client.post(f"/devices/{device.pk}/choose/")
    assert response.status_code == 302
    return client


def caller_at(client: Client):
    """Who the pages take the browser for."""
    return client.get(PAGE).wsgi_request.caller


def begun_with(person) -> Device:
    """Which device's plan a browser shows in which the person has just logged in."""
    return logged_in(person).get("/today/").wsgi_request.caller.device


def cleared(response: HttpResponse) -> list[str]:
    ended = [name for name, morsel in response.cookies.items() if morsel["max-age"] == 0]
    return [name for name in ended if name != "messages"]


@selection.needs_device
def page(request):
    return HttpResponse(request.caller.device.name)


def test_choosing_a_device_makes_it_the_caller_of_every_page(alice, device):
    other = make_device(alice, name="Other")
    client = logged_in(alice)

    seen = [caller_at(chosen(client, one)).device for one in (device, other)]

    assert seen == [device, other]
    caller = caller_at(client)
    assert (caller.user, caller.role, caller.by_key, caller.may_write) == (
        alice,
        "owner",
        False,
        True,
    )


def test_without_a_choice_there_is_no_caller(alice, device):
    assert not caller_at(logged_in(alice))


def test_a_choice_is_renewed_without_a_word_when_its_time_is_over(alice, device, clock):
    client = chosen(logged_in(alice), device)
    before = client.cookies["device"].value
    clock.shift(QUARTER)

    response = client.get(PAGE)

    assert response.wsgi_request.caller.device == device
    assert response.cookies["device"].value != before
    assert client.get(PAGE).wsgi_request.caller.device == device


def test_a_choice_lasts_as_long_as_the_log_in_and_no_longer(alice, device, clock):
    client = chosen(browser(sessions.log_in(alice, remember=True)), device)
    clock.shift(13 * 86_400)
    assert caller_at(client).device == device

    clock.shift(15 * 86_400)
    response = client.get(PAGE)

    assert response.url == "/login/?next=/devices/"
    assert "device" in cleared(response)


def test_a_choice_that_is_good_sets_no_cookie(alice, device):
    client = chosen(logged_in(alice), device)

    response = client.get(PAGE)

    assert response.wsgi_request.caller
    assert "device" not in response.cookies


def test_release_takes_the_choice_away_at_the_next_page(alice, device):
    client = chosen(logged_in(alice), device)
    lifecycle.release(device, by=alice)

    response = client.get(PAGE)

    assert not response.wsgi_request.caller
    assert cleared(response) == ["device"]


@pytest.mark.parametrize("end", ["leave", "remove", "block"])
def test_the_end_of_a_membership_or_a_block_takes_the_choice_away(alice, bob, device, end):
    Membership.objects.create(device=device, user=bob, role="editor")
    client = chosen(logged_in(bob), device)
    {
        "leave": lambda: lifecycle.leave(device, by=bob),
        "remove": lambda: Membership.objects.filter(user=bob).delete(),
        "block": lambda: lifecycle.block(device),
    }[end]()

    response = client.get(PAGE)

    assert not response.wsgi_request.caller
    assert cleared(response) == ["device"]


def test_others_stay_when_somebody_leaves(alice, bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    client = chosen(logged_in(alice), device)
    lifecycle.leave(device, by=bob)

    response = client.get(PAGE)

    assert response.wsgi_request.caller.device == device
    assert "device" in response.cookies


def test_the_choice_of_another_log_in_is_no_choice(alice, bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    hers, his = chosen(logged_in(alice), device), logged_in(bob)
    own = make_device(alice)
    foreign = chosen(logged_in(alice), own)

    his.cookies["device"] = foreign.cookies["device"].value
    assert not caller_at(his)
    his.cookies["device"] = hers.cookies["device"].value
    assert caller_at(his).user == bob


def test_the_token_of_another_log_in_of_the_same_person_is_replaced(alice, device):
    here, there = logged_in(alice), chosen(logged_in(alice), device)
    here.cookies["device"] = there.cookies["device"].value

    response = here.get(PAGE)

    assert response.wsgi_request.caller.device == device
    assert "device" in response.cookies


@pytest.mark.parametrize("text", ["x", "a.b.c", "", "é", "x" * 5000])
def test_a_cookie_that_is_no_token_is_no_choice(alice, text):
    client = logged_in(alice)
    client.cookies["device"] = text

    response = client.get(PAGE)

    assert response.status_code == 200
    assert not response.wsgi_request.caller
    assert cleared(response) == (["device"] if text else [])


def test_a_devices_own_token_is_no_choice(alice, unit, device):
    client = logged_in(alice)
    client.cookies["device"] = token_answer(unit)["access"]

    assert not caller_at(client)


def test_an_expired_token_of_the_device_itself_is_no_choice(alice, unit, device, clock):
    client = logged_in(alice)
    client.cookies["device"] = token_answer(unit)["access"]
    clock.shift(3600)

    assert not caller_at(client)


def test_a_login_cookie_in_its_place_is_no_choice(alice, device, clock):
    client = logged_in(alice)
    client.cookies["device"] = client.cookies["access"].value

    assert not caller_at(client)


def test_a_bearer_header_counts_alone(alice, device):
    client = chosen(logged_in(alice), device)

    response = client.get("/api/device/", headers={"Authorization": "Bearer x"})

    assert problem(response) == (401, "token-invalid")


def test_the_api_takes_the_chosen_device_from_the_cookie(alice, device):
    client = chosen(logged_in(alice), device)

    assert problem(client.get("/api/device/")) == (403, "forbidden")


def test_the_api_takes_no_choice_after_the_log_out(alice, device):
    client = chosen(logged_in(alice), device)
    sessions.end_all(alice)

    assert problem(client.get("/api/device/"))[0] == 401


def test_a_page_that_needs_a_device_leads_who_has_none_to_the_devices(alice):
    answer = logged_in(alice).get("/today/")

    assert (answer.status_code, answer.url) == (302, "/devices/")


def test_a_single_device_is_chosen_without_a_word(alice, device):
    browser = logged_in(alice)

    answer = browser.get("/today/")

    assert answer.status_code == 200
    assert callers.of_text(browser.cookies["device"].value).device == device


def test_a_browser_begins_with_the_device_that_was_chosen_last_in_any(alice, device):
    other = make_device(alice, name="Other")
    chosen(chosen(logged_in(alice), device), other)
    chosen(logged_in(alice), device)

    anew = logged_in(alice)
    answer = anew.get("/today/")

    assert (answer.status_code, answer.wsgi_request.caller.device) == (200, device)
    assert callers.of_text(anew.cookies["device"].value).device == device


def test_a_browser_that_asked_for_a_token_with_its_cookies_has_chosen(alice, device):
    other = make_device(alice, name="Other")
    chosen(logged_in(alice), device)
    logged_in(alice).post(f"/api/devices/{other.pk}/token/")

    assert begun_with(alice) == other


def test_a_program_chooses_nothing_for_the_pages(alice, device):
    other = make_device(alice, name="Other")
    chosen(logged_in(alice), device)
    token = sessions.log_in(alice).access
    path = f"/api/devices/{other.pk}/token/"
    answer = Client().post(path, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200
    assert begun_with(alice) == device


def test_what_one_person_chooses_is_nobody_elses_choice(alice, bob, device):
    other = make_device(alice, name="Other")
    for each in (device, other):
        Membership.objects.create(device=each, user=bob, role="editor")
    chosen(logged_in(alice), device)
    chosen(logged_in(bob), other)

    assert (begun_with(alice), begun_with(bob)) == (device, other)


def test_without_any_choice_a_browser_begins_with_the_device_that_was_seen_last(alice, device):
    seen, longer_ago = make_device(alice), make_device(alice)
    for one, at in ((longer_ago, NOON - timedelta(days=1)), (seen, NOON)):
        LastSeen.objects.create(device=one, seen_at=at)

    assert begun_with(alice) == seen


@pytest.mark.parametrize("end", ["leave", "block", "release"])
def test_a_device_that_went_is_passed_over(alice, bob, device, end):
    other = make_device(alice)
    Membership.objects.create(device=device, user=bob, role="editor")
    Membership.objects.create(device=other, user=bob, role="viewer")
    chosen(logged_in(bob), device)
    {
        "leave": lambda: lifecycle.leave(device, by=bob),
        "block": lambda: lifecycle.block(device),
        "release": lambda: lifecycle.release(device, by=alice),
    }[end]()

    assert begun_with(bob) == other


def test_where_every_device_is_blocked_a_page_leads_to_the_devices(alice, device):
    lifecycle.block(device)
    lifecycle.block(make_device(alice))

    answer = logged_in(alice).get("/today/")

    assert (answer.status_code, answer.url) == (302, "/devices/")


def test_pages_write_no_choice_down(alice, device, clock):
    make_device(alice)
    client = chosen(logged_in(alice), device)
    clock.shift(QUARTER)
    client.get("/today/")

    assert set(Membership.objects.values_list("device", "chosen_at")) == {
        (device.pk, NOON),
        (Device.objects.exclude(pk=device.pk).get().pk, None),
    }


def test_a_form_for_another_plan_than_the_usual_one_is_refused_without_a_cookie(alice, device):
    other = make_device(alice)
    chosen(logged_in(alice), other)

    answer = logged_in(alice).post("/quick/", {"line": "Milk", "of": device.claim})

    assert answer.status_code == 409
    assert f'action="/devices/{device.pk}/choose/"' in answer.content.decode()


def test_a_lost_choice_is_told_once(alice, device):
    client = chosen(logged_in(alice), device)
    lifecycle.release(device, by=alice)

    response = client.get("/today/", follow=True)

    assert response.redirect_chain == [("/devices/", 302)]
    assert toasts(response) == ["The device you had chosen is not yours any more."]
    assert client.get("/today/", follow=True).context["messages"]._loaded_data == []


def test_what_a_script_fetches_leaves_the_word_about_a_lost_choice_for_who_looks(alice, device):
    client = chosen(logged_in(alice), device)
    lifecycle.release(device, by=alice)

    fetched = [
        client.get(path, headers={"Sec-Fetch-Mode": "cors"}, follow=True)
        for path in ("/api/stream/", "/today/", "/today/")
    ]
    seen = client.get("/today/", headers={"Sec-Fetch-Mode": "navigate"}, follow=True)

    assert [answer.status_code for answer in fetched] == [401, 200, 200]
    assert [list(answer.context["messages"]) for answer in fetched[1:]] == [[], []]
    assert toasts(seen) == ["The device you had chosen is not yours any more."]
    assert cleared(seen) == ["device"]


def test_who_releases_the_chosen_device_is_told_so_once(alice, device):
    client = chosen(logged_in(alice), device)

    response = client.post(f"/devices/{device.pk}/remove/", {"name": device.name}, follow=True)

    assert toasts(response) == [f"{device} is not yours any more."]


def test_a_choice_that_was_blocked_is_told_as_such(alice, device):
    client = chosen(logged_in(alice), device)
    make_device(alice)
    lifecycle.block(device)

    response = client.get("/today/", follow=True)

    assert response.redirect_chain == [("/devices/", 302)]
    assert toasts(response) == ["The device you had chosen is blocked."]


def test_finding_the_caller_costs_one_query(alice, device, django_assert_num_queries):
    client = chosen(logged_in(alice), device)
    request = client.get(PAGE).wsgi_request
    del request._device_chosen

    with django_assert_num_queries(1):
        assert selection.read(request).caller.device == device
