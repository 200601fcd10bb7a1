"""The grids of the calendar and of habits by keyboard, and the week on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_lists import add_lines
from tests.browser.watch import look, until

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """Return the id of the cell in which the focus is."""
    return page.evaluate("document.activeElement.closest('td')?.id ?? ''")


def test_the_month_is_walked_by_keyboard(planned):
    page = planned()
    page.goto("/calendar/2026/10/")
    expect(page.get_by_role("grid")).to_have_count(1)
    page.locator("#d-2026-10-01 a.date").focus()

    for key, day in (
        ("ArrowRight", "2026-10-02"),
        ("ArrowDown", "2026-10-09"),
        ("Home", "2026-10-05"),
        ("End", "2026-10-11"),
        ("ArrowUp", "2026-10-04"),
        ("ArrowLeft", "2026-10-03"),
    ):
        page.keyboard.press(key)
        assert focused(page) == f"d-{day}"
    assert page.locator(".month a.date[tabindex='0']").count() == 1

    page.keyboard.press("PageDown")
    page.wait_for_url("**/calendar/2026/11/")
    until(page, "document.activeElement.closest('td')?.id === 'd-2026-11-03'")
    page.keyboard.press("Shift+PageUp")
    page.wait_for_url("**/calendar/2025/11/")
    until(page, "document.activeElement.closest('td')?.id === 'd-2025-11-03'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/calendar/2025-11-03/")


def test_a_habit_is_ticked_by_keyboard_and_the_focus_stays(planned):
    page = planned()
    page.goto("/habits/?view=last")
    rows = page.locator("#habits tbody tr")
    first, cell = rows.first.locator("button"), rows.nth(1).locator("button").nth(5)
    before = cell.get_attribute("aria-pressed")
    first.last.focus()

    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(cell).to_be_focused()
    page.keyboard.press("Space")

    expect(cell).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    expect(cell).to_be_focused()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_the_page_of_a_habit_and_the_screen_can_be_used_by_everybody(planned):
    page = planned(width=320)
    page.goto("/habits/")
    page.locator("#habits tbody a.name").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    look(page, "habit")

    page.goto("/devices/")
    page.locator("main h2 a").first.click()
    page.get_by_role("link", name="What its screen shows").click()
    expect(page.get_by_role("region", name="The screen")).to_be_visible()
    look(page, "screen")


def test_where_many_are_at_once_words_keep_room_and_the_rest_is_counted(planned):
    page = planned(width=375)
    add_lines(page, *(f"Grandmother {n}" for n in range(6)), when="2031-03-05 10:00")
    shown = page.locator(".column .task:visible")

    page.goto("/calendar/2031-03-05/")
    expect(shown).to_have_count(2)
    assert all(one.bounding_box()["width"] > 80 for one in shown.all())
    look(page, "crowd")
    page.get_by_role("link", name="+4 more").click()
    expect(page.locator("#tasks")).to_be_in_viewport()

    page.set_viewport_size({"width": 1280, "height": 800})
    expect(shown).to_have_count(6)
    page.goto("/calendar/week/2031-03-05/")
    expect(shown).to_have_count(1)
    page.get_by_role("link", name="+5 more").click()
    page.wait_for_url("**/calendar/2031-03-05/#tasks")
    take_back(page)


def take_back(page: Page) -> None:
    """Undo what was added last: the lists of other tests hold a few rows."""
    page.goto("/history/")
    page.locator("main form[action$='/undo/'] button").first.click()
    expect(page.locator("#toasts")).to_contain_text("Undo")


def sheets(page: Page) -> list[tuple[bytes, bytes]]:
    """Return how wide and high each sheet is on which the page is printed."""
    paper = page.pdf(prefer_css_page_size=True)
    return re.findall(rb"/MediaBox \[0 0 (\d+)[\d.]* (\d+)[\d.]*\]", paper)


def test_a_week_is_printed_on_one_sheet_across(planned):
    page = planned()
    page.goto("/calendar/week/")

    assert sheets(page) == [(b"841", b"594")]


def test_a_week_with_twenty_entries_a_day_is_printed_on_two_sheets_at_most(planned):
    page = planned(color_scheme="dark")
    names = [f"Call the insurance about the claim {n}" for n in range(20)]
    days = [f"2031-04-{day:02}" for day in range(7, 14)]
    add_lines(page, *(f"{name} {day}" for day in days for name in names), when="17:00")

    page.goto("/calendar/week/2031-04-07/")

    assert page.locator(".week-list .task").count() == 140
    assert sheets(page) in ([(b"841", b"594")] * count for count in (1, 2))
    page.emulate_media(media="print")
    ink = "getComputedStyle(document.querySelector('.week-list .at')).color"
    assert page.evaluate(ink) == "rgb(0, 0, 0)"
    page.emulate_media(media="screen")
    take_back(page)
