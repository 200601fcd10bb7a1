"""What no address of the admin gives away, and what it asks for before something dangerous."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone
from time_machine import travel

from accounts.models import Passkey
from devices.models import AuditEntry, Device, PersonalToken
from planner.lists import LongListAdmin
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
LISTS = sorted(
    f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for model, pages in admin.site._registry.items()
    if isinstance(pages, LongListAdmin)
)
GUESSES = (
    *("code_hash__startswith", "key_hash__startswith", "key_hash", "next_key_hash__gte"),
    *("password__startswith", "facts__icontains", "token_generation__exact", "user__password__lt"),
    *("batch__devices__key_hash__startswith", "state__devices__gte", "device__key_hash__gte"),
    *("user__password__startswith", "serial_hash__startswith", "by__password__gte", "at__year"),
)


def test_every_list_of_ours_is_here():
    assert len(LISTS) == 6


@pytest.mark.parametrize("page", LISTS)
def test_nothing_secret_is_guessed_by_a_filter_in_the_address(desk, device, page):
    """D7, D9"""
    refused = {guess: desk.get(page, {guess: "a"}).status_code for guess in GUESSES}

    assert refused == dict.fromkeys(GUESSES, 400)


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("devices/device/", "state__exact=claimed&batch=1"),
        ("devices/device/", "silent=7&battery=low&firmware=1.0&o=-5&p=0&_facets=True"),
        (
            "devices/claimattempt/",
            "result__exact=conflict&at__gte=2026-01-01T00:00Z",
        ),
        ("devices/auditentry/", "action=claim&by_person__exact=1"),
        ("accounts/user/", "is_active__exact=1&is_staff__exact=0"),
        ("accounts/mail/", "state=dead"),
    ],
)
def test_every_filter_of_a_list_works(desk, device, page, query):
    assert desk.get(f"/admin/{page}?{query}").status_code == 200


@pytest.mark.parametrize("action", ["block", "release", "recode", "rekey", "retire"])
def test_ten_minutes_after_a_log_in_staff_prove_themselves_before_an_action(desk, device, action):
    form = {"action": action, "_selected_action": device.pk, "number": 1, "reason": "theft"}
    before = AuditEntry.objects.count()

    with travel(timezone.now() + timedelta(minutes=11)):
        answer = desk.post("/admin/devices/device/?state__exact=claimed", form)

    assert answer.url == (
        "/account/confirm/?next=%2Fadmin%2Fdevices%2Fdevice%2F%3Fstate__exact%3Dclaimed"
    )
    assert (AuditEntry.objects.count(), Device.objects.get().state) == (before, "claimed")


@pytest.mark.parametrize("page", ["add/", "import/"])
def test_making_units_asks_for_the_same(desk, page):
    with travel(timezone.now() + timedelta(minutes=11)):
        answer = desk.get(f"/admin/devices/batch/{page}")

    assert answer.url.startswith("/account/confirm/?next=")


def test_the_list_of_people_tells_who_has_a_second_step(desk, alice, bob):
    Passkey.objects.create(user=alice, name="Key", credential_id="AAAA", public_key=b"")

    shown = desk.get("/admin/accounts/user/").context["cl"].result_list

    assert {user.username: user.second_step for user in shown} == {
        "alice": True,
        "bob": False,
        "staff": False,
    }


def test_a_personal_token_is_written_down_when_it_is_made_and_ended(device, alice):
    desk = logged_in(alice)
    form = {"name": "Script", "device": device.pk, "scope": "read", "days": "30"}

    desk.post("/account/tokens/new/", form)
    token = PersonalToken.objects.get()
    desk.post(f"/account/tokens/{token.pk}/end/")

    done = AuditEntry.objects.filter(action__endswith="-token").order_by("pk")
    facts = {"name": "Script", "scope": "read", "prefix": token.prefix}
    assert [(one.action, one.by, one.device, one.before, one.after) for one in done] == [
        ("make-token", alice, device, {}, facts),
        ("end-token", alice, device, facts, {}),
    ]
