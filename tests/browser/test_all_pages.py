"""Every page of the URL table in Chromium: usable by everybody in both themes, on the narrowest
phone and with text at twice its size; and whatever is typed, no page runs it (matrix I2).
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watch import (
    CONTRAST,
    barriers,
    cut_off,
    picture,
    places,
    small_targets,
    strange,
    watch,
)
from tests.e2e.servers import Server
from tests.payloads import PAYLOADS

pytestmark = pytest.mark.browser
NARROW, TWICE, WIDE = 320, 640, 1280
SECONDS = 30
ERRORS = (400, 403, 404, 413, 429, 500, 502, 503, "403_csrf", "offline")
DESIGN = [("nobody", "/design/"), *(("nobody", f"/design/{name}/") for name in ERRORS)]
# The browser tells of each refusal, which is a page to be looked at all the same.
REFUSED = re.compile("the server responded with a status of 4")
# As a form without scripts sends it.
SEND = """([path, typed]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
  for (const [name, value] of Object.entries(typed)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""
RAN = "window.ran = () => console.error('a payload ran')"


@pytest.fixture(scope="module")
def scene(server: Server) -> dict:
    """Who may look at which addresses of the server, and with which cookies."""
    made = "from tests.pages import tell; tell()"
    return json.loads(server.manage("shell", "--no-imports", "-c", made))


@pytest.fixture
def visit(chromium: Browser, server: Server, scene, faults) -> Iterator[Callable[..., Page]]:
    """The one tab of each who looks at pages: `visit("owner", "/today/")`."""
    with ExitStack() as stack:
        tabs: dict[str, Page] = {}

        def open_one(who: str, path: str, **options: object) -> Page:
            if who not in tabs:
                wanted = {"reduced_motion": "reduce", "service_workers": "block", "has_touch": True}
                context = chromium.new_context(base_url=server.url, **wanted, **options)
                stack.callback(context.close)
                context.set_default_timeout(SECONDS * 1000)
                cookies = scene["cookies"][who].items()
                context.add_cookies(
                    [{"name": name, "value": value, "url": server.url} for name, value in cookies]
                )
                tabs[who] = context.new_page()
                watch(tabs[who], faults)
                tabs[who].add_init_script(RAN)
            tabs[who].goto(path)
            return tabs[who]

        yield open_one
    assert [fault for fault in faults if not REFUSED.search(fault)] == []


def wrong(page: Page, name: str, *, for_fingers: bool) -> list[str]:
    """Return what keeps people from using the page, whatever their theme, screen and text."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.emulate_media(color_scheme="light")
    picture(page, name)
    found = barriers(page) + places(page)
    page.set_viewport_size({"width": NARROW, "height": 800})
    found += cut_off(page) + places(page)
    found += small_targets(page) if for_fingers else []
    page.emulate_media(color_scheme="dark")
    found += barriers(page, CONTRAST)
    picture(page, name)
    page.set_viewport_size({"width": TWICE, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    return found + cut_off(page)


def test_every_page_can_be_used_by_everybody_in_both_themes_on_every_screen(scene, visit):
    found = []
    for who, path in [*scene["pages"], *DESIGN]:
        page = visit(who, path)
        # The admin is Django's own, for staff at a desk.
        name = re.sub(r"\W+", "-", f"{who}{path}").strip("-")
        faults = wrong(page, name, for_fingers=not path.startswith("/admin/"))
        found += [f"{who} {path}: {fault}" for fault in faults]
    for who, path, typed in scene["answers"]:
        page = visit(who, "/account/")
        with page.expect_navigation():
            page.evaluate(SEND, [path, typed])
        name = re.sub(r"\W+", "-", f"{who}{path}sent").strip("-")
        found += [f"{who} {path} sent: {fault}" for fault in wrong(page, name, for_fingers=True)]

    assert found == []


def test_nothing_that_is_typed_runs_on_any_page(scene, visit, server):
    """I2: without the policy, which would keep it from running even where it got into a page."""
    server.manage("shell", "--no-imports", "-c", "from tests.pages import poison; poison()")
    found = []
    for who, path in scene["pages"]:
        if who in ("nobody", "stranger"):
            continue
        page = visit(who, path, bypass_csp=True)
        found += [f"{who} {path}: {one}" for one in strange(page)]

    page = visit("owner", "/tasks/")
    page.get_by_label("Name of a new task").fill(f"{PAYLOADS[0]} tomorrow")
    expect(page.locator("#quick_read")).to_contain_text("Tomorrow")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text(PAYLOADS[0])
    assert found + strange(page) == []
