"""Keys by id: the newest signs, each verifies, none is short."""

from datetime import timedelta

import pytest

from accounts.keyring import Keyring
from accounts.tokens import KeyedToken, KeyringBackend
from planner.problems import RuleError

OLD, NEW = b"o" * 32, b"n" * 32


def kind(keys: dict[str, bytes]) -> type[KeyedToken]:
    """Return a class of tokens as a process with these keys has it."""
    return type(
        "Ticket",
        (KeyedToken,),
        {
            "backend": KeyringBackend(keys, audience="tests"),
            "token_type": "ticket",
            "lifetime": timedelta(minutes=1),
        },
    )


def ticket(keys: dict[str, bytes]) -> str:
    token = kind(keys)()
    token["sub"] = "1"
    return str(token)


def test_the_first_key_is_the_one_that_signs():
    assert Keyring({"new": NEW, "old": OLD}).newest == ("new", NEW)


def test_an_unknown_key_id_has_no_key():
    assert Keyring({"new": NEW}).key("old") is None


@pytest.mark.parametrize("keys", [{}, {"short": b"x" * 31}, {"new": NEW, "short": b""}])
def test_a_keyring_refuses_to_be_empty_or_weak(keys):
    with pytest.raises(ValueError, match="keyring"):
        Keyring(keys)


@pytest.mark.parametrize(
    ("signer", "reader"),
    [
        ({"old": OLD}, {"old": OLD, "new": NEW}),
        ({"old": OLD, "new": NEW}, {"new": NEW, "old": OLD}),
        ({"new": NEW, "old": OLD}, {"old": OLD, "new": NEW}),
    ],
    ids=["known before it signs", "old one in the overlap", "new one in the overlap"],
)
def test_a_change_of_keys_logs_nobody_out(signer, reader):
    assert kind(reader).read(ticket(signer))["sub"] == "1"


@pytest.mark.parametrize(
    ("signer", "reader"),
    [({"old": OLD}, {"new": NEW}), ({"new": NEW}, {"old": OLD}), ({"old": OLD}, {"old": NEW})],
    ids=["retired", "not known yet", "another key of that id"],
)
def test_a_key_that_is_not_on_the_ring_verifies_nothing(signer, reader):
    with pytest.raises(RuleError) as refused:
        kind(reader).read(ticket(signer))

    assert refused.value.slug == "token-invalid"
