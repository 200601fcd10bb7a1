"""Quick add, selecting many, and search as people with a browser and scripts use them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import look

pytestmark = pytest.mark.browser


def add_lines(page: Page, *names: str, when: str = "2030-01-02") -> None:
    page.goto("/quick/lines/?next=/tasks/")
    page.get_by_label("One task on each line").fill("\n".join(f"{name} {when}" for name in names))
    page.get_by_role("button", name="Look at them first").click()
    page.get_by_role("button", name=f"Add all {len(names)}").click()


COLOUR = "row => getComputedStyle(row).backgroundColor"


def test_a_line_is_shown_read_while_it_is_typed_and_edited_after_it(planned):
    page = planned(width=375)
    page.goto("/tasks/")

    page.get_by_label("Name of a new task").fill("Polish shoes 2030-01-02 17:00 !3")
    expect(page.locator("#quick_read .part")).to_have_text(["Wed 2 Jan 2030 17:00", "High"])
    look(page, "quick-read")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("#toasts").get_by_role("link", name="Edit").click()

    expect(page.get_by_label("Name", exact=True)).to_have_value("Polish shoes")


def test_the_row_that_was_added_is_lit_and_no_older_one(planned):
    page = planned()
    page.goto("/tasks/")
    first = page.locator(".row.task").first.get_attribute("id")
    page.goto(f"/tasks/#{first}")
    page.reload()
    plain = page.locator(".row.task").nth(1).evaluate(COLOUR)
    lit = page.locator(f"#{first}").evaluate(COLOUR)
    assert lit != plain

    for name in ("Lit one", "Lit two"):
        page.get_by_label("Name of a new task").fill(f"{name} today 23:58")
        page.get_by_role("button", name="Add", exact=True).click()
        row = page.locator(".row.task").filter(has_text=name)
        expect(row).to_have_css("background-color", lit)
        expect(page.locator(f"#{first}")).to_have_css("background-color", plain)
        expect(page.locator("[data-added]")).to_have_count(1)


def test_the_plus_of_a_phone_brings_the_line_to_the_thumb(planned):
    page = planned(width=375)
    page.get_by_role("link", name="New", exact=True).click()

    field = page.get_by_label("Name of a new task")
    expect(field).to_be_focused()
    look(page, "quick-near")
    bottom = field.evaluate("field => field.form.getBoundingClientRect().bottom")
    assert bottom == page.viewport_size["height"]

    field.press("Escape")
    expect(field).not_to_be_focused()
    expect(page.get_by_role("navigation", name="Plan")).to_be_visible()
    field.fill("Buy stamps")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Buy stamps")


def test_lines_that_are_pasted_are_looked_at_first(planned):
    page = planned()
    page.goto("/tasks/")

    page.get_by_label("Name of a new task").focus()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text/plain", "Pasted one\\nPasted two 2030-01-02");
          const paste = { clipboardData: data, bubbles: true, cancelable: true };
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
        }"""
    )

    page.wait_for_url("**/quick/lines/")
    expect(page.locator(".drafted")).to_have_text(["Pasted one", "Pasted two"])
    look(page, "quick-lines")


def test_a_range_of_rows_is_selected_changed_and_brought_back(planned):
    page = planned()
    add_lines(page, "Range one", "Range two", "Range three")
    page.goto("/tasks/?q=Range&sort=name")

    page.get_by_role("checkbox", name="Select “Range one”").click()
    page.get_by_role("checkbox", name="Select “Range two”").click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_have_text("3 selected")
    look(page, "selected")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("3 tasks are deleted.")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".row .name")).to_have_text(["Range one", "Range three", "Range two"])


def test_arrows_walk_through_what_is_found(planned):
    page = planned(width=375)
    add_lines(page, "Arrow one", "Arrow two")
    page.goto("/search/?q=arrow")
    look(page, "search")

    page.get_by_label("Words to search for").press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Arrow two")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Words to search for")).to_be_focused()


def test_a_long_journey_leaves_the_day_as_narrow_as_the_phone(planned):
    page = planned(width=375)
    page.goto("/events/new/?next=/calendar/2027-02-03/")
    page.get_by_label("Name").fill("A journey with a name that is longer than a phone is wide")
    page.get_by_label("All day").check()
    page.get_by_label("Date").fill("2027-02-01")
    page.get_by_label("Last day").fill("2027-02-09")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".bar-of-days")).to_be_visible()
    look(page, "journey")
