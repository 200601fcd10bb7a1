"""An account is closed and kept after all, as people do it."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_main_job import PASSWORD, sign_up
from tests.browser.watch import look

pytestmark = pytest.mark.browser


FORGET = """
from accounts.models import Session
Session.objects.filter(user__username="%s").update(confirmed_at="2026-01-01T00:00Z")
"""


def test_somebody_closes_the_account_and_changes_their_mind(open_page, server):
    page = open_page(width=375)
    sign_up(page, lambda name: None)
    page.wait_for_url("**/devices/")
    page.goto("/account/")
    name = page.get_by_label("User name").input_value()
    page.get_by_role("link", name="Close my account").click()
    look(page, "account-close")

    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("alert")).to_contain_text("Type your user name")
    # Whoever has not proved lately who they are is asked, and need not type anything twice.
    server.manage("shell", "-c", FORGET % name)
    page.get_by_label("Your user name").fill(name)
    page.get_by_role("button", name="Close my account").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_label("Your user name")).to_have_value(name)
    page.get_by_role("button", name="Close my account").click()
    page.wait_for_url("**/login/")

    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/account/close/")
    look(page, "account-closing")
    page.get_by_role("button", name="Keep my account").click()

    expect(page.locator(".toasts")).to_contain_text("Your account stays.")
