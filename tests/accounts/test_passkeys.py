"""Passkeys: made, used alone or after a password, and refused when anything about them is wrong."""

import json

import cbor2
import pytest
import time_machine
from django.core import signing
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts import challenges, passkeys, second_factor
from accounts.models import Passkey, RecoveryCode, Session, User
from accounts.passkeys import Site
from planner.problems import RuleError
from tests.accounts.authenticator import PRESENT, VERIFIED, Authenticator, text
from tests.accounts.factors import SITE, half_way, with_passkey
from tests.logins import logged_in

pytestmark = pytest.mark.django_db
NEW = "/account/security/passkeys/new/"


def is_in(client: Client, name: str) -> bool:
    return client.get("/api/me/").json().get("username") == name


def options(client: Client) -> str:
    return client.get("/login/passkey/options/").content.decode()


def log_in(authenticator: Authenticator, **bent: object):
    client = Client()
    answer = authenticator.use(options(client), **bent)
    return client, client.post("/login/passkey/", {"answer": answer, "next": "/account/"})


def add(client: Client, authenticator: Authenticator, *, name: str = "Phone", **bent: object):
    asked = client.get(NEW).context["options"]
    return client.post(NEW, {"name": name, "answer": authenticator.make(asked, **bent)})


def test_a_person_adds_a_passkey_and_gets_recovery_codes_with_the_first(alice):
    page = logged_in(alice)

    first, second = add(page, Authenticator()), add(page, Authenticator(), name="Blue key")

    assert len(first.context["codes"]) == 10
    assert second["Location"] == "/account/security/"
    kept = Passkey.objects.order_by("pk")
    assert [(one.name, one.user, one.transports) for one in kept] == [
        ("Phone", alice, ["internal"]),
        ("Blue key", alice, ["internal"]),
    ]
    assert Session.objects.get().verified_at is not None


def test_a_passkey_alone_logs_in(alice):
    authenticator, passkey = with_passkey(alice)

    client, answer = log_in(authenticator)

    assert answer["Location"] == "/account/"
    assert is_in(client, "alice")
    assert Session.objects.get().verified_at is not None
    passkey.refresh_from_db()
    assert (passkey.sign_count, passkey.last_used_at is None) == (1, False)


def test_a_passkey_is_the_second_step_after_a_password(alice):
    authenticator, _ = with_passkey(alice)
    client, answer = half_way(alice)
    assert not is_in(client, "alice")
    asked = client.get(answer["Location"]).context["options"]

    answer = client.post("/login/second/passkey/", {"answer": authenticator.use(asked)})

    assert answer["Location"] == "/today/"
    assert is_in(client, "alice")


def test_the_second_step_takes_no_passkey_of_somebody_else(alice, bob):
    with_passkey(alice)
    authenticator, _ = with_passkey(bob)
    client, answer = half_way(alice)
    asked = client.get(answer["Location"]).context["options"]

    answer = client.post("/login/second/passkey/", {"answer": authenticator.use(asked)})

    assert "This passkey is not known here." in answer.content.decode()
    assert not is_in(client, "alice")
    assert not is_in(client, "bob")


def test_what_was_signed_at_the_log_in_counts_at_no_second_step(alice):
    authenticator, _ = with_passkey(alice)
    client, _ = half_way(alice)

    answer = client.post("/login/second/passkey/", {"answer": authenticator.use(options(Client()))})

    assert answer.status_code == 200
    assert not is_in(client, "alice")


def refused(client: Client, answer) -> bool:
    return answer.status_code == 200 and client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "bent",
    [{"origin": "https://evil.example"}, {"flags": PRESENT}, {"flags": VERIFIED}, {"flags": 0}],
    ids=["another site", "nobody verified", "nobody present", "neither"],
)
def test_a_passkey_used_elsewhere_or_by_nobody_is_refused(alice, bent):
    authenticator, _ = with_passkey(alice)

    assert refused(*log_in(authenticator, **bent))


def test_an_answer_counts_once(alice):
    """B6"""
    authenticator, _ = with_passkey(alice)
    authenticator.count = -1
    answer = authenticator.use(options(Client()))
    first, again = Client(), Client()

    assert first.post("/login/passkey/", {"answer": answer}).status_code == 302
    assert refused(again, again.post("/login/passkey/", {"answer": answer}))


def test_a_copy_that_counts_behind_the_original_is_refused(alice):
    authenticator, _ = with_passkey(alice)
    log_in(authenticator)
    log_in(authenticator)
    authenticator.count = 1

    assert refused(*log_in(authenticator))


def test_a_passkey_that_never_counts_is_good_again_and_again(alice):
    authenticator, _ = with_passkey(alice)
    for _ in range(2):
        authenticator.count = -1
        assert log_in(authenticator)[1].status_code == 302


def test_a_challenge_lasts_ten_minutes(alice):
    authenticator, _ = with_passkey(alice)
    client = Client()
    with time_machine.travel("2026-11-22T10:00:00Z", tick=False) as clock:
        answer = authenticator.use(options(client))
        clock.shift(601)

        assert refused(client, client.post("/login/passkey/", {"answer": answer}))


def test_a_challenge_of_our_own_making_is_needed(alice):
    authenticator, _ = with_passkey(alice)
    made = json.loads(passkeys.options("login", SITE))
    made["challenge"] = text(signing.TimestampSigner(salt="mine").sign("x").encode())

    client = Client()
    answer = client.post("/login/passkey/", {"answer": authenticator.use(json.dumps(made))})

    assert refused(client, answer)


def test_an_inactive_person_does_not_get_in(alice):
    """A9"""
    authenticator, _ = with_passkey(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert refused(*log_in(authenticator))


@pytest.mark.parametrize("given", ["", "{", "[]", "\0", "x" * 20_000])
def test_what_is_wrong_with_an_answer_is_told(alice, given):
    answers = [
        Client().post("/login/passkey/", {"answer": given}),
        logged_in(alice).post(NEW, {"name": "Phone", "answer": given}),
    ]

    for answer in answers:
        text = answer.content.decode().partition('role="alert"')[2].partition("</ul>")[0]
        assert text.count("<li>") == 1
    assert not Passkey.objects.exists()


def test_an_unknown_passkey_does_not_get_in(alice):
    assert refused(*log_in(Authenticator()))


def test_sixty_wrong_answers_an_hour_from_an_address(alice):
    """A1"""
    statuses = [Client().post("/login/passkey/", {"answer": "{}"}).status_code for _ in range(61)]

    assert statuses == [200] * 60 + [429]


@pytest.mark.parametrize(
    "bent",
    [{"origin": "https://evil.example"}, {"flags": PRESENT}, {"flags": VERIFIED}],
    ids=["another site", "nobody verified", "nobody present"],
)
def test_a_passkey_made_elsewhere_or_by_nobody_is_not_kept(alice, bent):
    answer = add(logged_in(alice), Authenticator(), **bent)

    assert "This passkey could not be used." in answer.content.decode()
    assert Passkey.objects.count() == RecoveryCode.objects.count() == 0


def test_a_passkey_of_a_longer_name_than_there_are_is_not_kept(alice):
    longest, longer = Authenticator(), Authenticator()
    longest.id, longer.id = bytes(1023), bytes(1024)
    page = logged_in(alice)

    assert add(page, longest).status_code == 200
    answer = add(page, longer)

    assert "This passkey could not be used. Try again." in answer.content.decode()
    assert Passkey.objects.count() == 1


def test_a_public_key_that_is_none_is_not_kept(alice):
    bent = Authenticator()
    bent._public = lambda: cbor2.dumps([1])

    answer = add(logged_in(alice), bent)

    assert "This passkey could not be used. Try again." in answer.content.decode()
    assert not Passkey.objects.exists()


def test_a_passkey_of_somebody_else_is_not_kept_again(alice, bob):
    authenticator, _ = with_passkey(alice)

    add(logged_in(bob), authenticator)

    assert [one.user for one in Passkey.objects.all()] == [alice]


def test_what_somebody_else_was_offered_is_not_taken(alice, bob):
    asked = logged_in(alice).get(NEW).context["options"]

    answer = logged_in(bob).post(NEW, {"name": "x", "answer": Authenticator().make(asked)})

    assert answer.status_code == 200
    assert not Passkey.objects.exists()


def test_a_person_has_twenty_passkeys_at_most(alice):
    for number in range(20):
        Passkey.objects.create(user=alice, name="x", credential_id=f"{number:04}", public_key=b"")

    answer = add(logged_in(alice), Authenticator())

    assert "You have 20 passkeys already." in answer.content.decode()
    assert Passkey.objects.count() == 20


def test_options_tell_nothing_about_a_person(alice):
    """A4"""
    asked = json.loads(passkeys.new_options(alice, SITE))
    empty = json.loads(options(Client()))

    assert str(alice.pk) not in asked["user"]["id"]
    assert empty["allowCredentials"] == []
    assert set(asked["user"]) == {"id", "name", "displayName"}


def test_a_passkey_is_for_the_host_that_the_browser_asked():
    site = Site("planner.example", "https://planner.example")

    assert json.loads(passkeys.options("login", site))["rpId"] == "planner.example"


def test_a_name_is_changed(alice):
    _, passkey = with_passkey(alice)

    answer = logged_in(alice).post(
        f"/account/security/passkeys/{passkey.pk}/rename/", {"name": "Old phone"}
    )

    assert answer["Location"] == "/account/security/"
    assert Passkey.objects.get().name == "Old phone"


def test_the_last_one_goes_after_a_warning_and_takes_the_recovery_codes_along(alice):
    page = logged_in(alice)
    authenticator = Authenticator()
    add(page, authenticator)
    address = f"/account/security/passkeys/{Passkey.objects.get().pk}/remove/"

    asked = page.get(address).content.decode()
    answer = page.post(address)

    assert "This is your last second step." in asked
    assert answer["Location"] == "/account/security/"
    assert not second_factor.of(alice).are_set_up
    assert not RecoveryCode.objects.exists()
    assert Session.objects.get().verified_at is None
    assert refused(*log_in(authenticator))


def test_one_of_two_goes_without_that_warning(alice):
    with_passkey(alice)
    _, passkey = with_passkey(alice, "Old")

    page = logged_in(alice).get(f"/account/security/passkeys/{passkey.pk}/remove/")

    assert "last second step" not in page.content.decode()


def test_a_challenge_spent_twice_at_the_rule_is_refused():
    challenge = challenges.new("x")
    challenges.use(challenge, "x")

    for purpose in ("x", "y"):
        with pytest.raises(RuleError) as error:
            challenges.use(challenge, purpose)
        assert error.value.slug == "invalid"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=9,
)
PATHS = [
    *(("id",), ("rawId",), ("type",), ("response",)),
    *(("response", name) for name in ("clientDataJSON", "authenticatorData", "signature")),
    *(("response", name) for name in ("attestationObject", "transports", "userHandle")),
]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@example(path=("response", "transports"), value=[[]], raw=b"", whole=None)
@given(path=st.sampled_from(PATHS), value=JSON, raw=st.binary(max_size=60), whole=JSON)
def test_no_answer_of_any_shape_is_a_fault_of_the_server(alice, path, value, raw, whole):
    """E1, E7: whatever a program makes of an answer, it is refused, and never a 500."""
    authenticator = Authenticator()
    client = Client(raise_request_exception=True)
    login, page = options(client), logged_in(alice)
    asked = page.get(NEW).context["options"]
    Passkey.objects.all().delete()
    with_passkey(alice)
    Passkey.objects.update(credential_id=text(authenticator.id))

    for put in (value, text(raw)):
        for answer, send in (
            (authenticator.use(login), lambda it: client.post("/login/passkey/", {"answer": it})),
            (authenticator.make(asked), lambda it: page.post(NEW, {"name": "x", "answer": it})),
        ):
            bent = json.loads(answer)
            inner = bent if len(path) == 1 else bent["response"]
            inner[path[-1]] = put
            for sent in (json.dumps(bent), json.dumps(whole)):
                assert send(sent).status_code in (200, 429)
    assert client.get("/account/").status_code == 302
