"""Closing the account: three days to change one's mind, then no row names the person."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.utils import timezone
from time_machine import travel

from accounts import closing, outbox
from accounts.models import Mail, Session, User
from backups.models import Backup, Commit, Overruled, Task, WaitingImport
from devices import claims, lifecycle
from devices.models import (
    AuditEntry,
    Claim,
    Device,
    Invitation,
    Membership,
    PersonalToken,
    SavedView,
)
from planner.problems import RuleError
from tests.accounts.factors import with_app, with_passkey
from tests.backups.api import Api, habit, task
from tests.devices.http import tablet
from tests.factories import PASSWORD, claim_unit, make_device, make_unit, make_user
from tests.logins import bearer, logged_in

CLOSE, CANCEL = "/account/close/", "/account/close/cancel/"
ADDRESS = "zelda@example.org"


@pytest.fixture
def zelda(db: None) -> User:
    """Somebody whose names stand nowhere but where they should."""
    return make_user("zelda.z", full_name="Zelda Zorn", email=ADDRESS)


def join(device: Device, user: User, role: str = Membership.Role.EDITOR) -> Device:
    Membership.objects.create(device=device, user=user, role=role)
    return device


def run_out() -> int:
    """Let the three days pass."""
    with travel(timezone.now() + closing.WAIT + timedelta(seconds=1), tick=False):
        return closing.close_due()


def traces(user_id: int, *names: str) -> list[str]:
    """Return the rows of all tables that hold one of the names, or the id where people stand."""
    found = []
    for model in apps.get_models():
        people = {
            field.attname
            for field in model._meta.concrete_fields
            if field.related_model is User or field.name in ("person_id", "user_id")
        }
        for row in model._base_manager.values():
            words = json.dumps(row, cls=DjangoJSONEncoder, default=str, ensure_ascii=False)
            named = [name for name in names if name.casefold() in words.casefold()]
            if named or user_id in (row[column] for column in people):
                found.append(f"{model._meta.label}: {words}")
    return found


def test_after_three_days_no_table_names_the_person(zelda, alice, staff):
    """J2"""
    own = make_device(zelda, name="Zelda's desk")
    shared = join(make_device(alice), zelda)
    Api.of_person(zelda, own).push(task=[task("Mine")])
    mine = Api.of_person(zelda, shared)
    mine.push(task=[task("Shared")], habit=[habit("Swim")])
    deleted = task("Lost")
    mine.push(task=[deleted])
    Api.of_person(alice, shared).push(task=[{"id": deleted["id"], "completion": 2}])
    mine.push(task=[{"id": deleted["id"], "name": "Late"}])
    mine.post("/api/sync/", {"task": [task()]}, **{"Idempotency-Key": "z"})
    mine.post("/api/backups/", {"name": "Before"})
    lifecycle.rename(own, "Zelda Zorn's desk", by=zelda)
    lifecycle.release(make_device(zelda, name="Zelda's first"), by=zelda)
    claims.claim(
        zelda,
        **{"serial": (unit := make_unit(confirm_on_device=True)).serial, "code": unit.code},
        name="Zelda's next",
        address="127.0.0.1",
    )
    LogEntry.objects.create(
        user=staff,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(zelda.pk),
        object_repr="Zelda Zorn",
        action_flag=CHANGE,
    )
    plan = Backup.objects.get(claim=shared.claim)
    WaitingImport.objects.create(
        backup=plan, person_id=zelda.pk, mode="merge", content=b"", faults=[]
    )
    soon = timezone.now() + timedelta(days=7)
    for device, by, address in ((shared, alice, ADDRESS.upper()), (own, zelda, "")):
        Invitation.objects.create(
            device=device, invited_by=by, role="editor", address=address, expires_at=soon
        )
    with_app(zelda)
    with_passkey(zelda, "Zelda's phone")
    SavedView.objects.create(user=zelda, name="Zelda's", query="")
    with pytest.raises(RuleError):
        claims.claim(zelda, serial=unit.serial, code="BBBB", name="", address="127.0.0.1")
    number, before = zelda.pk, Task.objects.filter(backup__claim=shared.claim).count()
    closing.begin(zelda, address="192.0.2.1")

    assert run_out() == 1
    with travel(timezone.now() + timedelta(days=4)):
        list(outbox.send_due())

    assert [(sent.subject, sent.to) for sent in mail.outbox] == [
        ("Your account is closed", [ADDRESS])
    ]
    assert traces(number, "zelda", "zorn") == []
    assert not User.objects.filter(pk=number).exists()
    kept = Backup.objects.get()
    assert (kept.claim, Task.objects.filter(backup=kept).count()) == (shared.claim, before)
    assert Commit.objects.filter(backup=kept, by="former member", person_id=None).exists()
    assert Device.objects.get(pk=own.pk).state == Device.State.IN_STOCK


def test_who_only_ever_lost_a_merge_is_not_named_either(zelda, alice):
    """J2"""
    shared = join(make_device(alice), zelda)
    gone = task("Gone")
    Api.of_person(alice, shared).push(task=[gone])
    Api.of_person(alice, shared).push(task=[{"id": gone["id"], "completion": 2}])
    Api.of_person(zelda, shared).push(task=[{"id": gone["id"], "name": "Late"}])
    assert [lost.by for lost in Overruled.objects.all()] == ["Zelda Zorn"]
    number = zelda.pk
    closing.begin(zelda, address="")

    run_out()
    Mail.objects.all().delete()

    assert traces(number, "zelda", "zorn") == []


def test_the_beginning_ends_log_ins_and_tokens_and_leaves_the_devices(zelda):
    unit = make_unit()
    device = claim_unit(unit, zelda)
    client, program = logged_in(zelda), Client(headers=bearer(zelda))
    PersonalToken.objects.create(
        user=zelda, name="Script", scope="read", token_hash="x", expires_at=timezone.now()
    )
    member = Api.of_person(zelda, device)

    answer = client.post(CLOSE, {"username": "Zelda.Z"})

    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert program.get("/api/me/").json()["code"] == "token-revoked"
    assert member.get("/api/sync/").json()["code"] == "token-revoked"
    assert (Session.objects.filter(ended_at=None).count(), PersonalToken.objects.count()) == (0, 0)
    assert tablet(unit).get("/api/sync/").status_code == 200
    list(outbox.send_due())
    assert mail.outbox[-1].subject == "Your account closes in three days"


def test_whoever_logs_in_again_is_led_to_keep_the_account(zelda):
    closing.begin(zelda, address="")
    client = Client()

    entered = client.post("/login/", {"username": "zelda.z", "password": PASSWORD})
    page = client.get(CLOSE).content.decode()
    client.post(CANCEL)

    assert entered["Location"] == CLOSE
    assert "Keep my account" in page
    zelda.refresh_from_db()
    assert (zelda.closes_at, run_out()) == (None, 0)
    list(outbox.send_due())
    assert mail.outbox[-1].subject == "Your account stays"


def test_nothing_is_erased_before_the_three_days_are_over(zelda):
    closing.begin(zelda, address="")
    begun = User.objects.get().closes_at

    closing.begin(User.objects.get(), address="")

    assert User.objects.get().closes_at == begun
    with travel(timezone.now() + closing.WAIT - timedelta(minutes=1)):
        assert closing.close_due() == 0


@pytest.mark.parametrize("name", ["", "zelda", "Zelda Zorn"])
def test_a_name_that_is_not_typed_right_closes_nothing(zelda, name):
    answer = logged_in(zelda).post(CLOSE, {"username": name})

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["username"])
    assert User.objects.get().closes_at is None


def test_an_owner_of_a_shared_device_hands_it_over_first(zelda, bob):
    device = join(make_device(zelda, name="Hall"), bob)
    client = logged_in(zelda)

    page = client.get(CLOSE).content.decode()
    answer = client.post(CLOSE, {"username": "zelda.z"})

    assert f'href="/devices/{device.pk}/"' in page
    assert "Close my account" not in page
    assert answer.status_code == 200
    with pytest.raises(RuleError) as refused:
        closing.begin(zelda, address="")
    assert refused.value.slug == "conflict"
    assert User.objects.get(pk=zelda.pk).closes_at is None


def test_who_joined_meanwhile_keeps_the_device(zelda, alice, bob):
    device = make_device(zelda)
    closing.begin(zelda, address="")
    join(join(device, bob, Membership.Role.VIEWER), alice)

    run_out()

    people = {part.user: part.role for part in Membership.objects.filter(device=device)}
    assert people == {bob: "viewer", alice: "owner"}
    assert Device.objects.get().token_generation > device.token_generation
    assert AuditEntry.objects.filter(action="hand-over", person=alice, by=None).exists()
    assert Claim.objects.get(pk=device.claim).user is None


def test_whoever_logged_in_long_ago_is_asked_again(zelda):
    client = logged_in(zelda)
    Session.objects.update(confirmed_at=timezone.now() - timedelta(minutes=11))

    assert client.post(CLOSE, {"username": "zelda.z"})["Location"].startswith("/account/confirm/")
    assert User.objects.get().closes_at is None


def test_the_chore_erases_each_person_in_a_transaction_of_its_own(zelda, bob):
    for user in (zelda, bob):
        closing.begin(user, address="")

    assert run_out() == 2
    assert User.objects.count() == 0
