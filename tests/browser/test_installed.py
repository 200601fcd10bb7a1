"""Without a network the last pages can be read, say how old they are, and are nobody else's."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import barriers, look, picture, until

pytestmark = pytest.mark.browser

WITHOUT_NETWORK = ("net::ERR_INTERNET_DISCONNECTED", "503", "net::ERR_FAILED")

KEPT = """async (count) => {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const pages = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return pages.flat().length === count;
}"""


@pytest.fixture
def page(planned, faults) -> Page:
    """Today and the tasks of somebody with a plan, kept by the browser."""
    page = planned(service_workers="allow", width=375)
    page.evaluate("navigator.serviceWorker.ready")
    for path in ("/tasks/", "/today/"):
        page.goto(path)
    until(page, KEPT, 2)
    yield page
    # A browser writes each request that found no network to its console.
    faults[:] = [fault for fault in faults if not any(word in fault for word in WITHOUT_NETWORK)]


def test_a_kept_page_can_be_read_and_says_how_old_it_is(page):
    page.context.set_offline(True)
    page.goto("/tasks/")

    expect(page.get_by_text("You are offline.")).to_be_visible()
    expect(page.locator("#kept-note time")).not_to_be_empty()
    expect(page.locator(".row").first).to_be_visible()
    picture(page, "kept")
    page.locator(".row [data-tick]").first.click()
    expect(page.locator("#toasts")).to_contain_text("There is no connection.")


def test_a_page_that_loses_its_connection_says_since_when_until_it_is_back(page):
    note = page.get_by_text("You are offline.")
    expect(note).to_be_hidden()

    page.context.set_offline(True)
    expect(note).to_be_visible()
    expect(page.locator("#kept-note time")).to_have_text(re.compile(r"^\d+ \w+ \d{4}, \d\d:\d\d$"))
    assert barriers(page) == []
    page.context.set_offline(False)

    expect(note).to_be_hidden()


def test_a_page_that_was_not_kept_is_explained(page):
    page.context.set_offline(True)
    page.goto("/account/")

    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert barriers(page) == []
    picture(page, "offline")


def test_a_log_out_drops_what_was_kept(page):
    page.goto("/account/")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in")).to_be_visible()

    until(page, KEPT, 0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_errors_help_and_parts_fit_and_can_be_used_by_everybody(open_page, scheme):
    page = open_page(width=375, color_scheme=scheme)
    page.goto("/design/")
    links = page.locator("section:last-of-type a").all()
    errors = [link.get_attribute("href") for link in links]
    assert len(errors) == 10
    for path in ("/design/", *errors, "/help/accessibility/", "/help/privacy/", "/help/keys/"):
        page.goto(path)
        look(page, f"{path.strip('/').replace('/', '-')}-{scheme}")
