"""A page follows what is changed elsewhere, and takes nothing from the hands of who works in it."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from simulator.device import Device
from tests.browser.test_main_job import add_task, claim, sign_up
from tests.e2e.servers import LiveServer, Server, Shelf

pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server for those who wait, which serves the pages too, on SQLite."""
    server = LiveServer("", tmp_path_factory.mktemp("live"))
    server.manage("migrate", "--verbosity", "0")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def stock(server: Server) -> Shelf:
    """Its own shelf: that of the other tests belongs to another server."""
    return Shelf(server)


@pytest.fixture
def page(open_page, unit) -> Page:
    """The tasks of somebody who has just claimed a device."""
    page = open_page()
    sign_up(page, see=str)
    claim(page, unit, see=str)
    add_task(page, see=str)
    return page


@pytest.fixture
def device(page, unit, device_of) -> Device:
    device = device_of(unit)
    device.sync()
    return device


def add_on(device: Device) -> str:
    name = f"Letters {secrets.token_hex(2)}"
    device.add_task(name)
    device.sync()
    return name


def test_a_page_that_nobody_works_in_shows_what_a_device_adds(page, device):
    page.goto("/tasks/")
    name = add_on(device)

    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_what_changed_while_the_page_was_made_is_not_missed(page, device):
    page.route("**/api/stream/", lambda route: (add_on(device), route.continue_()))
    page.goto("/tasks/")

    expect(page.get_by_role("link", name="Letters").first).to_be_visible()


def test_who_types_is_only_told_and_may_load_the_page_anew(page, device):
    page.goto("/tasks/")
    page.get_by_label("Name of a new task").fill("Pla")
    name = add_on(device)
    told = page.locator("#toasts")

    expect(told).to_contain_text("This page has changed.")
    expect(page.get_by_label("Name of a new task")).to_have_value("Pla")
    expect(page.get_by_role("link", name=name)).to_be_hidden()
    told.get_by_role("link", name="Reload").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_where_no_news_get_through_the_page_looks_by_itself(page, device):
    page.route("**/api/stream/", lambda route: route.fulfill(status=204))
    page.clock.install()
    page.goto("/tasks/")
    name = add_on(device)

    page.clock.fast_forward("01:30")

    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_whose_device_is_lost_meanwhile_is_led_to_the_devices_and_told_why(page, device, faults):
    page.route("**/api/stream/", lambda route: (device.reset(), route.continue_()))
    page.clock.install()
    with page.expect_response("**/api/stream/") as refused:
        page.goto("/tasks/")
    assert refused.value.status == 401

    page.clock.fast_forward("00:10")

    expect(page.get_by_role("heading", name="Devices")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text("The device you had chosen is not yours")
    # The console tells of the refusal.
    faults.clear()
