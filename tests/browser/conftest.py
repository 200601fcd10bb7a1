"""Chromium for the tests that look at pages as people see them."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.watch import watch
from tests.e2e.conftest import device_of, server, stock, unit
from tests.e2e.servers import Server

__all__ = ["device_of", "server", "stock", "unit"]

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 15
# What is expected of a page may take as long as anything else: the machine has other work.
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, without a window; root may not have its sandbox."""
    path = next(filter(None, map(shutil.which, NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def faults() -> list[str]:
    """What went wrong in the pages of a test; what is expected in it may be taken out."""
    return []


@pytest.fixture
def open_page(chromium: Browser, server, faults) -> Iterator[Callable[..., Page]]:
    """Open a page of the server in a fresh browser: `open_page(width=375)`.

    When the test ends, nothing may have gone wrong in it that only its console tells.
    """
    with ExitStack() as stack:

        def open_one(*, width: int = 1280, **options: object) -> Page:
            # Without motion, so that nothing is looked at half-way.
            size = {"viewport": {"width": width, "height": 800}, "reduced_motion": "reduce"}
            size["service_workers"] = "block"
            context = chromium.new_context(base_url=server.url, **{**size, **options})
            context.set_default_timeout(SECONDS * 1000)
            stack.callback(context.close)
            page = context.new_page()
            watch(page, faults)
            return page

        yield open_one
    assert faults == []


@pytest.fixture(scope="session")
def demo(server: Server) -> dict[str, str]:
    """Somebody with a device and a plan."""
    return json.loads(server.manage("demo"))


@pytest.fixture
def planned(open_page, demo):
    """Open a page of somebody with one device and a plan: `planned(width=375)`."""

    def open_one(**options: object) -> Page:
        page = open_page(**options)
        # As the page of the log-in does it, which has its own tests, but without showing it.
        page.request.get("/login/")
        token = next(one for one in page.context.cookies() if one["name"] == "csrf")["value"]
        typed = {"username": demo["username"], "password": demo["password"]}
        page.request.post("/login/", form=typed | {"csrfmiddlewaretoken": token}, max_redirects=0)
        page.goto("/today/")
        return page

    return open_one
