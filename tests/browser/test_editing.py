"""Rows that are edited where they stand, forms by keys, and what changed meanwhile."""

import re
import secrets

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_lists import add_lines
from tests.browser.watch import look

pytestmark = pytest.mark.browser
PAGE = re.compile(r"/tasks/[-\w]{36}/")


def edited(page: Page, name: str) -> Locator:
    """Open the editor of a task in its row, and return the row."""
    link = page.get_by_role("link", name=name, exact=True)
    row = page.locator(".row.task", has=link).get_attribute("id")
    link.focus()
    page.keyboard.press("e")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    return page.locator(f"#{row}")


@pytest.fixture
def name() -> str:
    return f"Mend bike {secrets.token_hex(2)}"


@pytest.fixture
def page(planned, name) -> Page:
    """The list with two tasks of this test."""
    page = planned()
    add_lines(page, name, f"Pump tyres {name[-4:]}")
    page.goto(f"/tasks/?q={name[-4:]}")
    return page


def test_a_row_is_edited_in_its_place_by_keys_and_keeps_the_focus(page, name):
    row = edited(page, name)
    page.keyboard.press("Escape")
    expect(page.locator(".editor")).to_have_count(0)
    expect(row.locator("a.name")).to_be_focused()

    edited(page, name)
    page.keyboard.type(" well")
    page.keyboard.press("Escape")
    expect(page.locator("#toasts")).to_contain_text("What you typed is not saved")
    page.locator(".row.task [data-tick]:visible").click()
    expect(page.locator("#toasts")).to_contain_text("is done.")
    expect(page.get_by_label("Name", exact=True)).to_have_value(f"{name} well")
    look(page, "editor")

    page.get_by_label("Name", exact=True).press("Control+Enter")
    expect(row.get_by_role("link", name=f"{name} well")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("is changed.")
    page.keyboard.press("z")
    expect(row.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_an_editor_shows_what_is_wrong_and_what_somebody_else_changed(page, name):
    row = edited(page, name)
    page.get_by_label("Name", exact=True).fill("")
    page.keyboard.press("Enter")
    expect(row.locator(".error")).to_have_text("Give it a name.")

    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("link", name=name, exact=True).click()
    other.wait_for_url(PAGE)
    other.get_by_label("Name", exact=True).fill(f"{name} theirs")
    other.get_by_label("Name", exact=True).press("Control+Enter")
    expect(other.get_by_role("link", name=f"{name} theirs")).to_be_visible()

    page.get_by_label("Name", exact=True).fill(f"{name} mine")
    page.keyboard.press("Enter")
    expect(row.locator(".error")).to_contain_text(f"Now: “{name} theirs”")
    expect(page.get_by_label("Name", exact=True)).to_have_value(f"{name} mine")
    look(page, "clash")
    page.get_by_label("Take this over instead").check()
    page.get_by_role("button", name="Save").click()
    expect(row.get_by_role("link", name=f"{name} theirs")).to_be_visible()


def test_the_page_of_a_form_is_left_by_escape_and_saved_by_control_enter(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(PAGE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Tasks", exact=True)).to_be_visible()

    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url(PAGE)
    page.get_by_label("Description").fill("Oil the chain")
    page.keyboard.press("Escape")
    expect(page.locator("#toasts")).to_contain_text("What you typed is not saved")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Oil the chain")).to_be_visible()


def test_an_event_of_a_week_is_moved_by_keys_and_brought_back(page, name):
    page.goto("/events/new/?day=2030-01-02&start=14:00&next=/calendar/week/2030-01-02/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("End").fill("14:45")
    expect(page.get_by_label("Length in minutes")).to_have_value("45")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/calendar/week/2030-01-02/*")
    event = page.locator(".timetable .event", has_text=name)

    event.focus()
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#toasts")).to_contain_text("14:15")
    page.keyboard.press("Enter")
    expect(page.locator("#t-2030-01-03 .event", has_text=name)).to_contain_text("14:15 – 15:00")
    expect(event).to_be_focused()

    page.keyboard.press("z")
    expect(page.locator("#t-2030-01-02 .event", has_text=name)).to_contain_text("14:00 – 14:45")


def test_what_hangs_beside_a_row_stays_on_the_narrowest_screen_of_a_desktop(planned):
    page = planned(width=960)
    page.goto("/events/")
    page.locator(".row").first.hover()
    pen = page.locator(".row .pen")

    expect(pen).to_be_visible()
    assert pen.evaluate("(one) => one.getBoundingClientRect().right <= innerWidth")
