"""Which passwords are good, whose they are, how they are kept, and how often one may guess."""

import pytest
from argon2 import extract_parameters
from django.contrib.auth.hashers import Argon2PasswordHasher, MD5PasswordHasher, make_password
from time_machine import travel

from accounts import passwords
from accounts.models import User
from planner.problems import RuleError
from tests.factories import PASSWORD, make_user

ARGON = [
    "accounts.hashers.Argon2idPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]


class CountingHasher(MD5PasswordHasher):
    """Counts its work."""

    count = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.count += 1
        return super().encode(password, salt)


class CheapArgon(Argon2PasswordHasher):
    """Argon2 as a former release may have set it."""

    time_cost, memory_cost, parallelism = 1, 8, 1


def refusal(name: str, password: str, address: str = "192.0.2.1") -> str | None:
    """Return the slug that a try is refused with, or None if it goes through."""
    try:
        passwords.verify(name, password, address=address)
    except RuleError as error:
        return error.slug
    return None


def faults(password: str, **user: str) -> list[str]:
    """Return the codes of what is wrong with a new password."""
    try:
        passwords.validate(password, User(**user))
    except RuleError as error:
        return [fault["code"] for fault in error.errors if fault["pointer"] == "/password"]
    return []


# --- Which passwords are good (A6)


@pytest.mark.parametrize(
    "password",
    [
        "nine lamps",
        "  spaces  ",
        "пароль-кот",
        "密码是一盏灯和九本书",
        "🐢🦊🐙🌵🎈🧭🪁🥁",
        "nine lamps " + "x" * 89,
        "nine lamps " + "k7" * 2042,
    ],
    ids=lambda text: text[:10],
)
def test_a_good_password_is_taken(password):
    assert faults(password) == []


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("sh0rt7!", ["password-too-short"]),
        ("password1", ["password-too-common"]),
        ("qwertyuiop", ["password-too-common"]),
        ("83650174826", ["password-entirely-numeric"]),
        ("12345", ["password-too-short", "password-too-common", "password-entirely-numeric"]),
        ("x9" * 2048 + "!", ["too-long"]),
        ("nine \0 lamps", ["bad-text"]),
    ],
    ids=["7 characters", "common", "row of keys", "numeric", "all of it", "4097", "NUL"],
)
def test_a_bad_password_is_refused_with_its_reasons(password, codes):
    assert faults(password) == codes


@pytest.mark.parametrize(
    "user",
    [
        {"username": "alexandria"},
        {"email": "alexandria@example.org"},
        {"full_name": "Alexandria Ash"},
    ],
)
def test_a_password_like_the_person_s_own_facts_is_refused(user):
    assert faults("alexandria1", **user) == ["password-too-similar"]


# --- Whose password it is


def test_a_password_is_verified_by_name_and_by_address_in_any_case(db):
    user = make_user("Alice", email="Alice@Example.org")

    names = ["Alice", "alice", "ALICE", "Alice@Example.org", "aLICE@eXAMPLE.ORG"]
    assert [passwords.verify(name, PASSWORD, address="") for name in names] == [user] * 5


@pytest.mark.parametrize("password", [PASSWORD + " ", " " + PASSWORD, PASSWORD.upper(), "", "x\0"])
def test_a_password_counts_character_by_character(alice, password):
    assert refusal("alice", password) == "token-invalid"


def test_every_failure_gets_the_same_answer(alice, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    User.objects.create_user("carol")

    tries = [("alice", "wrong"), ("nobody", PASSWORD), ("bob", PASSWORD), ("carol", PASSWORD)]
    tries += [("no@body.example", "x"), ("", "x"), ("alice", "x" * 4097), ("alice", "x\0")]
    answers = set()
    for name, password in tries:
        with pytest.raises(RuleError) as refused:
            passwords.verify(name, password, address="192.0.2.1")
        error = refused.value
        answers.add((error.slug, error.status, str(error.detail), error.errors, error.retry_after))

    assert answers == {("token-invalid", 401, "This name and password do not match.", None, None)}


def test_a_name_that_is_not_there_costs_the_work_of_one_that_is(settings, alice, bob):
    """A5, as a count of the work: how many hashes each kind of try makes."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_passwords.CountingHasher"]
    hashed = make_password(PASSWORD)
    User.objects.filter(pk=alice.pk).update(password=hashed)
    User.objects.filter(pk=bob.pk).update(password=hashed, is_active=False)
    User.objects.create_user("carol")

    work = []
    for name in ("alice", "nobody", "bob", "carol"):
        CountingHasher.count = 0
        refusal(name, "wrong")
        work.append(CountingHasher.count)

    assert work == [1, 1, 1, 1]


# --- How it is kept (A7)


def test_a_password_is_kept_as_argon2id_of_19_mib(settings, db):
    settings.PASSWORD_HASHERS = ARGON

    kept = make_user("alice").password

    algorithm, _, rest = kept.partition("$")
    cost = extract_parameters("$" + rest)
    assert (algorithm, cost.type.name) == ("argon2", "ID")
    assert (cost.time_cost, cost.memory_cost, cost.parallelism) == (2, 19 * 1024, 1)


@pytest.mark.parametrize(
    "hasher",
    [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "tests.accounts.test_passwords.CheapArgon",
    ],
    ids=["another algorithm", "a cheaper argon2"],
)
def test_an_old_hash_is_replaced_at_the_next_log_in(settings, alice, hasher):
    settings.PASSWORD_HASHERS = [hasher]
    User.objects.update(password=make_password(PASSWORD))
    settings.PASSWORD_HASHERS = ARGON

    assert refusal("alice", "wrong") == "token-invalid"
    assert refusal("alice", PASSWORD) is None

    kept = User.objects.get().password
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert refusal("alice", PASSWORD) is None


def test_no_password_over_the_limit_is_ever_hashed(settings, alice):
    settings.PASSWORD_HASHERS = ["tests.accounts.test_passwords.CountingHasher"]
    CountingHasher.count = 0

    refusal("alice", "x" * 4097)
    refusal("nobody", "x" * 10**6)
    faults("x" * 10**6)

    assert CountingHasher.count == 0


# --- How often one may guess (A1)


def test_an_account_takes_ten_failures_an_hour(alice):
    with travel(0, tick=False):
        answers = [refusal("alice", "wrong", f"192.0.2.{n}") for n in range(30)]

    assert answers == ["token-invalid"] * 10 + ["throttled"] * 20


def test_name_and_address_of_an_account_share_its_tries(db):
    make_user("alice", email="alice@example.org")

    with travel(0, tick=False):
        names = ["alice", "ALICE", "alice@example.org", "Alice@example.org"] * 3
        answers = [refusal(name, "wrong") for name in names]

    assert answers == ["token-invalid"] * 10 + ["throttled"] * 2


def test_a_name_that_is_not_there_is_limited_alike(alice):
    with travel(0, tick=False):
        answers = [refusal(name, "wrong") for name in ["nobody", "NoBody"] * 6]

    assert answers == ["token-invalid"] * 10 + ["throttled"] * 2


def test_an_address_takes_sixty_failures_an_hour(db):
    with travel(0, tick=False):
        answers = [refusal(f"nobody{n}", "wrong") for n in range(62)]
        elsewhere = refusal("nobody99", "wrong", "198.51.100.1")

    assert answers == ["token-invalid"] * 60 + ["throttled"] * 2
    assert elsewhere == "token-invalid"


def test_success_costs_no_try(alice):
    with travel(0, tick=False):
        assert [refusal("alice", PASSWORD) for _ in range(80)] == [None] * 80
        assert [refusal("alice", "wrong") for _ in range(11)][-2:] == ["token-invalid", "throttled"]


def test_the_right_password_does_not_pass_a_spent_limit_until_a_try_is_back(alice):
    with travel(0, tick=False) as clock:
        for _ in range(10):
            refusal("alice", "wrong")
        with pytest.raises(RuleError) as refused:
            passwords.verify("alice", PASSWORD, address="192.0.2.1")
        assert (refused.value.status, refused.value.retry_after) == (429, 360)

        clock.shift(360)

        assert refusal("alice", PASSWORD) is None


def test_a_spent_account_takes_nobody_else_s_tries(alice, bob):
    with travel(0, tick=False):
        for n in range(11):
            refusal("alice", "wrong", f"192.0.2.{n}")

        assert refusal("bob", PASSWORD) is None
