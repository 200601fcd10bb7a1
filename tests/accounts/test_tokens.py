"""Forged, expired, foreign and broken tokens open nothing (matrix B1 to B4)."""

import random
import string
import time

import pytest
from django.test import Client
from time_machine import travel

from accounts import sessions
from accounts.tokens import AnyUserToken, UserAccess, UserRefresh, UserToken, bearer
from planner.problems import RuleError
from tests.accounts.forgeries import HEADER, KEY, KID, claims_of, forged, unsigned
from tests.logins import with_token

NOBODYS = b"x" * 32


@pytest.fixture
def session(alice):
    return sessions.log_in(alice).session


def answer(client: Client, token: str) -> tuple[int, str]:
    """Return status and slug of a request with this token."""
    response = client.get("/api/me/", headers=with_token(token))
    return response.status_code, response.json().get("code", "")


def test_a_token_carries_its_names_and_nothing_else(alice):
    pair = sessions.log_in(alice)

    access, refresh = UserAccess.read(pair.access), UserRefresh.read(pair.refresh)

    shared = {
        "sub": str(alice.pk),
        "sid": str(pair.session.pk),
        "gen": 0,
        "aud": "planner:users",
        "iss": "planner",
    }
    times = ("iat", "exp", "jti")
    assert access.payload == shared | {"typ": "access"} | {n: access[n] for n in times}
    assert refresh.payload == shared | {"typ": "refresh"} | {n: refresh[n] for n in times}
    assert access["exp"] - access["iat"] == 15 * 60
    assert refresh["exp"] - refresh["iat"] == 14 * 86_400


def test_the_forger_of_these_tests_can_write_a_good_token(client, session):
    assert client.get("/api/me/", headers=with_token(forged(claims_of(session)))).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "HS256", "typ": "JWT"},
        HEADER | {"kid": "unknown"},
        HEADER | {"kid": ""},
        HEADER | {"kid": None},
        HEADER | {"kid": 0},
        HEADER | {"kid": [KID]},
        HEADER | {"kid": {KID: KID}},
        HEADER | {"kid": "../../dev/null"},
        HEADER | {"kid": f"{KID}\0"},
        HEADER | {"kid": KID.upper() + " "},
        HEADER | {"jku": "https://evil.example/keys"},
        HEADER | {"jwk": {"kty": "oct", "k": "eHh4"}},
        HEADER | {"x5u": "https://evil.example/cert"},
        HEADER | {"x5c": []},
        HEADER | {"crit": ["exp"]},
        HEADER | {"crit": ["b64"], "b64": False},
        HEADER | {"b64": False},
        HEADER | {"zip": "DEF"},
        HEADER | {"cty": "JWT"},
        HEADER | {"typ": "at+jwt"},
        HEADER | {"typ": None},
        HEADER | {"alg": "HS512"},
        HEADER | {"alg": "RS256"},
        HEADER | {"alg": "none"},
        HEADER | {"alg": "hs256"},
        HEADER | {"alg": None},
        HEADER | {"alg": ["HS256"]},
        {"kid": KID, "typ": "JWT"},
    ],
    ids=str,
)
def test_a_header_that_this_server_never_writes_is_refused_even_with_the_right_key(
    client, session, header
):
    assert answer(client, forged(claims_of(session), header)) == (401, "token-invalid")


@pytest.mark.parametrize("sum_", ["sha384", "sha512"])
def test_another_hash_is_refused(client, session, sum_):
    header = HEADER | {"alg": f"HS{sum_[3:]}"}

    assert answer(client, forged(claims_of(session), header, sum_=sum_)) == (401, "token-invalid")


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "HS256", ""])
def test_a_token_without_a_signature_is_refused(client, session, alg):
    token = unsigned(claims_of(session), HEADER | {"alg": alg})

    assert answer(client, token) == (401, "token-invalid")


def test_a_token_under_another_key_is_refused(client, session):
    assert answer(client, forged(claims_of(session), key=NOBODYS)) == (401, "token-invalid")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "planner:devices"},
        {"aud": ["planner:users"]},
        {"aud": ["planner:users", "planner:devices"]},
        {"aud": None},
        {"aud": ""},
        {"iss": "somebody"},
        {"iss": ["planner"]},
        {"iss": None},
        {"typ": "refresh"},
        {"typ": "device"},
        {"typ": "member"},
        {"typ": None},
        {"typ": 1},
        {"jti": None},
        {"jti": 7},
        {"sub": None},
        {"sub": 7},
        {"sid": None},
        {"sid": 7},
        {"gen": None},
        {"gen": "0"},
        {"gen": 0.0},
        {"gen": False},
        {"exp": None},
        {"iat": None},
    ],
    ids=str,
)
def test_a_claim_that_is_missing_or_wrong_is_refused(client, session, changes):
    assert answer(client, forged(claims_of(session, **changes))) == (401, "token-invalid")


@pytest.mark.parametrize(
    "exp",
    [
        "4000000000",
        4_000_000_000.5,
        4_000_000_000.0,
        10**20,
        1e20,
        1e308,
        float("inf"),
        float("nan"),
        2**36,
        2**63,
        True,
        [1],
        {},
        "soon",
        "",
    ],
    ids=str,
)
def test_a_time_that_is_no_whole_second_within_reach_is_refused(client, session, exp):
    """B3"""
    assert answer(client, forged(claims_of(session, exp=exp)))[0] == 401
    assert answer(client, forged(claims_of(session, iat=exp)))[0] == 401


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_token_from_the_future_is_refused(client, session, name):
    """B3"""
    token = forged(claims_of(session, **{name: int(time.time()) + 60}))

    assert answer(client, token) == (401, "token-invalid")


@pytest.mark.parametrize("exp", [-1, 0, 1])
def test_a_token_of_long_ago_is_expired(client, session, exp):
    """B3"""
    assert answer(client, forged(claims_of(session, exp=exp))) == (401, "token-expired")


def test_a_token_dies_in_the_second_that_it_names(client, alice):
    """B3"""
    with travel("2026-11-22T12:00:00Z", tick=False) as clock:
        token = sessions.log_in(alice).access
        clock.shift(15 * 60 - 1)
        before = answer(client, token)
        clock.shift(1)
        after = answer(client, token)

    assert (before, after) == ((200, ""), (401, "token-expired"))


def test_a_token_that_was_found_good_is_not_remembered_as_good_for_ever(alice):
    with travel("2026-11-22T12:00:00Z", tick=False) as clock:
        text = sessions.log_in(alice).access
        UserAccess.read(text)
        clock.shift(15 * 60)

        with pytest.raises(RuleError) as refused:
            UserAccess.read(text)

    assert refused.value.slug == "token-expired"


def test_what_is_done_to_a_read_token_does_not_reach_the_next_reader(alice):
    text = sessions.log_in(alice).access
    UserAccess.read(text)["sub"] = "0"

    assert UserAccess.read(text)["sub"] == str(alice.pk)


def test_the_memory_of_good_tokens_is_bounded():
    assert UserToken.backend._verified.cache_parameters()["maxsize"] == 2048


def test_no_single_flipped_bit_is_overlooked(session):
    good = forged(claims_of(session))

    accepted = [
        (place, bit)
        for place in range(len(good))
        for bit in range(8)
        if is_accepted(flipped(good, place, bit))
    ]

    assert accepted == []


def flipped(token: str, place: int, bit: int) -> str:
    """Return the token with one bit of one of its characters turned over."""
    return token[:place] + chr(ord(token[place]) ^ 1 << bit) + token[place + 1 :]


def is_accepted(token: str) -> bool:
    """Return whether a token passes; anything but a RuleError is a fault of the server."""
    try:
        UserAccess.read(token)
    except RuleError:
        return False
    return True


def test_no_truncated_token_is_accepted(session):
    good = forged(claims_of(session))

    assert [
        n for n in range(len(good)) if is_accepted(good[:n]) or is_accepted(good[n + 1 :])
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "\0",
        "ü" * 20,
        "\ud800.e30.e30",
        "e30.e30.e30",
        "W10.W10.W10",
        "A" * 7_000,
        "A" * 20_000,
        "." * 4_000,
        "[" * 3_000,
    ],
    ids=lambda text: ascii(text[:10]),
)
def test_garbage_is_no_token(text):
    assert not is_accepted(text)


@pytest.mark.parametrize("padding", ["=", "==", "\n", " ", "\0", ".x"])
def test_nothing_may_be_put_behind_a_token(session, padding):
    assert not is_accepted(forged(claims_of(session)) + padding)


def test_random_changes_of_a_token_never_break_the_server(session):
    chance = random.Random(22)  # noqa: S311 - the same changes in every run
    good = forged(claims_of(session))

    for _ in range(500):
        place = chance.randrange(len(good))
        other = chance.choice(string.printable)
        if other != good[place]:
            assert not is_accepted(good[:place] + other + good[place + 1 :])


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(client, alice):
    pair = sessions.log_in(alice)

    assert answer(client, pair.refresh) == (401, "token-invalid")
    with pytest.raises(RuleError) as refused:
        UserRefresh.read(pair.access)
    assert refused.value.slug == "token-invalid"


def test_either_kind_is_a_token_where_only_that_is_asked(alice):
    pair = sessions.log_in(alice)

    assert [AnyUserToken.read(text)["typ"] for text in pair[:2]] == ["access", "refresh"]


def test_there_is_no_reading_without_verifying(session):
    with pytest.raises(Exception, match="invalid"):
        UserAccess(forged(claims_of(session), key=NOBODYS), verify=False)


def test_a_thousand_token_ids_are_all_different(alice):
    assert len({UserAccess()["jti"] for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        ("Basic YTpi", None),
        ("Bearertoken", None),
        ("Bearer x.y.z", "x.y.z"),
        ("bearer x.y.z", "x.y.z"),
        ("BEARER  x.y.z ", "x.y.z"),
        ("Bearer", ""),
        ("Bearer ", ""),
        ("Bearer a b", "a b"),
    ],
)
def test_the_header_names_its_scheme_in_any_case(header, token):
    assert bearer(header) == token


def test_the_right_key_is_the_keyring_s(session):
    assert UserToken.backend.keyring.key(KID) == KEY
