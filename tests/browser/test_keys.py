"""The keys of one letter, and forms of lists that load no page: who keeps the focus."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import barriers, look

pytestmark = pytest.mark.browser


@pytest.fixture
def page(planned) -> Page:
    """Today of somebody with a plan."""
    return planned()


def focused_row(page: Page):
    return page.locator(".row:has(a:focus)")


def test_a_row_is_ticked_deleted_and_brought_back_by_keys_with_the_focus_kept(page):
    page.goto("/tasks/")
    page.evaluate("document.body.dataset.marked = ''")
    for key in "jjk":
        page.keyboard.press(key)
    row = page.locator(f"#{focused_row(page).get_attribute('id')}")

    page.keyboard.press("Space")
    expect(row.get_by_text("(done)")).to_have_count(1)
    page.keyboard.press("z")
    expect(row.get_by_text("(done)")).to_have_count(0)

    page.keyboard.press("#")
    expect(row).to_have_count(0)
    expect(focused_row(page)).to_have_count(1)
    page.keyboard.press("z")
    expect(row).to_have_count(1)
    expect(page.locator("body[data-marked]")).to_have_count(1)


def test_rows_are_selected_on_the_way_and_let_go_on_the_way_back(page):
    page.goto("/events/")
    selected = page.locator(".row:has([data-select]:checked) .name > span")
    names = page.locator(".row .name > span").all_text_contents()

    page.keyboard.press("j")
    page.keyboard.press("J")
    page.keyboard.press("J")
    expect(selected).to_have_text(names[:3])
    page.keyboard.press("K")

    expect(selected).to_have_text(names[:2])
    expect(page.locator("[data-selected]")).to_have_text("2 selected")
    look(page, "selected-events")


def test_the_keys_are_listed_and_lead_somewhere(page):
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/habits/")


def test_on_a_phone_tab_goes_through_the_header_before_the_tabs_at_the_foot(planned):
    page = planned(width=375)
    at_the_foot = []
    for _stop in range(10):
        page.keyboard.press("Tab")
        at_the_foot.append(page.evaluate("document.activeElement.getBoundingClientRect().y > 400"))

    assert at_the_foot == [False] * 5 + [True] * 5


def test_no_key_is_taken_in_a_field(page):
    page.keyboard.press("q")
    page.keyboard.type("ngt?#z")

    expect(page.locator("main [data-quick]")).to_have_value("ngt?#z")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_keys_of_one_letter_can_be_switched_off(page):
    page.goto("/account/")
    page.get_by_label("Keys of one letter").uncheck()
    page.get_by_role("button", name="Save").click()
    page.wait_for_load_state()
    try:
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_have_count(0)
    finally:
        page.get_by_label("Keys of one letter").check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_load_state()
    expect(page.locator("#keys")).to_have_count(1)


def test_without_a_connection_a_form_is_not_sent_and_keeps_its_text(page):
    page.locator("main [data-quick]").fill("Buy stamps")
    page.evaluate("Object.defineProperty(navigator, 'onLine', {value: false})")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("There is no connection.")
    expect(page.locator("main [data-quick]")).to_have_value("Buy stamps")
