"""Making an account: the page and the rule behind it."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.choices import flatten_choices
from time_machine import travel

from accounts import signup
from accounts.models import Preferences, Session, User
from planner.buckets import Limit
from planner.problems import RuleError
from tests.factories import PASSWORD, make_user
from tests.logins import logged_in

GOOD = {
    "full_name": "Carol Cedar",
    "username": "carol",
    "email": "carol@example.org",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "time_zone": "Europe/Berlin",
}


def post(client: Client, **changes: str):
    return client.post("/signup/", GOOD | changes)


def test_the_page_shows_the_zone_it_will_take(client, db):
    form = client.get("/signup/").context["form"]

    assert form["time_zone"].value() == "UTC"
    assert "Europe/Berlin" in dict(flatten_choices(form.fields["time_zone"].choices))


def test_a_new_person_is_made_whole_and_logged_in(client, db):
    response = post(client)

    assert (response.status_code, response["Location"]) == (302, "/today/")
    user = User.objects.get()
    assert (user.username, user.full_name) == ("carol", "Carol Cedar")
    assert (user.email, user.unverified_email) == ("", "carol@example.org")
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    assert user.check_password(PASSWORD)
    assert Preferences.objects.values().get() == {
        "user_id": user.pk,
        "time_zone": "Europe/Berlin",
        "theme": "auto",
        "text_size": "m",
        "single_keys": True,
        "language": "en",
        "hour_format": 24,
        "show_seconds": False,
        "date_order": "DMY",
        "week_start": "monday",
        "notice_silence": True,
        "notice_people": True,
        "notice_week": False,
    }
    assert Session.objects.get().user == user
    assert client.get("/account/").wsgi_request.user == user


def test_the_name_and_the_address_may_be_left_out(client, db):
    post(client, full_name="", email="")

    assert (str(User.objects.get()), User.objects.get().email) == ("carol", "")


@pytest.mark.parametrize(("email", "said"), [("carol@example.org", 1), ("", 0)])
def test_who_gave_an_address_is_told_where_the_link_went(client, db, email, said):
    page = client.post("/signup/", GOOD | {"email": email}, follow=True).content.decode()

    assert page.count("Welcome! Open the link that we sent to carol@example.org.") == said


def test_a_new_person_comes_to_the_page_they_wanted(client, db):
    assert post(client, next="/claim/")["Location"] == "/claim/"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_no_sign_up_leads_off_this_site(client, db, target):
    assert post(client, next=target)["Location"] == "/today/"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "with space"),
        ("username", "carol@example.org"),
        ("username", "cárol"),
        ("username", "c\0"),
        ("username", "x" * 31),
        ("email", "no address"),
        ("email", "a@b@example.org"),
        ("email", "x" * 250 + "@example.org"),
        ("email", "x@" + "İ" * 60 + ".org"),
        ("email", "x@" + ".".join(["İ" * 30] * 8) + ".org"),
        ("password", ""),
        ("password", "short"),
        ("password", "password1"),
        ("password", "carolcedar"),
        ("password", "x9" * 2049),
        ("password_again", "something else"),
        ("password_again", ""),
        ("full_name", "é" * 64),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
    ],
    ids=lambda text: ascii(text[:16]),
)
def test_what_is_wrong_is_shown_beside_its_field_and_the_rest_is_kept(client, db, field, value):
    changes = {field: value}
    if field == "password":
        changes["password_again"] = value

    response = post(client, **changes)

    form = response.context["form"]
    assert (response.status_code, set(form.errors) - {"password_again"}) == (
        200,
        {field} - {"password_again"},
    )
    assert form.errors[field]
    kept = {name: form[name].value() for name in ("full_name", "username", "email")}
    assert kept == {name: changes.get(name, GOOD[name]) for name in kept}
    assert PASSWORD not in response.content.decode()
    assert not User.objects.exists()


def test_all_that_is_wrong_is_said_at_once(client, db):
    response = post(client, username="bad name", password="short", password_again="shorter")

    assert response.context["form"].errors == {
        "username": ["Letters, digits, dots, dashes and underscores only."],
        "password": ["This password is too short. It must contain at least 8 characters."],
        "password_again": ["This is not the same password."],
    }


@pytest.mark.parametrize("name", ["carol", "Carol", "CAROL"])
def test_a_taken_name_is_refused_in_any_case(client, db, name):
    make_user("carol")

    response = post(client, username=name, email="")

    assert response.context["form"].errors == {"username": ["This user name is taken."]}
    assert User.objects.count() == 1


def test_a_taken_name_is_told_together_with_what_else_is_wrong(client, db):
    make_user("carol")

    response = post(client, username="carol", password="password")

    assert sorted(response.context["form"].errors) == ["password", "password_again", "username"]


def test_nobody_learns_whose_address_is_known(db):
    """A4"""
    make_user("alice", email="carol@example.org")

    answers = [
        post(Client(), username=name, email=email)
        for name, email in (("zoe-1", "CAROL@example.org"), ("zoe-2", "new@example.org"))
    ]

    assert [(a.status_code, a["Location"], list(a.cookies)) for a in answers] == [
        (302, "/today/", list(answers[0].cookies))
    ] * 2
    found = User.objects.values_list("username", "email", "unverified_email")
    assert sorted(found) == [
        ("alice", "carol@example.org", ""),
        ("zoe-1", "", "CAROL@example.org"),
        ("zoe-2", "", "new@example.org"),
    ]
    pages = [
        logged_in(User.objects.get(username=name)).get("/account/") for name in ("zoe-1", "zoe-2")
    ]
    first, second = (re.sub(r'value="[\w-]{40,}"', "", page.content.decode()) for page in pages)
    assert first.replace("zoe-1", "zoe-2").replace("CAROL@", "new@") == second


def test_a_name_that_is_taken_at_the_very_moment_is_refused_as_taken(db, monkeypatch):
    make_user("carol")
    monkeypatch.setattr(signup, "is_free", lambda username: True)

    with pytest.raises(RuleError) as refused:
        signup.sign_up(username="Carol", password=PASSWORD)

    assert [fault["code"] for fault in refused.value.errors] == ["taken"]


# --- What the page's script asks


def check(client: Client, **fields: str) -> dict:
    response = client.post("/signup/check/", fields)
    assert response.status_code == 200
    return response.json()


def test_a_script_learns_how_strong_a_password_is_and_whether_a_name_is_free(client, alice):
    assert check(client, username="ALICE", password="password1") == {
        "score": 0,
        "level": "Very weak",
        "reasons": ["It has a password that many people use."],
        "taken": True,
    }
    assert check(client, username="zoe", password=PASSWORD) == {
        "score": 4,
        "level": "Strong",
        "reasons": [],
        "taken": False,
    }


def test_what_is_typed_beside_it_weakens_a_password(client, db):
    fields = {"password": "Zephyrine77!", "full_name": "Zephyrine Quill"}

    assert check(client, password="Zephyrine77!")["score"] > check(client, **fields)["score"]
    assert check(client, **fields)["reasons"] == ["It has a name or an address that others know."]


@pytest.mark.parametrize("password", ["", "\0", "x" * 100_000, "🐢"])
def test_anything_may_be_asked(client, db, password):
    assert check(client, password=password)["score"] in range(5)


@pytest.mark.parametrize("text", ["a\0b", "name " * 100_000, "🐢"])
@pytest.mark.parametrize("field", ["username", "full_name", "email"])
def test_anything_may_stand_beside_it(client, db, field, text):
    assert check(client, password=PASSWORD, **{field: text})["score"] in range(5)


def test_only_so_much_of_a_field_is_looked_at_as_it_may_hold(client, db):
    fields = {"password": "Zephyrine77!", "full_name": "x" * 300 + " Zephyrine"}

    assert check(client, **fields) == check(client, password="Zephyrine77!")


def test_nobody_asks_for_ever(client, db, monkeypatch):
    monkeypatch.setattr("accounts.views.signup.CHECKS", Limit("signup-check", 2, 60))

    answers = [client.post("/signup/check/", {"password": "x"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


@travel("2026-11-23T12:00:00Z", tick=False)
def test_an_address_makes_so_many_accounts_in_an_hour(client, db, monkeypatch):
    monkeypatch.setattr(signup, "BY_ADDRESS", Limit("signup-address", 2, 3600.0))
    here, there = {"REMOTE_ADDR": "192.0.2.7"}, {"REMOTE_ADDR": "192.0.2.8"}

    def sign_up(username: str, where: dict[str, str], language: str = "en") -> HttpResponse:
        form = GOOD | {"username": username, "email": ""}
        return Client().post("/signup/", form, headers={"Accept-Language": language}, **where)

    made = [sign_up(name, here).status_code for name in ("ann", "ann", "password", "ben")]
    refused, german = sign_up("cleo", here), sign_up("cleo", here, "de")

    # A name that is taken makes no account, and counts as none.
    assert made == [302, 200, 302, 429]
    assert (refused.status_code, refused["Retry-After"]) == (429, "1800")
    assert "Too many tries. Try again in 30 minutes." in (refused.content.decode())
    assert german.status_code == 429
    assert "Versuche" in german.content.decode()
    assert sign_up("cleo", there).status_code == 302
    assert User.objects.count() == 3


def test_mass_assignment_gives_no_rights(client, db):
    post(client, is_staff="on", is_superuser="on", id="7", session_generation="9")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.session_generation) == (False, False, 0)


def test_who_is_logged_in_is_sent_on(alice):
    assert logged_in(alice).get("/signup/")["Location"] == "/today/"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_taken(client, db, method):
    assert getattr(client, method)("/signup/").status_code == 405


def test_the_rule_refuses_an_unfit_password_whoever_calls_it(db):
    with pytest.raises(RuleError) as refused:
        signup.sign_up(username="carol", password="carol")

    assert [fault["code"] for fault in refused.value.errors] == [
        "password-too-similar",
        "password-too-short",
        "password-too-common",
    ]
