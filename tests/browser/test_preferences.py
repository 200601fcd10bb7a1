"""The account page shows what a choice comes to, and keeps it without scripts too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import sign_up
from tests.browser.watch import look

pytestmark = pytest.mark.browser


def account_of_somebody_new(page: Page) -> None:
    sign_up(page, lambda name: None)
    page.wait_for_url("**/devices/")
    page.goto("/account/")


def test_a_choice_is_seen_at_once_and_everywhere_after_it_is_saved(open_page):
    page = open_page(width=375, timezone_id="Asia/Tokyo")
    account_of_somebody_new(page)
    root, now = page.locator("html"), page.locator(".preview output")

    for choice in ("12 hours: 5:05 PM", "October 14, 2026", "Dark", "Large"):
        page.get_by_text(choice, exact=True).click()

    pattern = r"^[A-Z][a-z]{2} [A-Z][a-z]{2} \d{1,2}, \d{1,2}:\d\d [AP]M$"
    expect(now).to_have_text(re.compile(pattern))
    expect(root).to_have_attribute("data-theme", "dark")
    shown = now.inner_text().partition(":")[0]
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toasts")).to_contain_text("Your account is saved.")
    assert now.inner_text().partition(":")[0] == shown
    look(page, "account-dark-large")

    page.goto("/devices/")
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_attribute("data-text", "l")


def test_a_choice_is_kept_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    account_of_somebody_new(page)

    page.get_by_text("2026-10-14", exact=True).click()
    page.get_by_role("button", name="Save").click()

    assert page.locator(".preview output").inner_text()[4:6] == "20"
