"""The account page: what a person may change about themselves."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import make_user
from tests.logins import logged_in

GOOD = {"full_name": "Alice Aspen", "time_zone": "Asia/Tokyo"}
# What else the page's form carries, as it is for a new account.
REST = {
    "username": "alice",
    "language": "en",
    "hour_format": 24,
    "date_order": "DMY",
    "week_start": "monday",
    "theme": "auto",
    "text_size": "m",
    "single_keys": True,
    "notice_silence": True,
    "notice_people": True,
    "notice_week": False,
}


def facts(user: User) -> tuple[str, str]:
    """Return what the database has."""
    user = User.objects.select_related("preferences").get(pk=user.pk)
    return user.full_name, user.preferences.time_zone


def test_the_page_shows_what_is_known_and_a_way_out(alice):
    response = logged_in(alice).get("/account/")

    form = response.context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "full_name": "Alice Ash",
        "time_zone": "UTC",
        "show_seconds": False,
    } | REST
    assert b'action="/logout/"' in response.content


def test_a_change_is_saved_and_answered_with_a_redirect(alice):
    response = logged_in(alice).post("/account/", GOOD | REST)

    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert facts(alice) == tuple(GOOD.values())


def test_everything_optional_may_be_emptied(alice):
    client = logged_in(alice)
    client.post("/account/", GOOD | REST)

    client.post("/account/", REST | {"full_name": "", "time_zone": "UTC"})

    assert facts(alice) == ("", "UTC")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "é" * 64),
        ("full_name", "a\0b"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("username", ""),
        ("username", "a@b"),
        ("username", "x" * 31),
        ("hour_format", "13"),
        ("hour_format", ""),
        ("date_order", "DYM"),
        ("week_start", "friday"),
        ("theme", "blue"),
        ("text_size", "xl"),
    ],
)
def test_what_is_wrong_is_shown_beside_its_field_and_changes_nothing(alice, field, value):
    response = logged_in(alice).post("/account/", GOOD | REST | {field: value})

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (200, [field])
    assert form[field].value() == value
    assert facts(alice) == ("Alice Ash", "UTC")


def test_a_user_name_of_another_account_is_refused_and_the_page_shows_the_truth(alice, bob):
    response = logged_in(alice).post("/account/", GOOD | REST | {"username": "BOB"})

    assert response.context["form"].errors == {"username": ["This user name is taken."]}
    assert str(response.wsgi_request.user) == "Alice Ash"
    assert facts(alice) == ("Alice Ash", "UTC")


def test_mass_assignment_gives_no_rights(alice):
    logged_in(alice).post(
        "/account/", GOOD | REST | {"is_staff": "on", "id": 7, "email": "a@example.org"}
    )

    user = User.objects.get()
    assert (user.pk, user.is_staff, user.email) == (alice.pk, False, "")


def test_a_post_from_elsewhere_changes_nothing(alice):
    assert logged_in(alice, csrf=True).post("/account/", GOOD | REST).status_code == 403
    assert facts(alice) == ("Alice Ash", "UTC")


def test_a_stranger_is_sent_to_the_log_in(client, db):
    answers = [client.get("/account/"), client.post("/account/", GOOD | REST)]

    assert [answer["Location"] for answer in answers] == ["/login/?next=/account/"] * 2


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_taken(alice, method):
    assert getattr(logged_in(alice), method)("/account/").status_code == 405


def test_names_are_shown_as_text(db):
    user = make_user("alice", full_name="<script>alert(1)</script>")

    content = logged_in(user).get("/account/").content.decode()

    assert "<script>alert" not in content
    assert "&lt;script&gt;alert(1)" in content


def test_the_page_costs_the_same_few_queries(alice, django_assert_num_queries):
    client: Client = logged_in(alice)

    with django_assert_num_queries(1):
        client.get("/account/")


def test_the_user_name_may_be_changed(alice):
    logged_in(alice).post("/account/", GOOD | REST | {"username": "Alice.Ash"})

    alice.refresh_from_db()
    assert alice.username == "Alice.Ash"


def test_every_preference_is_saved(alice):
    chosen = {
        "language": "de",
        "hour_format": 12,
        "show_seconds": True,
        "date_order": "YMD",
        "week_start": "sunday",
        "theme": "dark",
        "text_size": "l",
        "single_keys": False,
        "notice_silence": False,
        "notice_people": False,
        "notice_week": True,
    }
    # A browser sends nothing for a box that is not ticked.
    sent = {name: value for name, value in chosen.items() if value is not False}

    logged_in(alice).post("/account/", GOOD | sent | {"username": "alice"})

    saved = User.objects.get().preferences
    assert {name: getattr(saved, name) for name in chosen} == chosen
