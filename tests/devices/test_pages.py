"""The device pages: the list, the claim, the wait, one device, its release; all without script."""

import re

import pytest
from time_machine import travel

from accounts.models import User
from devices import claims, lifecycle
from devices.inventory import Unit
from devices.models import Claim, Device, Membership
from tests.factories import NOON, make_device, make_unit
from tests.logins import logged_in
from tests.shown import text, toasts

pytestmark = pytest.mark.django_db


@pytest.fixture
def pending(alice: User) -> Claim:
    """Alice's claim of a unit that asks on its screen first."""
    unit = make_unit(confirm_on_device=True)
    label = {"serial": unit.serial, "code": unit.code, "name": "Desk"}
    return claims.claim(alice, **label, address="192.0.2.1")


def typed(unit: Unit, **changed: str) -> dict[str, str]:
    return {"serial": unit.serial, "code": unit.code, "name": "Desk"} | changed


# --- The list ------------------------------------------------------------------------------


def test_a_person_without_a_device_is_told_what_to_do(web):
    page = text(web.get("/devices/"))

    assert "No tablet yet" in page
    assert page.count("Claim device") == 1


def test_the_list_shows_each_device_and_which_one_is_chosen(web, alice, bob, device):
    shared = make_device(bob, name="Bob's")
    Membership.objects.create(device=shared, user=alice, role="viewer")
    make_device(bob, name="Hidden")
    web.post(f"/devices/{device.pk}/choose/")

    page = text(web.get("/devices/"))

    assert f"Bob's Never synced · {shared.serial} You may look Choose Bob's" in page
    assert f"Kitchen tablet Never synced · {device.serial} Chosen" in page
    assert "Hidden" not in page


def test_the_list_names_a_claim_that_waits(web, pending):
    assert "Desk waits for a yes. Show the number" in text(web.get("/devices/"))


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_costs_the_same_for_any_number(web, alice, count, django_assert_num_queries):
    for _ in range(count):
        make_device(alice)

    with django_assert_num_queries(8):
        web.get("/devices/")


# --- Claiming ------------------------------------------------------------------------------


def test_the_claim_of_ones_own_device_leads_to_it(web, device, unit):
    page = web.post("/claim/", typed(unit))

    assert "This device is already yours." in text(page)
    assert f'<a href="/devices/{device.pk}/">Go to Kitchen tablet</a>' in page.content.decode()


def test_a_stranger_sees_how_to_go_on_and_no_form(client):
    response = client.get("/claim/")

    assert response.status_code == 200
    assert b'href="/signup/?next=%2Fclaim%2F"' in response.content
    assert b'href="/login/?next=%2Fclaim%2F"' in response.content
    assert b"<form" not in response.content


def test_a_stranger_who_sends_the_form_logs_in_first(client, unit):
    response = client.post("/claim/", typed(unit))

    assert (response.status_code, response.url) == (302, "/login/?next=/claim/")
    assert Device.objects.get().state == "in_stock"


def test_a_claim_makes_the_device_the_chosen_one(web, unit):
    response = web.post("/claim/", typed(unit), follow=True)

    device = Device.objects.get()
    assert response.redirect_chain == [(f"/devices/{device.pk}/", 302)]
    assert toasts(response) == ["Desk is yours."]
    assert response.wsgi_request.caller.device == device


def test_a_claim_that_waits_leads_to_the_number(web):
    unit = make_unit(confirm_on_device=True)

    response = web.post("/claim/", typed(unit), follow=True)

    claim = Claim.objects.get()
    assert response.redirect_chain == [(f"/devices/claim/{claim.pk}/", 302)]
    assert f"shows this number: {claim.number} " in text(response)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"serial": ""}, "serial", "Fill this in."),
        ({"serial": "SC-1"}, "serial", "Check the serial number: it is mistyped."),
        ({"code": "BCDF"}, "code", "Check the code: it is mistyped."),
        ({"code": "x" * 101}, "code", "Ensure this value has at most 100 characters (it has 101)."),
        ({"name": " "}, "name", "Fill this in."),
        (
            {"name": "é" * 64},
            "name",
            "This is 1 byte too long; the device holds 127. Letters like ä count as two bytes, "
            "emoji as four.",
        ),
        ({"name": "a\0"}, "name", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    web, unit, changes, field, message
):
    response = web.post("/claim/", typed(unit, **changes))

    form = response.context["form"]
    assert (response.status_code, form.errors[field]) == (200, [message])
    assert form["name"].value() == typed(unit, **changes)["name"]
    assert Device.objects.get().state == "in_stock"


def test_a_wrong_code_is_said_at_the_top(web, unit):
    response = web.post("/claim/", typed(unit, code=make_unit().code))

    assert response.context["form"].non_field_errors() == [
        "This serial number and code cannot be claimed. Compare them with the label."
    ]


def test_too_many_tries_are_said_with_the_time_to_wait(alice, unit):
    wrong = typed(unit, code=make_unit().code)
    with travel(NOON, tick=False):
        web = logged_in(alice)
        for _ in range(5):
            web.post("/claim/", wrong)
        response = web.post("/claim/", wrong)

    assert response.context["form"].non_field_errors() == [
        "Too many tries. Try again in 12 minutes."
    ]
    assert (response.status_code, response["Retry-After"]) == (429, "720")


# --- Waiting -------------------------------------------------------------------------------


def test_the_wait_goes_on_to_the_device_once_it_said_yes(web, pending):
    path = f"/devices/claim/{pending.pk}/"
    claims.answer(pending.device, accept=True)

    response = web.get(path)

    assert (response.status_code, response.url) == (302, f"/devices/{pending.device.pk}/")


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("refused", "The tablet said no"),
        ("cancelled", "This claim has ended"),
        ("expired", "The time is over"),
    ],
)
def test_the_wait_tells_how_it_ended(web, pending, state, title):
    Claim.objects.filter(pk=pending.pk).update(state=state)

    page = text(web.get(f"/devices/claim/{pending.pk}/"))

    assert page.startswith(title)
    assert "Start again" in page


def test_the_wait_ends_by_the_clock(web, pending):
    Claim.objects.filter(pk=pending.pk).update(expires_at=NOON)

    assert text(web.get(f"/devices/claim/{pending.pk}/")).startswith("The time is over")


def test_a_wait_can_be_cancelled_once(web, pending):
    path = f"/devices/claim/{pending.pk}/cancel/"

    first, second = web.post(path), web.post(path)

    assert (first.url, second.url) == ("/devices/", f"/devices/claim/{pending.pk}/")
    assert Claim.objects.get().state == "cancelled"


# --- One device ----------------------------------------------------------------------------


def test_the_page_of_a_device_shows_what_is_known_of_it(web, device, bob):
    Membership.objects.create(device=device, user=bob, role="viewer")

    page = text(web.get(f"/devices/{device.pk}/"))

    assert f"Serial number {device.serial}" in page
    assert "Time zone UTC" in page
    assert "People Alice Ash owner Bob Birch viewer" in page


def test_a_name_is_text_and_never_markup(web, device):
    lifecycle.rename(device, "<script>alert(1)</script>", by=device.memberships.get().user)

    for path in ("/devices/", f"/devices/{device.pk}/", f"/devices/{device.pk}/remove/"):
        assert b"<script>alert" not in web.get(path).content


def test_choosing_leads_to_the_day(web, device):
    response = web.post(f"/devices/{device.pk}/choose/")

    assert (response.status_code, response.url) == (302, "/today/")


def test_a_blocked_device_says_so_and_cannot_be_chosen(web, device):
    lifecycle.block(device)

    page = web.get(f"/devices/{device.pk}/")
    response = web.post(f"/devices/{device.pk}/choose/", follow=True)

    assert "blocked and cannot sync" in text(page)
    assert b"/choose/" not in page.content
    assert toasts(response) == ["This device is blocked."]
    assert not response.wsgi_request.caller


# --- Release -------------------------------------------------------------------------------


def test_the_owner_types_the_name_to_release(web, device):
    path = f"/devices/{device.pk}/remove/"

    page = web.get(path)
    wrong = web.post(path, {"name": "kitchen"})
    still = Device.objects.get().state
    right = web.post(path, {"name": " kitchen  Tablet"}, follow=True)

    assert device.serial in text(page)
    assert wrong.context["form"].errors["name"] == ["This is not the device's name."]
    assert still == "claimed"
    assert right.redirect_chain == [("/devices/", 302)]
    assert toasts(right) == ["Kitchen tablet is not yours any more."]
    assert Device.objects.get().state == "in_stock"


def test_others_leave_with_one_press(bob, device):
    Membership.objects.create(device=device, user=bob, role="editor")
    web = logged_in(bob)

    page = web.get(f"/devices/{device.pk}/remove/")
    web.post(f"/devices/{device.pk}/remove/", {})

    assert text(page).startswith("Leave Kitchen tablet?")
    assert [m.role for m in device.memberships.all()] == ["owner"]


# --- Whose pages these are -----------------------------------------------------------------

GETS = ["/devices/{0}/", "/devices/{0}/settings/", "/devices/{0}/remove/", "/devices/claim/{1}/"]
POSTS = [
    "/devices/{0}/settings/",
    "/devices/{0}/choose/",
    "/devices/{0}/remove/",
    "/devices/claim/{1}/cancel/",
]


@pytest.mark.parametrize(
    ("method", "path"), [("get", path) for path in GETS] + [("post", path) for path in POSTS]
)
def test_the_pages_of_somebody_else_are_not_there(stranger, device, pending, method, path):
    body = {"name": "Kitchen tablet"} if method == "post" else {}

    response = getattr(logged_in(stranger), method)(path.format(device.pk, pending.pk), body)

    assert response.status_code == 404
    assert (Device.objects.get(pk=device.pk).name, Claim.objects.get(pk=pending.pk).state) == (
        "Kitchen tablet",
        "pending",
    )


@pytest.mark.parametrize("path", ["/devices/", *GETS])
def test_without_a_log_in_every_page_leads_to_it(client, device, pending, path):
    response = client.get(path.format(device.pk, pending.pk))

    assert response.status_code == 302
    assert response.url.startswith("/login/?next=/devices/")


@pytest.mark.parametrize("path", POSTS)
def test_what_changes_something_is_a_post_with_a_csrf_token(alice, web, device, pending, path):
    address = path.format(device.pk, pending.pk)

    if "remove" not in address and "settings" not in address:
        assert web.get(address).status_code == 405
    assert logged_in(alice, csrf=True).post(address, {"name": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["/devices/", "/claim/", *GETS])
def test_no_page_has_inline_style_or_script(web, device, pending, path):
    page = web.get(path.format(device.pk, pending.pk)).content.decode()

    assert re.findall(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=", page) == []
