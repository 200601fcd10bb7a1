"""Passkeys and codes as people use them, with the virtual authenticator of Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.factors import App
from tests.browser.watch import look, picture

pytestmark = pytest.mark.browser

PASSWORD = "a lamp beside nine books"
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def visit(open_page, server) -> Callable[..., Page]:
    """Open a browser of somebody who just signed up: `visit("ada", width=375)`.

    At the name of the host, because there are no passkeys at a bare address.
    """

    def open_one(name: str, **options: object) -> Page:
        page = open_page(**options)
        page.goto(f"http://localhost:{server.port}/signup/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password again").fill(PASSWORD)
        page.get_by_role("button", name="Make my account").click()
        page.wait_for_url("**/devices/")
        return page

    return open_one


class Phone:
    """An authenticator of the browser, which says yes by itself unless told not to."""

    def __init__(self, page: Page) -> None:
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("WebAuthn.enable")
        added = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
        self.id = added["authenticatorId"]

    def answers(self, enabled: bool) -> None:
        """Let its person touch it at once, or not at all."""
        told = {"authenticatorId": self.id, "enabled": enabled}
        self.wire.send("WebAuthn.setAutomaticPresenceSimulation", told)


def open_(page: Page, path: str) -> None:
    page.goto(page.url.partition("/")[0] + "//" + page.url.split("/")[2] + path)


def log_out(page: Page) -> None:
    open_(page, "/account/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    open_(page, "/login/")


def give_password(page: Page, name: str) -> None:
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_a_passkey_is_made_logs_in_alone_and_is_a_second_step(visit):
    name = "passkey"
    page = visit(name)
    phone = Phone(page)
    open_(page, "/account/security/")
    look(page, "security-empty")
    page.get_by_role("link", name="Add a passkey").click()
    look(page, "passkey-new")
    page.get_by_label("Name").fill("Phone")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    look(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Phone")).to_be_visible()
    look(page, "security-passkey")

    # The page asks at once, behind its first field, while nobody touches the phone: that question
    # stays open until the button, or the field when one comes back to it, asks another.
    phone.answers(False)
    log_out(page)
    look(page, "login-passkey")
    page.wait_for_load_state("networkidle")
    phone.answers(True)
    page.get_by_role("button", name="Log in with a passkey").click()
    page.wait_for_url("**/devices/")

    phone.answers(False)
    log_out(page)
    page.wait_for_load_state("networkidle")
    phone.answers(True)
    page.get_by_label("Password", exact=True).focus()
    page.get_by_label("User name or e-mail").focus()
    page.wait_for_url("**/devices/")

    phone.answers(False)
    log_out(page)
    give_password(page, name)
    page.wait_for_url("**/login/second/")
    look(page, "second-passkey")
    phone.answers(True)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/devices/")


def test_without_a_passkey_the_browser_says_so_and_other_ways_stay(visit):
    page = visit("keyless")
    log_out(page)
    Phone(page)

    page.get_by_role("button", name="Log in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
    give_password(page, "keyless")
    page.wait_for_url("**/devices/")


def test_an_app_is_set_up_without_scripts_and_its_code_logs_in(visit):
    name = "codes"
    page = visit(name, width=375, java_script_enabled=False)
    open_(page, "/account/security/app/")
    app = App.typed(page.locator("code.typed").inner_text())
    picture(page, "app-new")
    page.get_by_label("Code", exact=True).fill(app.code())
    page.get_by_role("button", name="Set it up").click()
    [code, *_] = page.locator(".codes code").all_inner_texts()

    log_out(page)
    give_password(page, name)
    page.get_by_label("Code", exact=True).fill(app.code(1))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/devices/")

    log_out(page)
    give_password(page, name)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/devices/")
