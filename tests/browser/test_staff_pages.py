"""The admin's pages as staff see them, and what owners see of the staff, narrow and wide."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_device_life import nothing, own_device
from tests.browser.test_main_job import sign_up
from tests.browser.watch import look

pytestmark = pytest.mark.browser
MAKE_STAFF = (
    "from accounts.models import User; newest = User.objects.latest('pk').pk;"
    "User.objects.filter(pk=newest).update(is_staff=True, is_superuser=True)"
)


def staff_page(server, page: Page) -> Page:
    """Let the person of this page be one of the staff from now on."""
    sign_up(page, nothing)
    expect(page).not_to_have_url(re.compile("signup"))
    server.manage("shell", "-c", MAKE_STAFF)
    return page


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_staff_make_units_note_where_they_lie_and_print_labels(open_page, server, width, scheme):
    # What looks for barriers puts a style of its own into these pages, which the policy forbids.
    page = open_page(width=width, color_scheme=scheme, bypass_csp=True)
    staff_page(server, page)

    page.goto("/admin/devices/batch/add/")
    look(page, f"staff-batch-{scheme}")
    page.get_by_label("Name").fill(f"Pilot {width}")
    page.get_by_label("Prefix of the serials").fill("PT")
    page.get_by_label("Number of units").fill("2")
    page.get_by_role("button", name="Make units and show them").click()
    serial = page.get_by_label("Units").input_value().splitlines()[1].split(",")[0]
    look(page, f"staff-units-{scheme}")
    expect(page.get_by_text("Leave this page open")).to_be_hidden()
    page.get_by_label("Reason").fill("new boxes")
    page.get_by_role("button", name="Labels to print").click()
    expect(page.get_by_role("img")).to_be_visible()
    look(page, f"staff-labels-{scheme}")

    page.goto("/admin/devices/device/update/")
    look(page, f"staff-update-{scheme}")
    text = f"serial,location,note\n{serial},Shelf 2,=1+1\n".encode()
    units = {"name": "units.csv", "mimeType": "text/csv", "buffer": text}
    page.get_by_label("CSV file").set_input_files(units)
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("cell", name="Shelf 2")).to_be_visible()
    look(page, f"staff-update-preview-{scheme}")
    page.get_by_label("Reason").fill("stocktaking")
    page.get_by_role("button", name="Make these changes").click()
    expect(page.get_by_text("1 unit is changed.")).to_be_visible()
    look(page, f"staff-devices-{scheme}")
    page.get_by_role("link", name=serial).click()
    look(page, f"staff-device-{scheme}")
    for name, path in {"front": "", "import": "devices/batch/import/"}.items():
        page.goto(f"/admin/{path}")
        look(page, f"staff-{name}-{scheme}")


def test_the_admin_keeps_the_policy_of_all_pages(open_page, server):
    page = staff_page(server, open_page())

    for path in ("", "devices/device/", "devices/batch/add/", "devices/device/update/"):
        page.goto(f"/admin/{path}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible()


def test_no_list_of_the_staff_scrolls_sideways_on_a_desktop(open_page, server, demo):
    page = staff_page(server, open_page())

    for path in ("accounts/user", "devices/device", "devices/auditentry", "devices/claimattempt"):
        page.goto(f"/admin/{path}/")
        assert page.locator(".results").evaluate("one => one.scrollWidth <= one.clientWidth"), path


def test_a_filter_says_what_it_lets_through_and_opens_over_the_list(open_page, server, demo):
    page = staff_page(server, open_page())
    page.goto("/admin/devices/device/")

    page.locator("summary", has_text="State").click()
    look(page, "staff-filter")
    page.get_by_role("link", name="claimed", exact=True).click()
    expect(page.locator("summary", has_text="State: claimed")).to_be_visible()
    expect(page.get_by_role("link", name="Clear all filters")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (1280, "dark")])
def test_an_owner_gives_a_device_away_and_prints_its_new_label(open_page, stock, width, scheme):
    page, unit = open_page(width=width, color_scheme=scheme), stock()
    own_device(page, unit)

    page.get_by_role("link", name="Give it to somebody").click()
    look(page, f"give-away-1-{scheme}")
    page.get_by_role("link", name="Go on").click()
    look(page, f"give-away-2-{scheme}")
    page.get_by_label("Erase it at once, for good").check()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("are erased at once")).to_be_visible()
    look(page, f"give-away-3-{scheme}")
    page.get_by_label("Type the device's name").fill("Kitchen tablet")
    page.get_by_role("button", name="Release it and show the new code").click()
    expect(page.get_by_role("img", name=unit.serial)).to_be_visible()
    look(page, f"given-away-{scheme}")
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("heading", name="Devices")).to_be_visible()
