"""What goes wrong in a page without being seen, and what must hold for every page."""

import os
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

PICTURES = os.environ.get("SCREENSHOTS")
LONGEST = 15
AXE = Axe().axe_script
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CONTRAST = ["color-contrast"]
# Only what is wrong comes back, and no style of its own gets into the page. Two lists to choose
# from, side by side, are as Django's admin makes them.
BARRIERS = """async (rules) => {
  document.getAnimations().forEach((one) => one.finish());
  const options = { runOnly: rules, resultTypes: ["violations"], preload: false };
  const { violations } = await axe.run({ exclude: [[".selector"]] }, options);
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`));
}"""
# What holds words of ours and has an end: its words are wider than it, or it leaves the screen.
CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth;
  const out = document.documentElement.scrollWidth > wide ? [`${wide}: the page`] : [];
  const held = ".button, button, .tabs a, h1, h2, label, legend, dt";
  for (const one of document.querySelectorAll(held)) {
    const box = one.getBoundingClientRect();
    if (!box.width || one.closest(".unseen, .grid, .selector")) continue;
    const isCut = one.scrollWidth > one.clientWidth + 1 || box.right > wide + 1;
    if (isCut) out.push(`${wide}: ${one.outerHTML}`);
  }
  return out;
}"""
# A box or a circle is pressed by its words as well, a link within a sentence is as high as that,
# and of seven days side by side none is 44 pixels wide on the narrowest phone.
SMALL = """(least) => {
  const held = "button:not(.link), .button, .tabs a, select, summary, input, textarea";
  const out = [];
  for (const one of document.querySelectorAll(held)) {
    const isBox = one.type === "checkbox" || one.type === "radio";
    const target = (isBox && (one.closest("label") ?? one.labels?.[0])) || one;
    const { width, height } = target.getBoundingClientRect();
    if (!target.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (!one.getClientRects().length || width < 2) continue;
    const isDay = one.matches(".cell, [name=goal]");
    const isSmall = height < least || width < (isDay ? least - 8 : least);
    if (isSmall) out.push(`${width}x${height}: ${one.outerHTML.slice(0, 200)}`);
  }
  return out;
}"""
TARGET = 43.5
PLACES = """() => {
  const marked = document.querySelectorAll(".bar [aria-current]");
  const here = [...marked].filter((one) => one.checkVisibility()).length;
  const isOne = here === 1 || !document.querySelector(".bar .whose");
  return isOne ? [] : [`${document.documentElement.clientWidth}: ${here} places are current`];
}"""
# Elements and attributes that no page of ours has, and that what was typed may try to bring.
STRANGE = """() => [...document.querySelectorAll("*")].filter((one) =>
  one.matches("base, iframe, object, embed, marquee, audio, video, animate, set") ||
  one.getAttributeNames().some((name) => /^(on|hx-on|hx-vals)/.test(name)) ||
  one.getAttribute("style")?.includes("url") ||
  ["href", "src", "action"].some((name) => /^(javascript|data):/i.test(one.getAttribute(name)))
).map((one) => one.outerHTML.slice(0, 200))"""
REPORT = """document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`);
});"""


def watch(page: Page, faults: list[str]) -> None:
    """Collect errors of scripts, refusals of the content security policy, and errors of servers."""
    page.add_init_script(REPORT)
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
    """Take a picture of the whole page if somebody wants to look at it: SCREENSHOTS names where."""
    if PICTURES:
        width = page.viewport_size["width"]
        page.screenshot(path=Path(PICTURES, f"{name}-{width}.png"), full_page=True)


def look(page: Page, name: str) -> None:
    """Take a picture, and check what holds for every page: it fits, and everybody can use it."""
    # A page that is still coming has no styles yet, and so no contrast.
    page.wait_for_load_state()
    picture(page, name)

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{name} is {width} pixels wide"
    found = barriers(page)
    assert not found, "\n".join([name, *found])


def barriers(page: Page, rules: list[str] = ALL) -> list[str]:
    """Return what keeps people from using the page, by the rules of WCAG 2.2 AA."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return page.evaluate(BARRIERS, rules)


def cut_off(page: Page) -> list[str]:
    """Return whether the page is wider than the screen, and words of ours that do not fit."""
    return page.evaluate(CUT_OFF)


def small_targets(page: Page) -> list[str]:
    """Return what is too small for a finger: under 44 pixels."""
    return page.evaluate(SMALL, TARGET)


def places(page: Page) -> list[str]:
    """Return whether another number of places to go than one is marked as where one is."""
    return page.evaluate(PLACES)


def strange(page: Page) -> list[str]:
    """Return what got into the page as markup that was typed as text."""
    return page.evaluate(STRANGE)
