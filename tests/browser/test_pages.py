"""Pages as people work on them: without scripts, with wrong forms."""

import pytest
from playwright.sync_api import expect

from tests.browser.watch import barriers, look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/tasks/new/", "/events/new/", "/habits/new/"])
def test_errors_are_told_and_the_first_has_the_focus(planned, path):
    page = planned(width=375)
    page.goto(path)

    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("Give it a name.")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    look(page, f"errors{path.replace('/', '-')}")


@pytest.mark.parametrize("width", [375, 1280])
def test_an_event_is_made_changed_deleted_and_brought_back_without_scripts(planned, width):
    page, name = planned(width=width, java_script_enabled=False), f"Quartet {width}"
    page.goto("/events/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.locator(".row", has_text=name)
    expect(row).to_be_visible()

    row.get_by_role("link").click()
    page.get_by_label("Length in minutes").fill("30")
    page.get_by_role("button", name="Save").click()
    page.locator(".row", has_text=name).get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text(f"“{name}” is deleted.")

    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text(f"“{name}” is back.")


def test_a_habit_is_ticked_in_the_grid(planned):
    page = planned(width=375)
    page.goto("/habits/?view=last")
    cell = page.locator(".grid tbody tr").first.locator("button").last
    before = cell.get_attribute("aria-pressed")

    cell.click()

    cell = page.locator(".grid tbody tr").first.locator("button").last
    expect(cell).to_have_attribute("aria-pressed", "false" if before == "true" else "true")


def test_a_toast_goes_away_when_it_is_dismissed(planned):
    page = planned()
    page.goto("/tasks/")
    page.get_by_label("Name of a new task").fill("Buy stamps")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("“Buy stamps” is added: no date.")
    assert barriers(page) == []

    page.get_by_role("button", name="Dismiss").click()

    expect(page.locator("#toasts")).to_be_empty()


def test_the_bytes_of_a_name_are_counted_down(planned):
    page = planned()
    page.goto("/tasks/new/")

    page.get_by_label("Name", exact=True).fill("ä" * 64)

    expect(page.locator(".counter.is-over")).to_have_text("-1")
