"""The staff's front page: what is in stock, claimed, silent, refused, and by which firmware."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from accounts import mails, outbox
from accounts.models import Mail
from backups.chores import count_slow_syncs
from backups.models import Backup, SyncReport
from devices import counted, factory, figures, inventory, lifecycle, presence, serials
from devices.admin import filters
from devices.chores import count_devices
from devices.models import AuditEntry, Device, LastSeen
from tests.factories import make_device, make_unit, make_user
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/device/"


def counts() -> dict:
    """What the page counts of all devices."""
    return figures.counts().value


def test_with_nothing_there_the_page_says_what_will_be(staff):
    page = logged_in(staff).get("/admin/").content.decode()

    assert "No device has called yet." in page
    assert "Every claimed device that ever called did so within 7 days." in page
    assert [(row.label, row.count, row.share) for row in figures.stock(counts())] == [
        ("in stock", 0, 0),
        ("claimed", 0, 0),
        ("blocked", 0, 0),
        ("retired", 0, 0),
    ]


def test_figures_count_what_is_there(alice):
    devices = [make_device(alice) for _ in range(4)]
    make_unit()
    lifecycle.block(devices[2])
    presence.report(devices[0], {"firmware_version": "1.2"})
    presence.report(devices[1], {"firmware_version": "1.2"})
    LastSeen.objects.filter(device=devices[1]).update(seen_at=timezone.now() - timedelta(days=8))
    presence.report(devices[2], {"battery_percent": 5})

    assert [row.count for row in figures.stock(counts())] == [1, 3, 1, 0]
    assert [(row.label, row.count) for row in figures.firmware(counts())] == [
        ("1.2", 2),
        ("not told", 1),
    ]
    assert (counts()["silent"], counts()["unheard"]) == (1, 1)
    assert list(Device.objects.filter(figures.silent(figures.SILENT))) == [devices[1]]
    assert list(Device.objects.filter(figures.UNHEARD)) == [devices[3]]


def test_a_version_that_a_device_made_up_leads_to_its_devices_alone(staff, alice):
    odd = make_device(alice)
    make_device(alice)
    presence.report(odd, {"firmware_version": '1&q="><b>'})
    web = logged_in(staff)
    page = web.get("/admin/").content.decode()

    found = web.get(f"{LIST}?{figures.firmware(counts())[0].query}").context["cl"].result_list

    assert list(found) == [odd]
    assert "<b>" not in page


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_what_happens_now_is_in_the_last_bar_of_every_zone(alice, zone):
    make_device(alice)

    with timezone.override(zone):
        assert [bar.count for bar in figures.claims_by_day()] == [0] * 29 + [1]


def test_a_chart_has_a_bar_for_each_of_thirty_days(alice):
    make_device(alice)
    old = make_device(alice)
    day = timezone.now() - timedelta(days=2)
    AuditEntry.objects.filter(device=old, action="claim").update(at=day)

    bars = figures.claims_by_day()

    assert len(bars) == 30
    assert {bar.label: bar.count for bar in bars if bar.count} == {
        timezone.now().date().isoformat(): 1,
        day.date().isoformat(): 1,
    }
    assert {bar.y + bar.height for bar in bars} == {figures.CHART[1]}


def test_only_who_may_look_at_devices_sees_figures():
    page = logged_in(make_user("helper", is_staff=True)).get("/admin/").content.decode()

    assert "Firmware" not in page


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_costs_the_same_for_any_number(staff, alice, count, django_assert_max_num_queries):
    inventory.make_batch(name="More", prefix="ZZ", count=count)
    web = logged_in(staff)

    with django_assert_max_num_queries(12):
        web.get("/admin/")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"silent": "7"}, ["late"]),
        ({"silent": "30"}, []),
        ({"silent": "never"}, ["never"]),
        ({"o": "-5"}, ["awake", "late"]),
        ({"o": "5"}, ["awake", "late"]),
        ({"batch": "x"}, ["awake", "late", "never"]),
        ({"silent": "x"}, ["awake", "late", "never"]),
        ({"battery": "low"}, ["late"]),
        ({"firmware": "2.0"}, ["awake"]),
        ({"firmware": "-"}, ["late"]),
        ({"q": "ALICE"}, ["awake", "late", "never"]),
        ({"q": "alice@example.org"}, ["awake", "late", "never"]),
        ({"q": "bob"}, []),
        ({"_facets": "True", "q": "SC-"}, ["awake", "late", "never"]),
    ],
)
def test_devices_are_found_by_how_they_are(staff, query, names):
    alice = make_user("alice", email="alice@example.org")
    awake, late, _never = [make_device(alice, name=name) for name in ("awake", "late", "never")]
    presence.report(awake, {"firmware_version": "2.0", "battery_percent": 80})
    presence.report(late, {"battery_percent": 7})
    LastSeen.objects.filter(device=late).update(seen_at=timezone.now() - timedelta(days=9))

    page = logged_in(staff).get(LIST, query)

    assert sorted(device.name for device in page.context["cl"].result_list) == names


def test_each_choice_of_a_filter_is_counted(staff, alice):
    [first, late, _unheard] = [make_device(alice) for _ in range(3)]
    presence.report(first, {"firmware_version": "2.0", "battery_percent": 19})
    presence.report(late, {"battery_percent": 20})
    LastSeen.objects.filter(device=late).update(seen_at=timezone.now() - timedelta(days=9))
    make_unit()

    page = logged_in(staff).get(LIST, {"_facets": "True"}).content.decode()

    counted = re.findall(r"<a href=[^>]*>\s*([^<]*?) \((\d+)\)", page)
    numbers = {words: int(number) for words, number in counted if words != "All"}
    assert numbers == {
        **{"in stock": 1, "claimed": 3, "blocked": 0, "retired": 0},
        **{"over 7 days": 1, "over 30 days": 0, "never called": 1, "under 20 %": 1},
        **{"2.0": 1, "not told": 1, first.batch.name: 4},
    }


def test_a_batch_tells_its_size_and_leads_to_its_units(staff, monkeypatch):
    monkeypatch.setattr(filters, "SHOWN", 1)
    old, _made = inventory.make_batch(name="Old", prefix="SC", count=3)
    inventory.make(old, 2)
    inventory.make_batch(name="New", prefix="SC", count=1)
    web = logged_in(staff)

    batches = web.get("/admin/devices/batch/").content.decode()
    page = web.get(LIST, {"batch": old.pk})

    assert f'<a href="{LIST}?batch={old.pk}">5</a>' in batches
    assert page.context["cl"].result_count == 5
    *_others, batches = page.context["cl"].filter_specs
    assert [words for _key, words in batches.lookup_choices] == ["New", "Old"]
    assert f"?batch={old.pk}" not in web.get(LIST).content.decode()


def test_with_many_devices_the_figures_are_those_that_were_counted_last(
    staff, alice, monkeypatch, django_assert_max_num_queries
):
    monkeypatch.setattr(counted, "FEW", 1)
    make_device(alice), make_device(alice)
    web = logged_in(staff)

    first = web.get("/admin/").content.decode()
    make_device(alice)
    with django_assert_max_num_queries(18):
        second = web.get("/admin/").content.decode()
    later = [figures.counts().value["states"]]
    count_devices()
    later.append(figures.counts().value["states"])

    assert "were counted: " in first
    assert "were counted: " in second
    assert later == [{"claimed": 2}, {"claimed": 3}]
    with travel(timezone.now() + timedelta(hours=4)):
        make_unit()
        assert figures.counts().value["states"] == {"claimed": 3, "in_stock": 1}


def test_the_front_page_tells_of_slow_syncs_imports_and_dead_mails(staff, device, unit):
    web = logged_in(staff)
    before = web.get("/admin/").content.decode()
    report = SyncReport(backup=Backup.objects.of(device), at=timezone.now(), result="done")
    facts = {"up": 1, "down": 2, "overruled": 0, "rejected": 0}
    for milliseconds in (999, 1_000, 2_500):
        SyncReport.objects.create(
            backup=report.backup, at=report.at, result="done", milliseconds=milliseconds, **facts
        )
    list(factory.bring_in(f"serial\n{serials.new_serial('SC')}\n", name="Spring", by=staff))
    list(factory.bring_in("colour\nred\n", name="Autumn", by=staff))
    mails.post("reset-password", to="nobody@example.org")
    Mail.objects.update(attempts=outbox.MOST_ATTEMPTS)

    count_slow_syncs()
    page = " ".join(web.get("/admin/").content.decode().split())

    assert "has not run for a day" in before
    slow = counted.last("slow-syncs", timedelta(hours=1)).value
    assert (slow["number"], [one["milliseconds"] for one in slow["slowest"]]) == (2, [2500, 1000])
    assert re.findall(r'<th scope="row">(\w+)</th><td>(\w+)</td>', page) == [
        ("Autumn", "refused"),
        ("Spring", "1"),
    ]
    assert 'href="/admin/accounts/mail/?state=dead"' in page
