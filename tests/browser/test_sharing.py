"""Sharing with a script: a link that was opened, over a sign-up; and a request to join."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_claim import PASSWORD, arrive, box, claim
from tests.browser.watch import look

pytestmark = pytest.mark.browser


def sign_up(page: Page, name: str) -> None:
    box(page, "User name").fill(f"{name}-{secrets.token_hex(4)}")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_load_state("networkidle")


@pytest.fixture
def owner(open_page, unit) -> Page:
    """An owner in front of the people of a device."""
    page = open_page(width=1280)
    page.goto("/signup/?next=/claim/")
    sign_up(page, "olga")
    claim(page, unit, "Kitchen tablet")
    expect(page.get_by_role("heading", name="Kitchen tablet")).to_be_visible()
    page.get_by_role("link", name="Share this device").click()
    page.wait_for_load_state("networkidle")
    return page


def test_a_link_is_opened_by_somebody_new_who_joins(owner, open_page):
    look(owner, "people-alone")
    owner.get_by_role("button", name="Invite").click()
    link = owner.get_by_label("Link", exact=True).input_value()
    look(owner, "invited")
    guest, sent = open_page(width=375), []
    guest.on("request", lambda request: sent.append((request.url, request.headers.get("referer"))))

    guest.goto("/invite/#" + link.partition("#")[2])
    expect(guest.get_by_role("heading", name="You are invited")).to_be_visible()
    look(guest, "invitation-stranger")
    assert link.partition("#")[2] not in guest.url
    guest.get_by_role("link", name="Sign up").click()
    sign_up(guest, "gus")
    look(guest, "invitation")
    guest.get_by_role("button", name="Accept").click()

    expect(guest.get_by_role("heading", name="Kitchen tablet")).to_be_visible()
    assert [one for one in sent if link.partition("#")[2] in str(one)] == []
    owner.get_by_role("link", name="Done").click()
    expect(owner.get_by_text("2 of 10 places")).to_be_visible()
    look(owner, "people")


def test_a_request_to_join_waits_until_the_owner_says_yes(owner, open_page, unit):
    guest = open_page(width=375)
    guest.goto("/signup/?next=/claim/")
    sign_up(guest, "gus")
    arrive(guest, "/claim/")
    claim(guest, unit, "Ours")
    expect(guest.get_by_role("heading", name="Waiting for a yes")).to_be_visible()
    look(guest, "join-waiting")

    owner.reload()
    look(owner, "people-request")
    owner.get_by_role("button", name="Let them in").click()

    expect(guest.get_by_role("heading", name="Kitchen tablet")).to_be_visible()
