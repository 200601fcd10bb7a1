"""Personal tokens: what they open, how far they reach, and how they end (rows B2, B12, D1)."""

import hashlib
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import mails, sessions
from accounts.models import Mail, Session, User
from devices import chores, lifecycle, personal_tokens
from devices.models import Device, Membership, PersonalToken
from tests.access import Caller, make_scene, routes
from tests.backups.api import Api, task
from tests.factories import make_device, make_unit, make_user
from tests.logins import bearer, logged_in, with_token

TAKEN = ("/api/devices/", "/api/devices/<int:pk>/token/")
NAME = {"name": "Home server", "scope": "write", "days": 30}


def make(user: User, **fields: object) -> str:
    return personal_tokens.make(user, **{**NAME, **fields})[1]


def exchanged(text: str, device: Device) -> Api:
    """A program that got its device token with a personal token."""
    answer = Api(text).post(f"/api/devices/{device.pk}/token/", {})
    assert answer.status_code == 200, answer.content
    return Api(answer.json()["access"])


def refusal(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_token_is_kept_as_a_sum_and_shows_its_beginning(alice):
    """B12"""
    row, text = personal_tokens.make(alice, **NAME)

    assert re.fullmatch(r"planner_[\w-]{43}", text)
    kept = PersonalToken.objects.values().get()
    assert kept["prefix"] == text[:14]
    assert kept["token_hash"] == hashlib.sha256(text.encode()).hexdigest()
    assert text not in str(kept)
    assert row.expires_at - row.created_at == timedelta(days=30)


def test_a_program_reads_and_writes_a_plan_with_a_token(alice, device):
    text = make(alice)

    listed = Api(text).get("/api/devices/").json()
    plan = exchanged(text, device)
    made = plan.post("/api/tasks/", {"name": "Feed the cat", "duedate": None})

    assert [one["id"] for one in listed] == [device.pk]
    assert made.status_code == 201
    assert [one["name"] for one in plan.get("/api/tasks/").json()["results"]] == ["Feed the cat"]


def test_a_token_opens_no_other_address_of_the_api(django_user_model, db):
    """B2, D1"""
    scene = make_scene()
    alice = django_user_model.objects.get(username="alice")
    scene.callers["program"] = program = Caller(headers=with_token(make(alice)))
    program.send("GET", "/api/devices/", {})
    del scene.before
    others = [route for route in routes() if route.startswith("/api/") and route not in TAKEN]
    calls = [
        (method, scene.path(route))
        for route in others
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
    ]

    found = {call: scene.knock("program", *call, {}) for call in calls}

    nobody = {call: scene.knock("nobody", *call, {}) for call in calls}
    # The device's own addresses know a person, and refuse one.
    own = {call for call in calls if call[1].startswith("/api/device/") and nobody[call] == "401"}
    assert found == nobody | dict.fromkeys(own, "403")
    assert list(found.values()).count("401") > 50


def test_a_token_opens_no_page(alice, device):
    """B2"""
    answer = Client().get("/today/", headers={"Authorization": f"Bearer {make(alice)}"})

    assert answer["Location"] == "/login/?next=/today/"


def test_a_token_to_read_may_not_write_as_a_viewer_may_not(alice, device):
    plan = exchanged(make(alice, scope="read"), device)

    assert plan.get("/api/tasks/").status_code == 200
    assert plan.get("/api/sync/").status_code == 200
    assert refusal(plan.post("/api/tasks/", {"name": "New", "duedate": None})) == (403, "forbidden")
    assert refusal(plan.post("/api/sync/", {"task": [task()]})) == (403, "forbidden")


def test_a_token_to_write_gives_a_viewer_no_more_than_a_viewer_s_rights(device, bob):
    Membership.objects.create(device=device, user=bob, role=Membership.Role.VIEWER)

    plan = exchanged(make(bob), device)

    assert refusal(plan.post("/api/tasks/", {"name": "New", "duedate": None})) == (403, "forbidden")


def test_a_token_for_one_device_shows_and_opens_that_one_alone(alice, device):
    other = make_device(alice, name="Desk")
    text = make(alice, device=device)

    listed = Api(text).get("/api/devices/").json()
    refused = Api(text).post(f"/api/devices/{other.pk}/token/", {})

    assert [one["id"] for one in listed] == [device.pk]
    assert refusal(refused) == (404, "not-found")
    assert exchanged(text, device).get("/api/tasks/").status_code == 200


def test_a_token_reaches_no_device_of_somebody_else(alice, device, stranger):
    """D1"""
    refused = Api(make(stranger)).post(f"/api/devices/{device.pk}/token/", {})

    assert refusal(refused) == (404, "not-found")
    assert Api(make(stranger)).get("/api/devices/").json() == []


@pytest.mark.parametrize(
    ("scope", "for_all", "status"),
    [("write", True, 201), ("read", True, 403), ("write", False, 403)],
    ids=["write, all devices", "read", "one device"],
)
def test_a_program_claims_with_a_token_to_write_for_all_devices(
    alice, device, scope, for_all, status
):
    unit = make_unit()
    text = make(alice, scope=scope, device=None if for_all else device)

    answer = Api(text).post(
        "/api/devices/", {"serial": unit.serial, "code": unit.code, "name": "New"}
    )

    assert answer.status_code == status
    assert alice.memberships.count() == (2 if status == 201 else 1)


def end_it(row: PersonalToken) -> None:
    personal_tokens.end(row)


def deactivate(row: PersonalToken) -> None:
    User.objects.filter(pk=row.user_id).update(is_active=False)


def time_over(row: PersonalToken) -> None:
    PersonalToken.objects.filter(pk=row.pk).update(expires_at=timezone.now())


def log_out_everywhere(row: PersonalToken) -> None:
    sessions.end_all(row.user)


def release(row: PersonalToken) -> None:
    lifecycle.release(Device.objects.get(), by=row.user)


@pytest.mark.parametrize("end", [end_it, deactivate, time_over, log_out_everywhere, release])
def test_a_device_token_ends_with_its_personal_token_at_the_next_request(alice, device, end):
    """B8, B9"""
    row, text = personal_tokens.make(alice, **NAME)
    plan = exchanged(text, device)
    assert plan.get("/api/tasks/").status_code == 200

    end(row)

    assert refusal(plan.get("/api/tasks/")) == (401, "token-revoked")


def test_a_log_out_everywhere_leaves_a_program_its_personal_token(alice, device):
    text = make(alice)

    sessions.end_all(alice)

    assert exchanged(text, device).get("/api/tasks/").status_code == 200


def test_a_token_for_one_device_ends_with_the_person_s_part_in_it(device, bob):
    Membership.objects.create(device=device, user=bob, role=Membership.Role.EDITOR)
    text = make(bob, device=device)

    lifecycle.leave(device, by=bob)

    assert refusal(Api(text).get("/api/devices/")) == (401, "token-invalid")


@pytest.mark.parametrize(
    ("end", "slug"),
    [(end_it, "token-invalid"), (deactivate, "token-invalid"), (time_over, "token-expired")],
)
def test_a_token_that_has_ended_opens_nothing(alice, device, end, slug):
    row, text = personal_tokens.make(alice, **NAME)

    end(row)

    assert refusal(Api(text).get("/api/devices/")) == (401, slug)


@pytest.mark.parametrize("text", ["planner_", "planner_" + "A" * 43, "planner_" + "ä" * 4000])
def test_a_wrong_token_is_refused(db, text):
    answer = Client().get("/api/devices/", headers={"Authorization": f"Bearer {text}"})

    assert refusal(answer) == (401, "token-invalid")


def test_an_address_has_thirty_wrong_tokens_an_hour_and_right_ones_count_from_there(alice, device):
    right = make(alice)

    answers = [Api(f"planner_{number}").get("/api/devices/") for number in range(31)]

    assert [one.status_code for one in answers] == [401] * 30 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 120
    assert Api(right).get("/api/devices/").status_code == 200


def test_the_last_use_is_noted_at_most_once_a_minute(alice):
    text = make(alice)
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        PersonalToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
        seen = []
        for seconds in (0, 30, 29, 1):
            clock.shift(seconds)
            Api(text).get("/api/devices/")
            seen.append(PersonalToken.objects.get().last_used_at.strftime("%H:%M:%S"))

    assert seen == ["10:00:00", "10:00:00", "10:00:00", "10:01:00"]


@pytest.mark.parametrize("count", [1, 9])
def test_the_list_of_devices_costs_a_program_the_same_for_any_number(
    alice, device, count, django_assert_num_queries
):
    for number in range(count - 1):
        make_device(alice, name=f"Desk {number}")
    text = make(alice)
    Api(text).get("/api/devices/")

    with django_assert_num_queries(3):
        Api(text).get("/api/devices/")


def test_a_person_has_twenty_tokens_at_most(alice):
    for _ in range(20):
        make(alice)
    page = logged_in(alice)

    answer = page.post("/account/tokens/new/", {**NAME, "device": ""})

    assert PersonalToken.objects.count() == 20
    assert "You have 20 tokens already." in answer.content.decode()


def test_tokens_are_forgotten_thirty_days_after_their_end(alice):
    make(alice)
    over = personal_tokens.make(alice, **NAME)[0]
    PersonalToken.objects.filter(pk=over.pk).update(
        expires_at=timezone.now() - timedelta(days=30, seconds=1)
    )

    assert chores.sweep_personal_tokens() == 1
    assert PersonalToken.objects.count() == 1


# --- The pages -----------------------------------------------------------------------------


def test_the_page_shows_a_new_token_once(alice, device):
    """B12"""
    page = logged_in(alice)

    made = page.post("/account/tokens/new/", {**NAME, "device": device.pk})

    text = re.search(r"planner_[\w-]{43}", made.content.decode())[0]
    assert made["Cache-Control"] == "no-store"
    assert Api(text).get("/api/devices/").status_code == 200
    listed = page.get("/account/tokens/").content.decode()
    assert text not in listed
    assert f"{text[:14]}…" in listed
    assert "Kitchen tablet" in listed
    row = PersonalToken.objects.get()
    assert (row.name, row.scope, row.membership.device) == ("Home server", "write", device)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 61),
        ("name", "a\0b"),
        ("scope", "admin"),
        ("days", "1000"),
        ("days", "soon"),
        ("device", "0"),
        ("device", "x"),
    ],
)
def test_a_wrong_field_makes_no_token(alice, field, value):
    answer = logged_in(alice).post("/account/tokens/new/", {**NAME, "device": "", field: value})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert PersonalToken.objects.count() == 0


def test_no_token_is_made_for_somebody_else_s_device(device, stranger):
    answer = logged_in(stranger).post("/account/tokens/new/", {**NAME, "device": device.pk})

    assert list(answer.context["form"].errors) == ["device"]
    assert PersonalToken.objects.count() == 0


def test_a_token_is_made_only_by_whoever_proved_lately_who_they_are(alice):
    page = logged_in(alice)
    Session.objects.update(confirmed_at=timezone.now() - timedelta(minutes=11))

    answer = page.post("/account/tokens/new/", {**NAME, "device": ""})

    assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Ftokens%2Fnew%2F"
    assert PersonalToken.objects.count() == 0


def test_its_person_is_told_of_a_new_token(alice):
    User.objects.filter(pk=alice.pk).update(email="alice@mail.example")
    alice.refresh_from_db()

    make(alice, address="203.0.113.7")

    mail = Mail.objects.get()
    assert (mail.kind, mail.user) == ("personal-token-made", alice)
    text = mails.compose(mail).body
    assert "It is called “Home server”." in text
    assert "203.0.113.0" in text
    assert "/account/tokens/" in text
    assert "planner_" not in text


def test_a_person_ends_a_token(alice):
    row, text = personal_tokens.make(alice, **NAME)

    answer = logged_in(alice).post(f"/account/tokens/{row.pk}/end/")

    assert answer["Location"] == "/account/tokens/"
    assert refusal(Api(text).get("/api/devices/")) == (401, "token-invalid")


def test_nobody_ends_a_token_of_somebody_else(alice, stranger):
    """D1"""
    row = personal_tokens.make(alice, **NAME)[0]

    answer = logged_in(stranger).post(f"/account/tokens/{row.pk}/end/")

    assert answer.status_code == 404
    assert PersonalToken.objects.count() == 1


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_costs_the_same_for_any_number_of_tokens(
    alice, device, count, django_assert_num_queries
):
    for _ in range(count):
        make(alice, device=device)
    page = logged_in(alice)
    page.get("/account/tokens/")

    with django_assert_num_queries(2):
        page.get("/account/tokens/")


def test_log_ins_still_open_the_addresses_that_take_personal_tokens(alice, device):
    answer = Client().get("/api/devices/", headers=bearer(alice))

    assert [one["id"] for one in answer.json()] == [device.pk]


def test_an_empty_list_says_what_a_token_is_for(db):
    page = logged_in(make_user("dora")).get("/account/tokens/").content.decode()

    assert "No tokens yet." in page
