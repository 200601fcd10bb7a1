"""What ends a log-in or a person at this very moment ends what is under way with it."""

from collections.abc import Callable
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password

from accounts import closing, emails, passwords, profile, second_factor, sessions
from accounts.models import CodesApp, Mail, Session, User
from planner.problems import RuleError
from tests.factories import PASSWORD, make_user
from tests.mailbox import secret_of
from tests.races import RACE, meanwhile

HERE = "192.0.2.77"
NEW = "nine lamps beside a book"
LOCK = "FOR NO KEY UPDATE"

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> Session:
    """Somebody is logged in as Alice, with an e-mail address."""
    return sessions.log_in(make_user("alice", email="alice@example.org")).session


def changes_the_password(session: Session) -> None:
    passwords.change(session.user, "a book beside ten lamps", keep=session, address=HERE)


def changes_the_address(session: Session) -> None:
    emails.change(session.user, "thief@example.org", address=HERE)


def makes_recovery_codes(session: Session) -> None:
    second_factor.renew_recovery(session.user, address=HERE)


def removes_the_app(session: Session) -> None:
    second_factor.remove_app(session.user, address=HERE)


def closes_the_account(session: Session) -> None:
    closing.begin(session.user, address=HERE)


def changes_the_name(session: Session) -> None:
    profile.change(session.user, full_name="Mallory")


RULES = [
    changes_the_password,
    changes_the_address,
    makes_recovery_codes,
    removes_the_app,
    closes_the_account,
    changes_the_name,
]
every_rule = pytest.mark.parametrize("rule", RULES)


def resets(user: User) -> Callable[[], User]:
    link = secret_of(passwords.reset_link(user))
    return partial(passwords.reset, link, NEW, address=HERE)


@every_rule
def test_whose_account_is_closed_by_now_is_logged_out_and_told_so(session, rule):
    User.objects.filter(pk=session.user_id).delete()

    with pytest.raises(RuleError) as refusal:
        rule(session)

    assert refusal.value.slug == "token-revoked"


def test_to_confirm_a_log_in_that_is_gone_is_no_error(session):
    Session.objects.all().delete()

    sessions.confirm(session)
    sessions.prove(session)

    assert not Session.objects.exists()


class TestAtThatMoment:
    pytestmark = RACE

    @every_rule
    def test_a_new_password_ends_what_another_log_in_is_about_to_do(self, session, rule):
        with (
            meanwhile(resets(session.user), before=LOCK) as outcomes,
            pytest.raises(RuleError) as refusal,
        ):
            rule(session)

        assert (refusal.value.slug, outcomes) == ("token-revoked", [session.user])
        user = User.objects.get()
        assert user.check_password(NEW)
        assert (user.full_name, user.unverified_email, user.closes_at) == ("", "", None)

    def test_who_is_gone_when_the_log_in_begins_is_told_so(self, client, session, caplog):
        del session
        form = {"username": "alice", "password": PASSWORD}
        gone = User.objects.all().delete

        with meanwhile(gone, before='INSERT INTO "accounts_session"'):
            page = client.post("/login/", form)
        make_user("alice")
        with meanwhile(gone, before='INSERT INTO "accounts_session"'):
            api = client.post("/api/token/", form, content_type="application/json")

        assert page.status_code == 400
        assert "What this belongs to was deleted meanwhile." in page.content.decode()
        assert (api.status_code, api.json()["code"]) == (409, "conflict")
        told = [line for line in caplog.messages if line.startswith("points at a row that is gone")]
        assert [line.partition("_user_id_")[0] for line in told] == [
            "points at a row that is gone: accounts_session"
        ] * 2

    def test_the_log_in_that_is_ended_sets_no_password(self, session):
        with (
            meanwhile(partial(sessions.log_out, session), before=LOCK),
            pytest.raises(RuleError, match="has ended"),
        ):
            changes_the_password(session)

        assert User.objects.get().check_password(PASSWORD)

    def test_an_old_hash_that_is_made_anew_does_not_bring_an_old_password_back(self, session):
        User.objects.update(password=make_password(PASSWORD, salt="short"))
        user = User.objects.get()

        with meanwhile(resets(user), before='UPDATE "accounts_user" SET "password"') as outcomes:
            assert passwords.verify("alice", PASSWORD, address=HERE) == user

        assert outcomes == [user]
        assert User.objects.get().check_password(NEW)

    def test_of_two_presses_that_take_the_app_away_one_is_told_by_mail(self, session):
        CodesApp.objects.create(user=session.user, sealed_secret=b"", last_step=0)
        away = partial(second_factor.remove_app, session.user, address=HERE)

        with meanwhile(away, before=LOCK):
            away()

        assert Mail.objects.filter(kind="codes-app-removed").count() == 1
