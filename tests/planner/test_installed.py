"""The manifest and the service worker say what is there, and pages say whose they are."""

import struct
from pathlib import Path

from backups.models import Backup
from devices.models import Membership
from tests.backups.pages.plan import planned
from tests.factories import make_user

ROOT = Path(__file__).parents[2]


def test_every_icon_of_the_manifest_has_the_size_that_it_names(client, db):
    answer = client.get("/manifest.webmanifest")

    assert answer["Content-Type"] == "application/manifest+json"
    for icon in answer.json()["icons"]:
        head = (ROOT / icon["src"].lstrip("/")).read_bytes()[16:24]
        assert "{}x{}".format(*struct.unpack(">II", head)) == icon["sizes"]


def test_every_address_of_the_manifest_is_a_page(alice, device):
    browser = planned(alice, device)
    manifest = browser.get("/manifest.webmanifest").json()
    urls = [manifest["start_url"], *(shortcut["url"] for shortcut in manifest["shortcuts"])]

    assert [browser.get(url).status_code for url in urls] == [200] * 4


def test_the_worker_is_a_script_that_no_cache_keeps(client, db):
    answer = client.get("/worker.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-store"


def test_only_pages_of_a_plan_are_to_be_kept_and_each_log_in_s_apart(alice, device):
    bob = make_user("bob")
    Membership.objects.create(device=device, user=bob, role=Membership.Role.EDITOR)
    browsers = [planned(alice, device), planned(alice, device), planned(bob, device)]
    marks = [browser.get("/today/")["X-Keep"] for browser in browsers]

    assert Backup.objects.count() == 1
    assert len(set(marks)) == 3
    assert browsers[0].get("/tasks/")["X-Keep"] == marks[0]
    assert [browsers[0].get(url).has_header("X-Keep") for url in ("/account/", "/devices/")] == [
        False,
        False,
    ]
