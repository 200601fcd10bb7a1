"""People in the database: unique without regard to case, whole from the start."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError

from accounts.models import Preferences, Session, User
from tests.factories import PASSWORD, make_user


def test_a_new_database_has_nobody_in_it(db):
    """A10"""
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["alice", "Alice", "ALICE"])
def test_a_user_name_is_unique_in_any_case(alice, name):
    with pytest.raises(IntegrityError):
        make_user(name)


def test_an_address_is_unique_in_any_case(db):
    make_user("alice", email="alice@example.org")

    with pytest.raises(IntegrityError):
        make_user("bob", email="ALICE@example.org")


def test_many_may_have_no_address(alice, bob):
    assert [alice.email, bob.email] == ["", ""]


@pytest.mark.parametrize("name", ["a@b", "a b", "ä", "a\n", "", "a/b", "<b>", "x" * 31])
def test_a_user_name_holds_letters_digits_and_three_signs_alone(db, name):
    with pytest.raises(ValidationError):
        User(username=name, password="x").full_clean()


@pytest.mark.parametrize("name", ["a", "A.b-c_9", "007", "x" * 30])
def test_a_good_user_name_is_taken(db, name):
    User(username=name, password="x").full_clean()


def test_a_person_is_found_by_name_or_address_and_never_by_half_of_it(db):
    alice = make_user("alice", email="Alice@Example.org")

    found = {
        name: list(User.objects.named(name))
        for name in ("ALICE", "alice@example.org", "ali", "alice%", "alice_", "@", "", "%@%")
    }
    assert found == {
        "ALICE": [alice],
        "alice@example.org": [alice],
        **dict.fromkeys(("ali", "alice%", "alice_", "@", "", "%@%"), []),
    }


def test_a_person_is_called_by_the_full_name_if_there_is_one(alice, stranger):
    assert [str(alice), str(stranger)] == ["Alice Ash", "stranger"]


def test_a_person_without_a_password_cannot_log_in(db):
    assert not User.objects.create_user("carol").has_usable_password()


def test_a_superuser_of_the_command_line_is_whole_too(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", "--noinput", username="root")

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.preferences.time_zone) == (True, True, "UTC")
    assert user.check_password(PASSWORD)


def test_preferences_and_log_ins_go_with_their_person(alice):
    Session.objects.create(
        user=alice,
        created_at=alice.date_joined,
        confirmed_at=alice.date_joined,
        last_used_at=alice.date_joined,
        expires_at=alice.date_joined,
    )

    alice.delete()

    assert (Preferences.objects.count(), Session.objects.count()) == (0, 0)
