"""What people typed outlives a log-in that has run out while they typed it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


@pytest.fixture
def page(planned) -> Page:
    return planned()


def run_out(page: Page) -> None:
    for name in ("access", "refresh"):
        page.context.clear_cookies(name=name)


def log_in_again(page: Page, demo: dict[str, str]) -> None:
    page.wait_for_url("**/login/**", wait_until="commit")
    page.get_by_label("User name or e-mail").fill(demo["username"])
    page.get_by_label("Password", exact=True).fill(demo["password"])
    page.get_by_role("button", name="Log in", exact=True).click()


def test_a_form_is_as_it_was_typed_after_the_log_in(page, demo):
    page.goto("/tasks/new/")
    page.get_by_label("Name", exact=True).fill("Water the ferns")
    page.get_by_label("Description").fill("All of them")
    run_out(page)

    page.get_by_role("button", name="Add", exact=True).click()
    log_in_again(page, demo)

    page.wait_for_url("**/tasks/new/")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Water the ferns")
    expect(page.get_by_label("Description")).to_have_value("All of them")
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_a_form_is_as_it_was_typed_after_a_log_in_faster_than_its_script(page, demo):
    page.goto("/tasks/new/")
    page.get_by_label("Name", exact=True).fill("Water the moss")
    run_out(page)
    page.route("**/kept*.js", lambda route: None, times=1)

    page.get_by_role("button", name="Add", exact=True).click()
    log_in_again(page, demo)

    page.wait_for_url("**/tasks/new/")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Water the moss")


def test_a_line_of_quick_add_is_back_on_its_page_after_the_log_in(page, demo):
    page.goto("/tasks/?sort=name")
    page.get_by_label("Name of a new task").fill("Polish the brass")
    run_out(page)

    page.get_by_role("button", name="Add", exact=True).click()
    log_in_again(page, demo)

    page.wait_for_url("**/tasks/?sort=name")
    expect(page.get_by_label("Name of a new task")).to_have_value("Polish the brass")
    expect(page.locator("#toasts")).to_contain_text("is here again. It is not saved yet.")


def test_what_was_saved_is_not_typed_again(page):
    page.goto("/tasks/new/")
    page.get_by_label("Name", exact=True).fill("Water the palm")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("“Water the palm” is added")

    page.goto("/tasks/new/")

    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_what_was_typed_in_a_row_is_in_its_form_after_the_log_in(page, demo):
    page.goto("/tasks/")
    link = page.locator(".row.task a.name").first
    name = link.locator("xpath=*[1]").inner_text()
    link.focus()
    page.keyboard.press("e")
    page.get_by_label("Description").fill("Ask for the blue one")
    run_out(page)

    page.get_by_label("Description").press("Control+Enter")
    log_in_again(page, demo)

    expect(page.get_by_role("heading", name="Task")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    expect(page.get_by_label("Description")).to_have_value("Ask for the blue one")


def test_what_somebody_else_changed_during_the_log_in_is_not_undone(page, demo):
    page.goto("/tasks/")
    page.locator(".row.task a.name").first.click()
    page.get_by_label("Description").fill("Ask for the red one")
    elsewhere = page.context.new_page()
    elsewhere.goto(page.url)
    name = elsewhere.get_by_label("Name", exact=True)
    renamed = f"{name.input_value()} soon"
    name.fill(renamed)
    elsewhere.get_by_role("button", name="Save", exact=True).click()
    expect(elsewhere.locator("#toasts")).to_contain_text("is changed")
    elsewhere.close()
    run_out(page)

    page.get_by_role("button", name="Save", exact=True).click()
    log_in_again(page, demo)
    expect(page.get_by_label("Description")).to_have_value("Ask for the red one")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator("#toasts")).to_contain_text("is changed")
    expect(page.locator(".row.task", has_text=renamed)).to_be_visible()
