"""The second step of a log-in by a code: what counts, how often, and what a password alone opens.

Rows A1, A2, B8, B12 of the test matrix, for what stands behind the password.
"""

import re

import pytest
import time_machine
from django.contrib.sessions.models import Session as HalfWay
from django.test import Client

from accounts import chores, codes, mails, recovery, second_factor, sessions
from accounts.models import CodesApp, Mail, RecoveryCode, Session, User
from planner.problems import RuleError
from tests.accounts.factors import half_way, with_app
from tests.factories import PASSWORD
from tests.logins import browser, logged_in

pytestmark = pytest.mark.django_db
SECOND = "/login/second/"


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_right_password_alone_begins_no_log_in(alice):
    with_app(alice)
    before = Session.objects.count()

    client, answer = half_way(alice)

    assert (answer.status_code, answer["Location"]) == (302, SECOND)
    assert not is_in(client)
    assert {name for name in client.cookies if client.cookies[name].value} <= {"session", "csrf"}
    assert Session.objects.count() == before


def test_the_code_of_the_app_is_the_second_step(alice):
    app, _ = with_app(alice)
    client, _ = half_way(alice, remember="on", next="/tasks/")

    answer = client.post(f"{SECOND}?next=/tasks/", {"code": f" {app.code()[:3]} {app.code()[3:]}"})

    assert (answer.status_code, answer["Location"]) == (302, "/tasks/")
    assert is_in(client)
    session = Session.objects.latest("created_at")
    assert session.remember
    assert session.verified_at == session.created_at
    assert not HalfWay.objects.exists()


def test_the_page_that_was_wanted_is_kept_over_both_steps(alice):
    with_app(alice)

    client, answer = half_way(alice, next="/tasks/?done=1")

    assert answer["Location"] == f"{SECOND}?next=%2Ftasks%2F%3Fdone%3D1"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/tasks/?done=1"' in page or "next=%2Ftasks%2F%3Fdone%3D1" in page


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "１２３４５６", "-1"])
def test_a_wrong_code_is_refused(alice, code):
    with_app(alice)
    client, _ = half_way(alice)

    answer = client.post(SECOND, {"code": code})

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["code"]
    assert not is_in(client)


def test_a_code_counts_once(alice):
    app, _ = with_app(alice)
    code = app.code()
    assert half_way(alice)[0].post(SECOND, {"code": code}).status_code == 302

    again = half_way(alice)[0].post(SECOND, {"code": code})

    assert "This code is wrong, or was used before." in again.content.decode()


@pytest.mark.parametrize(
    ("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_phone_s_clock_may_be_half_a_minute_off(alice, steps, counts):
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        app, _ = with_app(alice)

        assert codes.accept(alice, app.code(steps)) == counts


def test_after_a_later_code_an_earlier_one_counts_no_more(alice):
    with time_machine.travel("2026-11-22T10:00:10Z", tick=False):
        app, _ = with_app(alice)

        assert codes.accept(alice, app.code(1))
        assert not codes.accept(alice, app.code(0))


def test_a_recovery_code_counts_once_however_it_is_typed(alice):
    _, recovery_codes = with_app(alice)
    typed = recovery_codes[3].upper().replace("-", " ")

    first = half_way(alice)[0].post(f"{SECOND}?recovery", {"code": typed})
    again = half_way(alice)[0].post(f"{SECOND}?recovery", {"code": typed})

    assert (first.status_code, again.status_code) == (302, 200)
    assert recovery.left(alice) == 9


def test_the_person_is_told_of_a_used_recovery_code(alice):
    User.objects.filter(pk=alice.pk).update(email="alice@mail.example")
    _, recovery_codes = with_app(alice)

    half_way(alice)[0].post(SECOND, {"code": recovery_codes[0]})

    mail = Mail.objects.get(kind="recovery-code-used")
    assert "You have 9 codes left." in mails.compose(mail).body


def test_a_code_of_somebody_else_is_wrong(alice, bob):
    _, recovery_codes = with_app(alice)
    app, _ = with_app(bob)
    client, _ = half_way(alice)

    assert client.post(SECOND, {"code": app.code()}).status_code == 200
    assert client.post(SECOND, {"code": recovery.renew(bob)[0]}).status_code == 200
    assert not is_in(client)
    assert not second_factor.recovery.accept(bob, recovery_codes[0])


def test_ten_wrong_codes_an_hour_then_not_even_the_right_one(alice):
    """A1"""
    app, _ = with_app(alice)
    client, _ = half_way(alice)

    statuses = [client.post(SECOND, {"code": "000000"}).status_code for _ in range(10)]
    last = client.post(SECOND, {"code": app.code()})

    assert statuses == [200] * 10
    assert last.status_code == 429
    assert re.search(r"Too many tries\. Try again in \d minutes?\.", last.content.decode())
    assert not is_in(client)


@pytest.mark.parametrize("path", ["/api/token/login/", "/login/"])
def test_who_knows_the_password_locks_the_owner_out_of_no_known_browser(alice, path):
    """A1"""
    app, _ = with_app(alice)
    own = browser(sessions.log_in(alice, verified=True))
    own.post("/logout/")
    thief, _ = half_way(alice)
    for _try in range(10):
        thief.post(SECOND, {"code": "000000"})

    if path == "/login/":
        own.post(path, LOGIN)
        own.post(SECOND, {"code": app.code()})
    else:
        own.post(path, {**LOGIN, "otp": app.code()}, content_type="application/json")

    assert thief.post(SECOND, {"code": app.code()}).status_code == 429
    assert (is_in(own), is_in(thief)) == (True, False)


def test_right_codes_cost_nothing(alice):
    _, recovery_codes = with_app(alice)

    for code in recovery_codes:
        second_factor.verify(alice, code, address="")
    recovery_codes = recovery.renew(alice)
    second_factor.verify(alice, recovery_codes[0], address="")


def test_whoever_is_not_half_way_is_led_to_the_log_in(alice):
    with_app(alice)

    answers = [Client().get(f"{SECOND}?next=/tasks/"), Client().post(SECOND, {"code": "000000"})]

    assert [one["Location"] for one in answers] == ["/login/?next=%2Ftasks%2F", "/login/"]


def end_all(user: User) -> None:
    sessions.end_all(user)


def new_password(user: User) -> None:
    user.set_password("another password of words")
    user.save(update_fields=["password"])


def deactivate(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("end", [end_all, new_password, deactivate])
def test_half_a_log_in_ends_with_what_it_stood_on(alice, end):
    """B8"""
    app, _ = with_app(alice)
    client, _ = half_way(alice)

    end(alice)

    assert client.post(SECOND, {"code": app.code()})["Location"] == "/login/"


def test_half_a_log_in_lasts_ten_minutes(alice):
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        app, _ = with_app(alice)
        client, _ = half_way(alice)
        clock.shift(599)
        assert client.get(SECOND).status_code == 200
        clock.shift(2)

        assert client.post(SECOND, {"code": app.code()})["Location"] == "/login/"


def test_half_done_log_ins_are_forgotten(alice):
    with_app(alice)
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        half_way(alice)
        clock.shift(601)

        chores.forget_half_done()

    assert not HalfWay.objects.exists()


def test_a_log_in_of_before_is_asked_for_the_second_step_where_one_is_needed(alice):
    old = browser(sessions.log_in(alice))
    app, _ = with_app(alice)

    answer = old.post(f"{SECOND}?next=/account/", {"code": app.code()})

    assert answer["Location"] == "/account/"
    assert Session.objects.order_by("created_at").first().verified_at is not None


def test_whoever_has_proved_it_need_not_again(alice):
    with_app(alice)
    client = browser(sessions.log_in(alice, verified=True))

    assert client.get(SECOND)["Location"] == "/login/"


# --- The API -------------------------------------------------------------------------------

LOGIN = {"username": "alice", "password": PASSWORD}


def ask(path: str, **more: str):
    client = Client()
    return client.post(path, {**LOGIN, **more}, content_type="application/json")


@pytest.mark.parametrize("path", ["/api/token/", "/api/token/login/"])
def test_the_api_asks_for_a_code_by_naming_the_field(alice, path):
    with_app(alice)
    before = Session.objects.count()

    answer = ask(path)

    assert answer.status_code == 401
    problem = answer.json()
    assert (problem["code"], answer["WWW-Authenticate"]) == ("token-invalid", "Bearer")
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [("/otp", "required")]
    assert Session.objects.count() == before


@pytest.mark.parametrize(("path", "status"), [("/api/token/", 200), ("/api/token/login/", 204)])
def test_the_api_takes_a_code_of_the_app_or_a_recovery_code(alice, path, status):
    app, recovery_codes = with_app(alice)

    answers = [ask(path, otp=code) for code in (app.code(), recovery_codes[0])]

    assert [one.status_code for one in answers] == [status, status]
    assert all(one.verified_at for one in Session.objects.order_by("-created_at")[:2])


def test_the_api_refuses_a_wrong_code_and_counts_it(alice):
    app, _ = with_app(alice)

    answers = [ask("/api/token/", otp="000000") for _ in range(10)]
    answers.append(ask("/api/token/", otp=app.code()))

    assert [one.status_code for one in answers] == [401] * 10 + [429]
    errors = answers[0].json()["errors"]
    assert [(one["pointer"], one["code"]) for one in errors] == [("/otp", "wrong")]
    assert int(answers[-1]["Retry-After"]) > 0


def test_with_a_wrong_password_nobody_learns_of_a_second_factor(alice, bob):
    """A4"""
    with_app(alice)

    answers = [
        Client().post(
            "/api/token/",
            {"username": name, "password": "wrong", "otp": "000000"},
            content_type="application/json",
        )
        for name in ("alice", "bob", "nobody")
    ]

    problems = [{**one.json(), "request_id": ""} for one in answers]
    assert problems[0] == problems[1] == problems[2]


def test_who_has_no_second_factor_may_send_a_code_for_nothing(alice):
    assert ask("/api/token/", otp="000000").status_code == 200


# --- What is kept --------------------------------------------------------------------------


def test_neither_the_secret_of_an_app_nor_a_recovery_code_is_kept_in_clear(alice):
    """B12"""
    app, recovery_codes = with_app(alice)

    kept = str([*CodesApp.objects.values(), *RecoveryCode.objects.values()])

    for secret in (app.secret.hex(), *recovery_codes):
        assert secret not in kept
        assert secret.replace("-", "") not in kept


def test_recovery_codes_are_random_and_never_alike(alice):
    """B12"""
    made = [code for _ in range(20) for code in recovery.renew(alice)]

    assert len(set(made)) == 200
    assert all(re.fullmatch(r"([2-9a-kmnp-z]{4}-){3}[2-9a-kmnp-z]{4}", code) for code in made)
    assert set("".join(made)) - {"-"} == set(recovery.LETTERS)


def test_an_app_s_secret_is_read_under_an_older_key_and_never_without_its_key(alice, settings):
    settings.SECOND_FACTOR_KEYS = {"old": b"o" * 32}
    app, _ = with_app(alice)

    settings.SECOND_FACTOR_KEYS = {"new": b"n" * 32, "old": b"o" * 32}
    assert codes.accept(alice, app.code())

    settings.SECOND_FACTOR_KEYS = {"new": b"n" * 32}
    assert not codes.accept(alice, app.code(1))


def test_a_code_that_is_asked_for_in_a_rule_names_its_field(alice):
    with_app(alice)

    with pytest.raises(RuleError) as refused:
        second_factor.verify(alice, "000000", address="")

    assert [one["pointer"] for one in refused.value.errors] == ["/code"]


def test_a_person_without_a_second_factor_logs_in_as_ever(alice):
    client, answer = half_way(alice)

    assert answer["Location"] == "/today/"
    assert is_in(client)
    assert is_in(logged_in(alice))
