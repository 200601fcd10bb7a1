"""A person's whole day without a mouse, from the log-in to the log-out, also without scripts."""

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser
FARTHEST = 600
HAS_FOCUS = "(one) => one === document.activeElement"
PRINTED = "window.print = () => { document.documentElement.dataset.printed = ''; }"


def reach(target: Locator) -> None:
    """Go on by the tab key until something has the focus, as people do who have no mouse."""
    # Before the styles have come, hidden twins of a link are there too.
    target.page.wait_for_load_state()
    expect(target).to_be_visible()
    for _step in range(FARTHEST):
        if target.evaluate(HAS_FOCUS):
            return
        target.page.keyboard.press("Tab")
    pytest.fail(f"{target} is not reached")


def press(target: Locator) -> None:
    reach(target)
    target.page.keyboard.press("Enter")


def type_into(target: Locator, text: str) -> None:
    reach(target)
    target.page.keyboard.press("ControlOrMeta+a")
    target.page.keyboard.type(text)


def go(page: Page, place: str) -> None:
    press(page.get_by_role("navigation", name="Plan").get_by_role("link", name=place))
    expect(page.get_by_role("heading", level=1)).to_have_text(place)


def told(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


def log_in(page: Page, demo: dict[str, str]) -> None:
    page.goto("/login/")
    type_into(page.get_by_label("User name"), demo["username"])
    type_into(page.get_by_label("Password", exact=True), demo["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/today/")


def add_tick_and_edit(page: Page, name: str) -> None:
    press(page.get_by_role("link", name="Skip to content"))
    type_into(page.locator("main [data-quick]"), f"{name} today 23:00")
    page.keyboard.press("Enter")
    told(page, f"“{name}” is added")
    press(page.get_by_role("button", name=f"Mark “{name}” as done"))
    expect(page.get_by_role("button", name=f"Mark “{name}” as to do")).to_be_visible()
    press(page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("button", name=f"Mark “{name}” as done")).to_be_visible()

    go(page, "Tasks")
    press(page.get_by_role("link", name=name, exact=True))
    type_into(page.get_by_label("Name", exact=True), f"{name} twice")
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("link", name=f"{name} twice")).to_be_visible()


def move_in_the_calendar(page: Page, name: str) -> None:
    go(page, "Events")
    press(page.get_by_role("link", name="New event").first)
    type_into(page.get_by_label("Name", exact=True), name)
    press(page.get_by_role("button", name="Add", exact=True))
    told(page, f"“{name}” is added")

    press(page.get_by_role("navigation", name="Plan").get_by_role("link", name="Calendar"))
    press(page.get_by_role("navigation", name="View").get_by_role("link", name="Agenda"))
    press(page.get_by_role("link", name=name).first)
    type_into(page.get_by_label("Length in minutes"), "30")
    press(page.get_by_role("button", name="Save"))
    told(page, "Undo")


def skip_a_habit(page: Page) -> None:
    go(page, "Habits")
    press(page.locator("#habits tbody a.name").first)
    press(page.get_by_role("button", name="Skip these days"))
    told(page, "skipped")


def search(page: Page, name: str) -> None:
    go(page, "Search")
    type_into(page.get_by_role("searchbox"), name)
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_role("link", name=f"{name} twice")).to_be_visible()


def print_the_week(page: Page, *, scripts: bool) -> None:
    press(page.get_by_role("navigation", name="Plan").get_by_role("link", name="Calendar"))
    press(page.get_by_role("navigation", name="View").get_by_role("link", name="Week"))
    button = page.get_by_role("button", name="Print")
    expect(button).to_have_count(int(scripts))
    if scripts:
        press(button)
        expect(page.locator("html[data-printed]")).to_have_count(1)


def log_out(page: Page) -> None:
    press(page.get_by_role("link", name="Account:"))
    press(page.get_by_role("button", name="Log out"))
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_whole_day_needs_no_mouse_and_no_script(open_page, demo, scripts):
    page = open_page(java_script_enabled=scripts)
    page.add_init_script(PRINTED)
    name = "Polish boots" if scripts else "Mend gloves"

    log_in(page, demo)
    add_tick_and_edit(page, name)
    move_in_the_calendar(page, f"{name} with Ines")
    skip_a_habit(page)
    search(page, name)
    print_the_week(page, scripts=scripts)
    log_out(page)
