"""Every page in German, whose words are longer: nothing of them is cut off on a phone."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import cut_off
from tests.e2e.people import PASSWORD, Person
from tests.e2e.servers import Server, Unit

pytestmark = pytest.mark.browser

PHONES = (320, 375)
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
ALSO = (
    "/search/?q=pflanzen",
    "/quick/lines/",
    "/import/",
    "/account/security/",
    "/account/email/",
    "/help/keys/",
    "/help/privacy/",
    "/help/accessibility/",
)
OF_A_DEVICE = ("", "settings/", "people/", "sync/", "replace/", "remove/", "screen/")


@pytest.fixture
def anna(server: Server, unit: Unit) -> Person:
    """Somebody who reads German, with an entry of each kind."""
    anna = Person(server, "anna", time_zone="Europe/Berlin")
    anna.claim(unit)
    anna.add_task("Pflanzen gießen")
    anna.add_event("Chorprobe", day="2026-10-15", start="19:30", length="90")
    anna.add_habit("Zehn Seiten lesen", 0x7F)
    anna.api("PATCH", "/api/me/", json.dumps({"preferences": {"language": "de"}}).encode())
    return anna


def unfit(page: Page, path: str) -> list[str]:
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    found = []
    for width in PHONES:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{path} at {one}" for one in cut_off(page)]
    return found


def test_a_page_in_german_fits_a_phone(open_page, anna):
    page = open_page(width=PHONES[0], locale="de-DE")
    found = [one for path in OPEN for one in unfit(page, path)]
    page.goto("/login/")
    page.get_by_label("Benutzername oder E-Mail").fill(anna.username)
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.wait_for_url("**/today/")

    page.goto("/devices/")
    device = page.locator("h2 a").first.get_attribute("href")
    own = (*OWN, *ALSO, *(f"{device}{path}" for path in OF_A_DEVICE))
    found += [one for path in own for one in unfit(page, path)]

    assert found == []


def test_a_choice_of_dates_is_shown_as_germans_write_it(open_page, anna):
    page = open_page()
    page.goto("/login/")
    page.get_by_label("User name or e-mail").fill(anna.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/today/")
    page.goto("/account/")
    day = re.compile(r"^(Mo|Di|Mi|Do|Fr|Sa|So)\. \d{1,2}\. [A-Z][a-zä]{2,3}\.?, \d\d:\d\d:\d\d$")

    page.get_by_text("Sekunden anzeigen", exact=True).click()

    expect(page.locator(".preview output")).to_have_text(day)
