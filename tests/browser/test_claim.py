"""Claiming with a script: a scanned label over a sign-up, a pasted one, and the wait."""

import secrets
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import look, until
from tests.e2e.servers import Unit

pytestmark = pytest.mark.browser
PASSWORD = "a lamp beside nine books"
CLAIM = "Claim device"


@pytest.fixture
def page(open_page) -> Page:
    return open_page(width=375)


def box(page: Page, name: str):
    return page.get_by_role("textbox", name=name)


def sign_up(page: Page) -> None:
    box(page, "User name").fill(f"zoe-{secrets.token_hex(4)}")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    arrive(page, "/claim/")


def arrive(page: Page, path: str) -> None:
    """Wait for a page and everything on it."""
    page.wait_for_url(f"**{path}")
    page.wait_for_load_state("networkidle")


def claim(page: Page, unit: Unit, name: str) -> None:
    page.goto("/claim/", wait_until="networkidle")
    box(page, "Serial number").fill(unit.serial)
    box(page, "Claim code").fill(unit.code)
    box(page, "Name").fill(name)
    page.get_by_role("button", name=CLAIM).click()


def paste(page: Page, text: str) -> None:
    box(page, "Serial number").evaluate(
        """(field, text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", text);
          field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
        }""",
        text,
    )


def test_a_scanned_label_survives_the_sign_up_and_never_leaves_the_browser_unasked(page, unit):
    sent = []
    page.on("request", lambda request: sent.append((request.url, request.all_headers())))

    page.goto(f"/claim/#s={unit.serial}&c={unit.code}")
    expect(page.get_by_text(f"The label is read: {unit.serial}")).to_be_visible()
    expect(page.locator("svg.label")).to_be_hidden()
    look(page, "claim-stranger")
    address = page.url
    page.get_by_role("link", name="Sign up").click()
    sign_up(page)

    expect(box(page, "Serial number")).to_have_value(unit.serial)
    expect(box(page, "Claim code")).to_have_value(unit.code)
    expect(box(page, "Name")).to_be_focused()
    box(page, "Name").fill("Kitchen tablet")
    page.get_by_role("button", name=CLAIM).click()
    expect(page.get_by_role("heading", name="Kitchen tablet")).to_be_visible()
    assert urlsplit(address).fragment == ""
    assert [request for request in sent if unit.code in str(request)] == []
    until(page, "sessionStorage.getItem('claim') === null")


def test_pasted_labels_split_themselves(page, unit):
    page.goto("/signup/?next=/claim/")
    sign_up(page)

    for pasted in (
        f"{unit.serial} {unit.code}",
        f"https://planner.example/claim/#s={unit.serial}&c={unit.code}",
    ):
        page.goto("/claim/", wait_until="networkidle")
        paste(page, pasted)
        expect(box(page, "Serial number")).to_have_value(unit.serial)
        expect(box(page, "Claim code")).to_have_value(unit.code)


def test_the_wait_goes_on_by_itself_when_the_device_says_yes(page, unit, device_of):
    page.goto("/signup/?next=/claim/")
    sign_up(page)
    claim(page, unit, "First")
    page.get_by_role("link", name="Release device").click()
    box(page, "Type the device's name").fill("First")
    page.get_by_role("button", name="Release device").click()
    arrive(page, "/devices/")
    claim(page, unit, "Second")
    expect(page.get_by_role("heading", name="Press Confirm on the tablet")).to_be_visible()
    expect(page.get_by_text("Time left:")).to_be_visible()
    look(page, "claim-waiting")

    device_of(unit).sync()

    expect(page.get_by_role("heading", name="Second")).to_be_visible()
