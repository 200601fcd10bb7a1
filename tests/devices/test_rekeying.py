"""A unit that is somebody's gets another key with its owner's yes, and with nothing less."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from accounts.models import Mail
from devices import lifecycle, members, rekeying, servicing
from devices.inventory import Unit
from devices.models import AuditEntry, Device, Membership, RekeyRequest
from planner.problems import RuleError
from tests.devices.http import Http, problem, tablet
from tests.factories import make_unit
from tests.logins import logged_in
from tests.mailbox import delivered
from tests.shown import toasts

pytestmark = pytest.mark.django_db
LIST = "/admin/devices/device/"


def rekey(device: Device, staff) -> str:
    """Return "done", or the slug of the error."""
    try:
        servicing.rekey(device, by=staff, reason="theft")
    except RuleError as error:
        return error.slug
    return "done"


def asked(device: Device, staff) -> None:
    rekeying.ask(device, by=staff, reason="The list of keys was copied.")


def test_staff_ask_and_the_owner_says_yes_and_the_device_gets_a_new_key(device, unit, alice, staff):
    alice.email = "alice@example.org"
    alice.save(update_fields=["email"])
    web, admin, old = logged_in(alice), logged_in(staff), tablet(unit)
    page = f"/devices/{device.pk}/re-key/"
    confirmed = {"_selected_action": device.pk, "number": 1, "reason": "Copied list."}

    admin.post(LIST, {"action": "ask_rekey", **confirmed})
    letter = delivered()[-1]
    noted = web.get(f"/devices/{device.pk}/").content.decode()
    shown = web.get(page).content.decode()
    web.post(page, {"accept": "1"})
    told = admin.get(f"{LIST}{device.pk}/change/").content.decode()
    shown_once = admin.post(LIST, {"action": "rekey", **confirmed}).context["form"]
    made = Unit(*shown_once.initial["units"].split()[-1].split(","))

    assert (letter.to, letter.link) == ("alice@example.org", page)
    assert (page in noted, "Copied list." in shown, "given, until" in told) == (True, True, True)
    body = {"serial": unit.serial, "key": unit.key}
    assert problem(Http().post("/api/device/token/", body)) == (401, "token-invalid")
    assert problem(old.get("/api/sync/")) == (401, "token-revoked")
    assert tablet(made).get("/api/sync/").status_code == 200
    assert (
        Http().post("/api/device/token/", {"serial": unit.serial, "key": made.key}).json()["rekey"]
    )
    done = AuditEntry.objects.filter(action__contains="rekey").order_by("pk")
    assert list(done.values_list("action", "by__username", "reason")) == [
        ("ask-rekey", "staff", "Copied list."),
        ("allow-rekey", "alice", ""),
        ("rekey", "staff", "Copied list."),
    ]


def test_a_yes_is_good_for_one_key(device, alice, staff):
    asked(device, staff)
    rekeying.answer(device, by=alice, accept=True)

    assert [rekey(device, staff), rekey(device, staff)] == ["done", "conflict"]


def test_a_question_alone_and_a_no_give_no_key(device, alice, staff):
    asked(device, staff)
    unanswered = rekey(device, staff)
    rekeying.answer(device, by=alice, accept=False)

    assert [unanswered, rekey(device, staff)] == ["conflict", "conflict"]
    assert not RekeyRequest.objects.exists()


def test_a_yes_is_taken_back_by_a_no(device, alice, staff):
    asked(device, staff)
    rekeying.answer(device, by=alice, accept=True)
    rekeying.answer(device, by=alice, accept=False)

    assert rekey(device, staff) == "conflict"


@pytest.mark.parametrize("is_answered", [True, False])
def test_after_seven_days_neither_question_nor_yes_count(device, alice, staff, is_answered):
    asked(device, staff)
    if is_answered:
        rekeying.answer(device, by=alice, accept=True)

    with travel(timezone.now() + timedelta(days=7, minutes=1)):
        with pytest.raises(RuleError) as caught:
            rekeying.answer(device, by=alice, accept=True)
        late = rekey(device, staff)
        swept = rekeying.sweep()

    assert (caught.value.slug, late, swept) == ("conflict", "conflict", 1)


def test_a_yes_ends_with_the_claim(device, unit, alice, bob, staff):
    asked(device, staff)
    rekeying.answer(device, by=alice, accept=True)
    lifecycle.release(device, by=alice)
    Device.objects.update(claimed_before=False)
    theirs = unit._replace(code=servicing.recode(device, by=staff, reason="sold").code)
    from_bob = logged_in(bob).post(
        "/claim/", {"serial": theirs.serial, "code": theirs.code, "name": "Desk"}
    )

    assert from_bob.status_code == 302
    assert Device.objects.get().memberships.get().user == bob
    assert rekey(device, staff) == "conflict"


def test_a_yes_ends_with_its_owner(device, alice, bob, staff):
    asked(device, staff)
    rekeying.answer(device, by=alice, accept=True)
    place = Membership.objects.create(device=device, user=bob, role="editor")
    members.offer(device, place.pk, by=alice)
    members.take_over(device, by=bob)

    assert rekey(device, staff) == "conflict"


def test_only_the_owner_answers(device, bob, stranger, staff):
    asked(device, staff)
    Membership.objects.create(device=device, user=bob, role="editor")
    page = f"/devices/{device.pk}/re-key/"

    answers = [logged_in(user).post(page, {"accept": "1"}) for user in (bob, stranger, staff)]

    assert [answer.status_code for answer in answers] == [403, 404, 404]
    assert page not in logged_in(bob).get(f"/devices/{device.pk}/").content.decode()
    assert RekeyRequest.objects.get().granted_at is None


def test_the_page_says_so_when_nobody_asks(device, alice):
    web, page = logged_in(alice), f"/devices/{device.pk}/re-key/"

    late = web.post(page, {"accept": "1"}, follow=True)

    assert "Nobody asks for a new key" in web.get(page).content.decode()
    assert toasts(late) == ["Nobody asks for a new key any more."]


def test_a_unit_that_is_nobody_s_needs_no_question(staff):
    device = Device.objects.get(serial=make_unit().serial)

    with pytest.raises(RuleError) as caught:
        asked(device, staff)

    assert (caught.value.slug, Mail.objects.count()) == ("conflict", 0)
    assert rekey(device, staff) == "done"
