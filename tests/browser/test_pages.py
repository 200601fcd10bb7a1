"""Every page as people see it: narrow and wide, light and dark, by keyboard, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.watch import barriers, look

pytestmark = pytest.mark.browser

OPEN = ("/", "/login/", "/signup/", "/claim/", "/problems/claim-failed")
OWN = (
    "/today/",
    "/tasks/",
    "/tasks/new/",
    "/events/",
    "/events/new/",
    "/habits/",
    "/habits/new/",
    "/habits/?view=last",
    "/calendar/",
    "/calendar/2026-10-14/",
    "/calendar/week/",
    "/calendar/agenda/",
    "/history/",
    "/history/moment/?revision=0",
    "/deleted/",
    "/devices/",
    "/claim/",
    "/account/",
    "/account/data/",
    "/account/close/",
    "/account/security/app/",
    "/account/tokens/",
    "/account/tokens/new/",
)
LISTS = ("/today/", "/tasks/", "/events/", "/habits/", "/calendar/")


def name_of(path: str, scheme: str) -> str:
    return f"{path.strip('/').replace('/', '-').replace('?', '-') or 'welcome'}-{scheme}"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_can_be_used_by_everybody(planned, open_page, width, scheme):
    options = {"width": width, "color_scheme": scheme, "reduced_motion": "reduce"}
    for page, paths in ((open_page(**options), OPEN), (planned(**options), OWN)):
        for path in paths:
            page.goto(path)
            expect(page.locator("h1")).to_have_count(1)
            look(page, name_of(path, scheme))


@pytest.mark.parametrize("path", ["/tasks/new/", "/events/new/", "/habits/new/"])
def test_errors_are_told_and_the_first_has_the_focus(planned, path):
    page = planned(width=375)
    page.goto(path)

    page.get_by_role("button", name="Add", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text("Give it a name.")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    look(page, name_of(path, "errors"))


@pytest.mark.parametrize("path", LISTS)
def test_text_at_twice_its_size_fits(planned, path):
    page = planned(width=640)
    page.goto(path)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_day_is_planned_by_keyboard_alone(planned):
    page = planned()
    page.goto("/today/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "name":
        page.keyboard.press("Tab")
    page.keyboard.type("Buy stamps")
    page.keyboard.press("Enter")

    page.wait_for_url("**/today/#e-*")
    page.get_by_role("button", name="Mark “Buy stamps” as done").press("Space")
    expect(page.get_by_role("button", name="Mark “Buy stamps” as to do")).to_be_visible()

    page.get_by_role("button", name="Delete “Buy stamps”").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("“Buy stamps” is deleted.")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("button", name="Mark “Buy stamps” as to do")).to_be_visible()


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
