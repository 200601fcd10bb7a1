"""What goes wrong in a page without being seen, and what must hold for every page."""

import os
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = Path(os.environ.get("SCREENSHOTS", Path(__file__).parents[2] / "screenshots"))
LONGEST = 15
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def watch(page: Page, faults: list[str]) -> None:
    """Collect errors of scripts, refusals of the content security policy, and errors of servers."""
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on(
        "response",
        lambda answer: answer.status >= 500 and faults.append(f"{answer.status}: {answer.url}"),
    )


def until(page: Page, question: str, *arguments: Any) -> None:
    """Return when a question in JavaScript is answered with true.

    Playwright's own way asks again by `eval`, which the content security policy refuses.
    """
    deadline = time.monotonic() + LONGEST
    while not page.evaluate(question, *arguments):
        assert time.monotonic() < deadline, question
        page.wait_for_timeout(50)


def picture(page: Page, name: str) -> None:
    """Take a picture of the whole page, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"]
    page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)


def look(page: Page, name: str) -> None:
    """Take a picture, and check what holds for every page: it fits, and everybody can use it."""
    picture(page, name)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{name} is {width} pixels wide"
    found = barriers(page)
    assert not found, "\n".join([name, *found])


def barriers(page: Page) -> list[str]:
    """Return what keeps people from using the page, by the rules of WCAG 2.2 AA."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]
