"""Sign-up, the verification of an address and a forgotten password, with the mails of each."""

import email
import email.policy
import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import look
from tests.e2e.servers import Server

pytestmark = pytest.mark.browser
PASSWORD = "a lamp beside nine books"
NEW = "nine lamps beside a book"


def mailed(server: Server, address: str) -> str:
    """Send what waits, and return the path of the link in the newest mail to an address."""
    server.manage("send_mails")
    files = (Path(server.environment["PLANNER_LOCAL_DIR"]) / "mails").iterdir()
    texts = [path.read_text() for path in sorted(files, key=lambda path: path.stat().st_mtime_ns)]
    # The back end for files ends each mail of a file with a line of dashes.
    mails = [one for text in texts for one in text.split("\n" + "-" * 79 + "\n") if one.strip()]
    newest = next(one for one in reversed(mails) if f"To: {address}" in one)
    message = email.message_from_string(newest, policy=email.policy.default)
    return re.search(r":8000(/\S+\?link=\S+)", message.get_body(("plain",)).get_content())[1]


def sign_up(page: Page, name: str) -> None:
    page.goto("/signup/")
    page.get_by_label("User name").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url(lambda url: "/signup/" not in url)


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/login/")
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_the_sign_up_over_the_verification_to_a_new_password(open_page, server, scripts):
    page = open_page(width=375, java_script_enabled=scripts)
    name = f"zoe-{secrets.token_hex(4)}"
    address = f"{name}@example.org"
    sign_up(page, name)
    page.goto("/account/")
    expect(page.get_by_text(f"{address} is not verified yet.")).to_be_visible()

    page.goto(mailed(server, address))
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Verified", exact=True)).to_be_visible()

    elsewhere = open_page(java_script_enabled=scripts)
    elsewhere.goto("/login/")
    elsewhere.get_by_role("link", name="Forgot your password?").click()
    elsewhere.get_by_label("E-mail").fill(address)
    elsewhere.get_by_role("button", name="Send the link").click()
    expect(elsewhere.get_by_role("heading", name="Look at your mails")).to_be_visible()
    link = mailed(server, address)
    elsewhere.goto(link)
    elsewhere.get_by_label("New password", exact=True).fill(NEW)
    elsewhere.get_by_label("New password again").fill(NEW)
    elsewhere.get_by_role("button", name="Set password").click()
    expect(elsewhere.get_by_role("heading", name="Your password is set")).to_be_visible()
    log_in(elsewhere, address, NEW)

    page.goto("/account/")
    page.wait_for_url("**/login/**")
    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", name="This link no longer works")).to_be_visible()
    elsewhere.get_by_role("button", name="Send a new link").click()
    expect(elsewhere.get_by_role("heading", name="Look at your mails")).to_be_visible()


def test_the_meter_says_how_strong_a_password_is_and_that_a_name_is_taken(open_page):
    page = open_page(width=320)
    name = f"zoe-{secrets.token_hex(4)}"
    sign_up(page, name)
    other = open_page(width=320)
    other.goto("/signup/")

    other.get_by_label("User name").fill(name.upper())
    expect(other.get_by_text("This user name is taken.")).to_be_visible()
    other.get_by_label("Password", exact=True).fill(f"{name}1")
    expect(other.get_by_text("It has a name or an address that others know.")).to_be_visible()
    look(other, "signup-strength")
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    expect(other.get_by_text("Strong.")).to_be_visible()


def test_of_a_password_the_server_and_the_meter_say_one_thing(open_page):
    page = open_page(width=320)
    page.goto("/signup/")
    page.get_by_label("User name").fill(f"zoe-{secrets.token_hex(4)}")
    for label in ("Password", "Password again"):
        page.get_by_label(label, exact=True).fill("password1234")
    page.get_by_role("button", name="Make my account").click()
    said = page.get_by_text("This password is too common.")
    expect(said).to_have_count(2)

    page.get_by_label("Password", exact=True).fill(PASSWORD)

    expect(page.get_by_text("Strong.")).to_be_visible()
    expect(said).to_have_count(0)


def test_log_ins_are_listed_and_ended(open_page):
    here, there = open_page(width=320), open_page()
    name = f"zoe-{secrets.token_hex(4)}"
    sign_up(here, name)
    log_in(there, name, PASSWORD)

    here.goto("/account/security/")
    expect(here.get_by_role("listitem").filter(has_text="Chrome on Linux")).to_have_count(2)
    expect(here.get_by_text("This one")).to_have_count(1)
    look(here, "security")
    here.get_by_role("button", name="End all others").click()

    expect(here.get_by_text("1 other log-in has ended.")).to_be_visible()
    there.goto("/account/")
    there.wait_for_url("**/login/**")
    for path in ("password", "email", "confirm"):
        here.goto(f"/account/{path}/")
        look(here, f"account-{path}")


def test_the_pages_of_a_forgotten_password_fit_and_can_be_used_by_everybody(open_page):
    page = open_page(width=320)
    for path in ("", "sent/", "new/?link=x", "done/"):
        page.goto(f"/password/reset/{path}")
        look(page, f"reset-{path.partition('/')[0] or 'ask'}")
    for path in ("email/verify", "email/keep", "security/not-me"):
        page.goto(f"/account/{path}/?link=x")
        look(page, path.replace("/", "-"))


def test_a_password_can_be_looked_at_while_it_is_typed(open_page):
    page = open_page(width=375)
    page.goto("/login/")
    expect(page.get_by_label("User name or e-mail")).to_be_focused()

    field = page.get_by_label("Password", exact=True)
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    look(page, "login-shown")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")
