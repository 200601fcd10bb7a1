"""Settings, replacement, status and release as people see them, narrow and wide, light and dark."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_main_job import claim, sign_up
from tests.browser.watch import cut_off, look

pytestmark = pytest.mark.browser


def nothing(_name: str) -> None:
    """No picture: these pages have their own tests."""


def own_device(page: Page, unit) -> str:
    """Sign up and claim; return the address of the device's page."""
    sign_up(page, nothing)
    claim(page, unit, nothing)
    return page.url


def test_a_name_without_a_blank_fits_a_narrow_phone(open_page, stock):
    page = open_page(width=320)
    old = own_device(page, stock()).rstrip("/").rpartition("/")[2]
    claim(page, stock(), nothing)
    new = page.url
    page.goto(f"{new}settings/")
    page.get_by_label("Name", exact=True).fill("W" * 127)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The device has it")).to_be_visible()

    wide = []
    for path in ("settings/", "remove/", f"replace/?source=device-{old}"):
        page.goto(new + path)
        wide += [line for line in cut_off(page) if "the page" in line]
    assert wide == []


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_a_person_sets_a_device_up_and_replaces_it(open_page, stock, device_of, width, scheme):
    page = open_page(width=width, color_scheme=scheme)
    first, second = stock(), stock()
    old = own_device(page, first)
    tablet = device_of(first)
    tablet.sync()
    tablet.add_task("Take out the bins")
    tablet.sync()

    page.goto(f"{old}settings/")
    page.get_by_role("radio", name="12 hours").check()
    page.get_by_role("radio", name="2026-10-14").check()
    page.get_by_label("Show seconds").check()
    shown = page.locator("[data-preview]")
    expect(shown).to_contain_text("M")
    look(page, f"device-settings-{scheme}")
    preview = shown.inner_text()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. The device has it after its next sync.")).to_be_visible()
    page.goto(f"{old}settings/")
    assert shown.inner_text()[:14] == preview[:14]
    look(page, f"device-{scheme}")
    page.goto(f"{old}sync/")
    look(page, f"device-syncs-{scheme}")

    claim(page, second, nothing)
    new = page.url
    page.goto(f"{new}replace/")
    look(page, f"replace-choice-{scheme}")
    page.get_by_text(first.serial).click()
    page.get_by_role("button", name="Look at what comes").click()
    look(page, f"replace-{scheme}")
    page.get_by_role("button", name="Bring it to Kitchen tablet").click()
    expect(page.get_by_text("has it after its next sync")).to_be_visible()
    spare = device_of(second)
    spare.sync()
    assert [task["name"] for task in spare.plan()["task"]] == ["Take out the bins"]

    page.goto(f"{old}remove/")
    look(page, f"release-{scheme}")


def test_a_line_typed_for_one_device_never_reaches_another(open_page, stock, faults):
    page = open_page(width=375)
    own_device(page, stock())
    claim(page, stock(), nothing)
    page.goto("/tasks/")
    line = page.get_by_role("textbox", name="Name of a new task")
    window = page.context.new_page()
    window.goto("/devices/")
    window.get_by_role("button", name="Choose").click()

    line.fill("Wrap the present")
    line.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("Another device is chosen by now")
    expect(line).to_have_value("Wrap the present")
    window.goto("/tasks/")
    expect(window.get_by_text("No tasks.")).to_be_visible()
    page.goto("/tasks/new/")
    page.get_by_role("textbox", name="Name").fill("Wrap the present")
    window.goto("/devices/")
    window.get_by_role("button", name="Choose").click()
    page.get_by_role("button", name="Add").click()
    look(page, "another-device")
    page.get_by_role("button", name="Plan on Kitchen tablet again").click()
    expect(page).to_have_url("/today/")
    # Refusals are written to the console.
    assert all("409" in fault for fault in faults)
    faults.clear()


def test_an_impatient_second_press_sends_a_form_once(open_page, unit):
    page = open_page()
    people = f"{own_device(page, unit)}people/"
    page.goto(people)
    held = []
    page.route("**/people/invite/", lambda route: held.append(route))
    box = page.get_by_role("button", name="Invite").bounding_box()

    for _press in range(2):
        page.mouse.click(box["x"] + 9, box["y"] + 9)
        while not held:
            page.wait_for_timeout(20)
    held[0].continue_()

    expect(page.get_by_role("heading", name="Send this link")).to_be_visible()
    page.goto(people)
    expect(page.get_by_text("By link")).to_have_count(1)
    assert len(held) == 1


def test_the_button_that_prints_outlives_news(planned):
    page = planned()
    page.goto("/calendar/week/")
    button = page.get_by_role("button", name="Print")
    expect(button).to_be_visible()

    # As the server made it: without JavaScript nothing could print.
    page.evaluate("document.querySelector('[data-print]').hidden = true")
    page.evaluate("document.dispatchEvent(new CustomEvent('planner:fresh'))")

    expect(button).to_be_visible()
