"""Saved views: devices as somebody of the staff searched them, for them alone; and as CSV."""

import csv
import io

import pytest

from devices import inventory, presence
from devices.models import SavedView
from tests.factories import make_device, make_user
from tests.logins import logged_in
from tests.shown import toasts

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/device/"


def test_a_view_is_kept_offered_and_forgotten(desk, staff):
    answer = desk.post(f"{LIST}views/", {"name": "Lost", "query": "silent=30&state__exact=claimed"})
    page = desk.get(LIST).content.decode()
    view = SavedView.objects.get()
    desk.post(f"{LIST}views/{view.pk}/")

    assert answer["Location"] == f"{LIST}?silent=30&state__exact=claimed"
    assert '<a href="?silent=30&amp;state__exact=claimed">Lost</a>' in page
    assert not SavedView.objects.exists()


def test_the_same_name_again_replaces_the_view(desk):
    for query in ("q=SC", "q=AB"):
        desk.post(f"{LIST}views/", {"name": "Mine", "query": query})

    assert list(SavedView.objects.values_list("query", flat=True)) == ["q=AB"]


@pytest.mark.parametrize(
    "form",
    [{}, {"name": "x"}, {"name": "x" * 41, "query": "q=1"}, {"name": "x", "query": "q" * 501}],
)
def test_what_is_no_view_is_told_and_not_kept(desk, form):
    page = desk.post(f"{LIST}views/", form, follow=True)

    assert toasts(page) == ["A view needs a name of up to 40 characters, and a search."]
    assert not SavedView.objects.exists()


def test_a_person_has_twenty_views(desk, staff):
    SavedView.objects.bulk_create(
        SavedView(user=staff, name=f"{number}", query="q=1") for number in range(20)
    )

    desk.post(f"{LIST}views/", {"name": "more", "query": "q=1"})
    desk.post(f"{LIST}views/", {"name": "7", "query": "q=2"})

    assert SavedView.objects.count() == 20
    assert SavedView.objects.get(name="7").query == "q=2"


def test_views_are_one_s_own(desk, staff):
    other = logged_in(make_user("other", is_staff=True, is_superuser=True))
    desk.post(f"{LIST}views/", {"name": "Mine alone", "query": "q=SC"})
    view = SavedView.objects.get()

    assert "Mine alone" not in other.get(LIST).content.decode()
    assert other.post(f"{LIST}views/{view.pk}/").status_code == 404
    helper = logged_in(make_user("helper", is_staff=True))
    assert helper.post(f"{LIST}views/", {"name": "x", "query": "q=1"}).status_code == 403
    assert SavedView.objects.count() == 1


def test_devices_as_csv_are_what_was_searched_and_defused(desk, alice):
    inventory.make_batch(name="=More", prefix="ZZ", count=2)
    device = make_device(alice)
    presence.report(device, {"firmware_version": "@1.2", "battery_percent": 50})

    tables = [
        list(csv.DictReader(io.StringIO(desk.get(f"{LIST}export/", query).getvalue().decode())))
        for query in ({"q": "ZZ"}, {"q": device.serial})
    ]

    assert [row["batch"] for row in tables[0]] == ["'=More"] * 2
    assert [
        (row["serial"], row["state"], row["people"], row["firmware"], row["battery"])
        for row in tables[1]
    ] == [(device.serial, "claimed", "1", "'@1.2", "50")]


@pytest.mark.parametrize("page", ["device/", "device/export/", "auditentry/", "auditentry/export/"])
@pytest.mark.parametrize("query", ["nope=1", "state__exact=%00", "action=%00", "at__gte=x"])
def test_a_filter_that_cannot_be_leads_to_the_list_that_says_so_or_is_refused(desk, page, query):
    answer = desk.get(f"/admin/devices/{page}?{query}")

    # What is no filter of the list is refused, whatever it asks for.
    if answer.status_code not in (200, 400):
        table = page.removesuffix("export/")
        assert (answer.status_code, answer["Location"]) == (302, f"/admin/devices/{table}?e=1")
