"""The main job as a person sees it: sign up, claim, add a task, see it ticked by the device."""

import re
import secrets
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from simulator.device import Device
from tests.browser.watch import look, picture
from tests.e2e.servers import Unit

pytestmark = pytest.mark.browser

PASSWORD = "a lamp beside nine books"
WIDTHS = pytest.mark.parametrize("width", [375, 1280], ids=["phone", "desktop"])
DO, UNDO = "Mark “Take out the bins” as done", "Mark “Take out the bins” as to do"


def sign_up(page: Page, see: Callable[[str], None]) -> None:
    page.goto("/signup/")
    see("signup")
    page.get_by_label("User name").fill(f"alice-{secrets.token_hex(4)}")
    page.get_by_label("Full name").fill("Alice Ash")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    # Else the next address takes the place of the form that is on its way.
    expect(page).not_to_have_url(re.compile("/signup/"))


def claim(page: Page, unit: Unit, see: Callable[[str], None]) -> None:
    page.goto("/claim/")
    see("claim")
    page.get_by_role("textbox", name="Serial number").fill(unit.serial)
    page.get_by_role("textbox", name="Code").fill(unit.code.lower())
    page.get_by_role("textbox", name="Name").fill("Kitchen tablet")
    page.get_by_role("button", name="Claim device").click()
    expect(page).not_to_have_url(re.compile("/claim/$"))
    see("claimed")


def add_task(page: Page, see: Callable[[str], None]) -> None:
    page.goto("/tasks/")
    see("no-tasks")
    page.get_by_label("Name of a new task").fill("Take out the bins")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name=DO)).to_be_visible()
    see("tasks")


def tick_on(device: Device) -> None:
    device.sync()
    device.tick(device.plan()["task"][0]["id"])
    device.sync()


def do_the_main_job(page: Page, unit: Unit, device: Device, see: Callable[[str], None]) -> None:
    sign_up(page, see)
    claim(page, unit, see)
    add_task(page, see)
    tick_on(device)
    page.goto("/tasks/")

    expect(page.get_by_role("button", name=UNDO)).to_be_visible()
    see("tasks-done")


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_task_typed_on_the_web_is_ticked_by_the_device(open_page, unit, device_of, width, scheme):
    page = open_page(width=width, color_scheme=scheme)

    do_the_main_job(page, unit, device_of(unit), lambda name: look(page, f"{name}-{scheme}"))


@WIDTHS
def test_the_main_job_needs_no_script(open_page, unit, device_of, width):
    page = open_page(width=width, java_script_enabled=False)

    do_the_main_job(page, unit, device_of(unit), lambda name: picture(page, f"{name}-plain"))
