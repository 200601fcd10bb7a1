"""People in the admin: looked up, locked, logged out; no hash and no plan is shown."""

from functools import partial

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from accounts import sessions
from accounts.models import Preferences, Session, User
from tests.factories import PASSWORD, make_user
from tests.logins import browser, logged_in
from tests.races import RACE, at_once

PEOPLE = "/admin/accounts/user/"
NEW = "long new words of nobody else"


@pytest.fixture
def admin(staff) -> Client:
    return logged_in(staff)


def form_of(user: User, **changes: str) -> dict[str, str]:
    """Return what the page of a person sends."""
    fields = {
        "username": user.username,
        "full_name": user.full_name,
        "email": user.email,
        "is_superuser": "on" if user.is_superuser else "",
        "sessions-TOTAL_FORMS": "0",
        "sessions-INITIAL_FORMS": "0",
    }
    return {name: value for name, value in (fields | changes).items() if value or "is_" not in name}


def confirmed(action: str, *people: User) -> dict:
    """The form by which staff confirm an action."""
    keys = [user.pk for user in people]
    return {
        "action": action,
        "_selected_action": keys,
        "number": len(keys),
        "reason": "asked for by mail",
    }


@pytest.mark.parametrize("address", [PEOPLE, PEOPLE + "add/", PEOPLE + "?q=ali"])
def test_staff_sees_the_pages(admin, alice, address):
    assert admin.get(address).status_code == 200


@pytest.mark.parametrize("q", ["alice", "ASH", "alice@"])
def test_a_person_is_found_by_name_or_address(admin, bob, q):
    user = make_user("alice", full_name="Alice Ash", email="alice@example.org")

    response = admin.get(PEOPLE, {"q": q})

    assert list(response.context["cl"].result_list) == [user]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="only PostgreSQL has such an index")
def test_an_index_finds_people_by_any_part_of_their_names(admin):
    User.objects.bulk_create(User(username=f"user{n}", full_name=f"Ada {n}") for n in range(3_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")

    with CaptureQueriesContext(connection) as asked:
        admin.get(PEOPLE, {"q": "DA 2999"})

    [search, *_others] = [query["sql"] for query in asked if "LIKE" in query["sql"]]
    with connection.cursor() as cursor:
        # So few people would be read faster without any index.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {search}")
        assert "accounts_user_parts" in "\n".join(line for (line,) in cursor.fetchall())


def test_the_list_costs_the_same_for_any_number_of_people(admin, django_assert_max_num_queries):
    for n in range(20):
        sessions.log_in(make_user(f"user{n}"))

    with django_assert_max_num_queries(8):
        admin.get(PEOPLE)


def test_the_page_of_a_person_shows_log_ins_without_what_proves_them(admin, alice):
    pair = sessions.log_in(alice, user_agent="Firefox/140", address="192.0.2.7")
    pair = sessions.rotate(pair.refresh)

    page = admin.get(f"{PEOPLE}{alice.pk}/change/").content.decode()

    assert ("Firefox/140" in page, "192.0.2.7" in page) == (True, True)
    row = Session.objects.get(pk=pair.session.pk)
    for secret in (row.token_hash, row.previous_hash, alice.password, pair.refresh):
        assert secret not in page


@pytest.mark.parametrize("model", ["session", "preferences"])
def test_log_ins_have_no_page_of_their_own(model):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:accounts_{model}_changelist")


def test_a_person_made_by_staff_is_whole(admin):
    fields = {"username": "carol", "full_name": "Carol", "email": "carol@example.org"}

    response = admin.post(PEOPLE + "add/", fields | {"password1": PASSWORD, "password2": PASSWORD})

    user = User.objects.get(username="carol")
    assert response["Location"] == f"{PEOPLE}{user.pk}/change/"
    assert (user.full_name, user.preferences.theme) == ("Carol", Preferences.Theme.AUTO)
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["alice", "ALICE", "a@b", "a b"])
def test_staff_makes_no_second_alice_and_no_odd_name(admin, alice, name):
    fields = {"username": name, "password1": PASSWORD, "password2": PASSWORD}

    response = admin.post(PEOPLE + "add/", fields)

    assert list(response.context["adminform"].form.errors)
    assert User.objects.count() == 2


def test_an_address_of_another_account_is_refused(admin, alice):
    make_user("bob", email="bob@example.org")

    response = admin.post(f"{PEOPLE}{alice.pk}/change/", form_of(alice, email="BOB@example.org"))

    assert response.status_code == 200
    assert User.objects.get(pk=alice.pk).email == ""


def test_a_locked_person_is_out_and_stays_out_when_unlocked(admin, alice):
    pair = sessions.log_in(alice)

    admin.post(PEOPLE, confirmed("lock", alice))
    locked = User.objects.get(pk=alice.pk).is_active
    admin.post(PEOPLE, confirmed("unlock", alice))

    assert (locked, User.objects.get(pk=alice.pk).is_active) == (False, True)
    assert browser(pair).get("/account/").status_code == 302


def test_an_ordinary_change_logs_nobody_out(admin, alice):
    pair = sessions.log_in(alice)

    admin.post(f"{PEOPLE}{alice.pk}/change/", form_of(alice, full_name="Alice Aspen"))

    assert User.objects.get(pk=alice.pk).full_name == "Alice Aspen"
    assert browser(pair).get("/account/").status_code == 200


def test_a_password_set_by_staff_ends_the_person_s_log_ins(admin, alice):
    pair = sessions.log_in(alice)
    new = "eleven green bottles"

    admin.post(f"{PEOPLE}{alice.pk}/password/", {"password1": new, "password2": new})

    assert User.objects.get(pk=alice.pk).check_password(new)
    assert browser(pair).get("/account/").status_code == 302


def test_staff_ends_all_log_ins_of_the_people_chosen(admin, alice, bob):
    pairs = [sessions.log_in(alice), sessions.log_in(bob)]

    admin.post(PEOPLE, confirmed("end_log_ins", alice))

    assert [browser(pair).get("/account/").status_code for pair in pairs] == [302, 200]


def test_staff_without_rights_sees_nobody(alice, db):
    clerk = make_user("clerk", is_staff=True)

    assert logged_in(clerk).get(PEOPLE).status_code == 403


def test_the_last_superuser_stays_one(admin, staff, alice):
    address = f"{PEOPLE}{staff.pk}/change/"

    refused = admin.post(address, form_of(staff, is_superuser=""))
    make_user("second", is_staff=True, is_superuser=True)
    admin.post(address, form_of(staff, is_superuser=""))

    assert list(refused.context["adminform"].form.errors) == ["is_superuser"]
    assert not User.objects.get(pk=staff.pk).is_superuser


class TestTwoAtOnce:
    pytestmark = RACE

    def test_two_superusers_who_take_it_from_each_other_leave_one(self, db):
        two = [make_user(name, is_staff=True, is_superuser=True) for name in ("one", "other")]
        edits = [
            partial(
                logged_in(by).post, f"{PEOPLE}{user.pk}/change/", form_of(user, is_superuser="")
            )
            for by, user in (two, two[::-1])
        ]

        answers = at_once(edits)

        assert [answer.status_code for answer in answers].count(302) == 1
        assert User.objects.filter(is_superuser=True).count() == 1

    @pytest.mark.parametrize("page", ["change/", "password/"])
    def test_what_happens_to_a_person_while_they_are_edited_stays(self, staff, alice, page):
        sent = form_of(alice) | {"password1": NEW, "password2": NEW, "usable_password": "true"}
        edit = partial(logged_in(staff).post, f"{PEOPLE}{alice.pk}/{page}", sent)

        def end() -> None:
            with transaction.atomic():
                sessions.end_all(User.objects.get(pk=alice.pk))

        answers = at_once([edit, end, edit, end, edit, end])

        assert [answer.status_code for answer in answers if answer] == [302] * 3
        ends = 3 if page == "change/" else 6
        assert User.objects.get(pk=alice.pk).session_generation == alice.session_generation + ends

    @pytest.mark.parametrize("_round", range(3))
    def test_two_people_are_not_given_one_address_at_once(self, staff, alice, bob, _round):
        web = [logged_in(staff), logged_in(staff)]
        edits = [
            partial(one.post, f"{PEOPLE}{user.pk}/change/", form_of(user, email="new@example.org"))
            for one, user in zip(web, (alice, bob), strict=True)
        ]

        answers = at_once(edits)

        assert sorted(answer.status_code for answer in answers) == [200, 302]
        assert User.objects.filter(email="new@example.org").count() == 1


def test_whoever_may_edit_people_without_being_a_superuser_edits_nobody(alice):
    helper = make_user("helper", is_staff=True)
    rights = Permission.objects.filter(codename__in=["view_user", "change_user", "delete_user"])
    helper.user_permissions.set(rights)
    web = logged_in(helper)

    answers = [
        web.post(f"{PEOPLE}{helper.pk}/change/", form_of(helper, is_superuser="on")),
        web.post(f"{PEOPLE}{alice.pk}/password/", {"password1": PASSWORD, "password2": PASSWORD}),
        web.post(f"{PEOPLE}{alice.pk}/delete/", {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert User.objects.filter(is_superuser=True).count() == 0
