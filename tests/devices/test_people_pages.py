"""The pages of a device's people, as a browser without scripts sees them."""

import re

import pytest
from django.test import Client

from accounts.models import User
from devices import claims, invitations, members
from devices.models import Claim, Device, Invitation, Membership
from tests.factories import make_user
from tests.logins import logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db


@pytest.fixture
def base(device: Device) -> str:
    return f"/devices/{device.pk}/people/"


@pytest.fixture
def asked(device: Device, unit, bob: User) -> Claim:
    """Bob's request to join alice's device."""
    return claims.claim(bob, serial=unit.serial, code=unit.code, name="Ours", address="")


def words(response) -> str:
    """What a person reads on a page."""
    unread = r"(?s)<(script|style|template|head).*?</\1>|<[^>]+>"
    text = re.sub(unread, " ", response.content.decode())
    return " ".join(text.split())


def place(device: Device, user: User, role: str = "editor") -> Membership:
    return Membership.objects.create(device=device, user=user, role=role)


def test_only_you_says_why_to_share(web, base):
    page = words(web.get(base))

    assert "1 of 10 places" in page
    assert "Only you Share the device" in page


def link_on(page) -> str | None:
    found = re.search(r"/invite/#([\w-]{22})", page.content.decode())
    return found and found[1]


def test_a_link_is_kept_by_its_maker_s_browser_alone(web, base, device):
    made = web.post(f"{base}invite/", {"role": "viewer", "address": ""})

    shown = web.get(made["Location"])
    cookie = made.cookies["invited"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 600)
    assert "no-store" in made["Cache-Control"]
    assert "no-store" in shown["Cache-Control"]
    assert invitations.find(link_on(shown)).device == device
    assert link_on(web.get(base)) is None
    assert "By link viewer · made" in words(web.get(base))


def test_a_link_that_is_looked_at_again_is_the_same_and_one(web, base):
    page = web.post(f"{base}invite/", {"role": "viewer", "address": ""})["Location"]

    assert link_on(web.get(page)) == link_on(web.get(page)) is not None
    assert Invitation.objects.count() == 1


def test_a_link_is_shown_to_nobody_else_and_not_after_its_end(web, base, device, bob):
    page = web.post(f"{base}invite/", {"role": "viewer", "address": ""})["Location"]
    ours = logged_in(bob)
    ours.cookies["invited"] = web.cookies["invited"].value
    other = Device.objects.create(serial="KP-OTHER", name="Other", batch=device.batch)
    place(other, User.objects.get(username="alice"), "owner")
    place(device, bob)

    assert ours.get(page).status_code == 403
    assert link_on(web.get(f"/devices/{other.pk}/people/invited/", follow=True)) is None
    Invitation.objects.all().delete()
    gone = web.get(page, follow=True)
    assert link_on(gone) is None
    assert "The link is shown no more." in words(gone)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"role": "owner"}, "Select a valid choice"),
        ({"role": "viewer", "address": "no address"}, "Enter a valid email address"),
        ({}, "Fill this in"),
        ({"role": "viewer", "address": "a@example.com\0"}, "Null characters are not allowed"),
    ],
)
def test_a_bad_invitation_says_what_is_wrong_and_changes_nothing(web, base, form, said):
    page = web.post(f"{base}invite/", form)

    assert (page.status_code, Invitation.objects.count()) == (200, 0)
    assert said in words(page)


def test_an_invited_person_signs_up_and_joins_without_scripts(device, alice, bob):
    """C9: the secret is in no address."""
    secret = invitations.invite_by_link(device, by=alice, role="editor")[1]
    web = Client()

    taken = web.post("/invite/", {"secret": f"http://testserver/invite/#{secret}"})
    page = web.get("/invite/")

    assert (taken.status_code, taken["Location"]) == (302, "/invite/")
    cookie = taken.cookies["invitation"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 3600)
    assert "Alice Ash shares Kitchen tablet with you" in words(page)
    assert "/login/?next=%2Finvite%2F" in page.content.decode()
    assert secret not in page.content.decode()
    web.cookies.update(logged_in(bob).cookies)
    assert "You are logged in as bob" in words(web.get("/invite/"))
    joined = web.post("/invite/accept/")
    assert joined["Location"] == f"/devices/{device.pk}/"
    assert joined.cookies["invitation"].value == ""
    assert device.memberships.get(user=bob).role == "editor"


@pytest.mark.parametrize(
    ("role", "words"),
    [
        ("editor", "You plan on Kitchen tablet now."),
        ("viewer", "You may look at the plan of Kitchen tablet now."),
    ],
)
def test_who_joins_is_told_what_they_may(device, alice, bob, role, words):
    secret = invitations.invite_by_link(device, by=alice, role=role)[1]
    web = logged_in(bob)
    web.post("/invite/", {"secret": secret})

    joined = web.post("/invite/accept/", follow=True)

    assert toasts(joined) == [words]


def test_a_declined_invitation_is_over(device, alice, bob):
    secret = invitations.invite_by_link(device, by=alice, role="editor")[1]
    web = logged_in(bob)
    web.post("/invite/", {"secret": secret})

    assert web.post("/invite/decline/")["Location"] == "/devices/"
    assert Invitation.objects.count() == 0


def test_one_page_tells_of_every_invitation_that_is_over(device, alice, bob):
    secret = invitations.invite_by_link(device, by=alice, role="editor")[1]
    web = logged_in(bob)
    web.post("/invite/", {"secret": secret})
    Invitation.objects.all().delete()

    page = web.get("/invite/")

    assert page.status_code == 404
    assert "This invitation is over" in words(page)
    assert web.post("/invite/accept/")["Location"] == "/invite/"


def test_who_is_there_already_is_told_so(device, alice):
    secret = invitations.invite_by_link(device, by=alice, role="editor")[1]
    web = logged_in(alice)
    web.post("/invite/", {"secret": secret})

    assert "You have a part in this device already" in words(web.get("/invite/"))


@pytest.mark.parametrize("typed", ["", "x", "é" * 22, "a" * 22 + "\r\nSet-Cookie: a=b", "#" * 5000])
def test_what_is_no_link_is_refused_and_kept_nowhere(db, typed):
    answer = Client().post("/invite/", {"secret": typed})

    assert (answer.status_code, answer.cookies["invitation"].value) == (302, "")


def test_the_owner_sees_a_request_on_both_pages_and_answers(web, base, device, bob, asked):
    for address in (base, f"/devices/{device.pk}/"):
        assert f"Bob Birch asks to join. Their screen shows the number {asked.number}" in words(
            web.get(address)
        )

    web.post(f"{base}requests/{asked.pk}/", {"accept": "1"})

    assert device.memberships.get(user=bob).role == "editor"
    assert "asks to join" not in words(web.get(base))


def test_whoever_asks_waits_and_then_is_in(web, base, device, bob, asked):
    his, page = logged_in(bob), f"/devices/claim/{asked.pk}/"
    waits = words(his.get(page))
    assert "Waiting for a yes" in waits
    assert f"sees this number: {asked.number}" in waits
    assert "The device keeps the name that it has" in waits
    assert "Kitchen tablet" not in waits

    web.post(f"{base}requests/{asked.pk}/", {"accept": "1"})

    assert his.get(page)["Location"] == f"/devices/{device.pk}/"


def test_a_refused_request_says_so(web, base, bob, asked):
    web.post(f"{base}requests/{asked.pk}/", {"accept": "0"})

    assert "Your request was refused" in words(logged_in(bob).get(f"/devices/claim/{asked.pk}/"))


def test_requests_are_switched_off_and_on(web, base, device):
    web.post(f"{base}requests/")
    assert "Nobody can ask to join" in words(web.get(base))

    web.post(f"{base}requests/", {"wanted": "on"})
    assert Device.objects.get(pk=device.pk).takes_requests


def test_a_member_is_changed_and_removed(web, base, device, bob):
    his = place(device, bob)
    web.post(f"{base}{his.pk}/role/", {"role": "viewer"})
    his.refresh_from_db()
    assert his.role == "viewer"

    assert "Remove Bob Birch?" in words(web.get(f"{base}{his.pk}/remove/"))
    web.post(f"{base}{his.pk}/remove/")

    assert not device.memberships.filter(user=bob).exists()


@pytest.mark.parametrize("role", ["owner", "", "x" * 300])
def test_a_role_that_is_none_changes_nothing(web, base, device, bob, role):
    his = place(device, bob)

    assert web.post(f"{base}{his.pk}/role/", {"role": role})["Location"] == base
    his.refresh_from_db()
    assert his.role == "editor"


def test_a_device_is_handed_over_on_the_pages(web, base, device, bob):
    his = place(device, bob)
    web.post(f"{base}{his.pk}/hand-over/")
    assert "is asked to take the device over" in words(web.get(base))
    theirs = logged_in(bob)
    assert "The owner offers you this device" in words(theirs.get(base))
    assert "Alice Ash offers you the device" in words(
        theirs.get(f"/devices/{device.pk}/hand-over/")
    )

    theirs.post(f"/devices/{device.pk}/hand-over/")

    assert dict(device.memberships.values_list("user__username", "role")) == {
        "alice": "editor",
        "bob": "owner",
    }


def test_an_offer_is_declined_on_the_pages(web, base, device, alice, bob):
    members.offer(device, place(device, bob).pk, by=alice)

    logged_in(bob).post(f"/devices/{device.pk}/hand-over/withdraw/")

    assert "is asked to take the device over" not in words(web.get(base))


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_others_see_the_people_and_nothing_of_who_may_come(base, device, alice, bob, asked, role):
    """D5"""
    place(device, make_user("carol", full_name="Carol Cole"), role)
    invitations.invite_by_link(device, by=alice, role="viewer")

    page = words(logged_in(User.objects.get(username="carol")).get(base))

    assert "Alice Ash owner" in page
    assert "Leave device" in page
    for hidden in ("Bob Birch", "Open invitations", "Invite", "Requests to join", "Hand over"):
        assert hidden not in page


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_costs_the_same_for_any_number_of_people(
    web, base, device, alice, count, django_assert_num_queries
):
    for number in range(count):
        place(device, make_user(f"m{number}"))
        if number:
            invitations.invite_by_link(device, by=alice, role="viewer")
    if count == 1:
        invitations.invite_by_link(device, by=alice, role="viewer")

    with django_assert_num_queries(5):
        web.get(base)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_hand_over_that_is_not_offered_says_so_and_hands_nothing_over(device, bob, method):
    place(device, bob)

    answer = getattr(logged_in(bob), method)(f"/devices/{device.pk}/hand-over/", follow=True)

    assert "This device is not offered to you any more." in words(answer)
    assert device.memberships.get(role="owner").user.username == "alice"
