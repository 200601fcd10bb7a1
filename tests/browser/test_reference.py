"""The API's reference in Chromium: readable by everybody, without a script or a style of others."""

import pytest

from tests.browser.watch import look

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [375, 1280], ids=["phone", "desktop"])
def test_a_call_opens_and_leads_to_its_shape(open_page, width):
    page = open_page(width=width)
    page.goto("/api/docs/")
    look(page, "reference")

    page.locator("#sync_push summary").click()
    page.locator("#sync_push").get_by_role("link", name="Push", exact=True).click()

    look(page, "reference-open")
    assert page.url.endswith("#Push")
    assert page.locator("#Push").get_by_text("The sender's clock at sending.").is_visible()
