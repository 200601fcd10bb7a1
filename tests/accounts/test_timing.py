"""Whether there is such a person cannot be told by how long a refusal takes (matrix A5)."""

import time
from itertools import product
from statistics import median

import pytest
from django.contrib.auth.hashers import make_password

from accounts import passwords
from accounts.models import User
from planner.problems import RuleError
from tests.factories import make_user

ROUNDS = 200
KINDS = ("existing", "missing", "inactive", "unusable")
pytestmark = [pytest.mark.nightly, pytest.mark.django_db]


def refused(name: str, address: str) -> float:
    """Return the seconds of processor time that a wrong password took."""
    began = time.process_time()
    with pytest.raises(RuleError, match="match"):
        passwords.verify(name, "not the password", address=address)
    return time.process_time() - began


def auc(some: list[float], others: list[float]) -> float:
    """Return how often a threshold tells one from the other rightly; 0.5 is by chance."""
    higher = sum((a > b) + (a == b) / 2 for a, b in product(some, others)) / len(some) / len(others)
    return max(higher, 1 - higher)


def test_no_kind_of_account_is_told_by_the_work_of_a_wrong_password(settings):
    """A5"""
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2idPasswordHasher"]
    encoded = make_password("the right one, which nobody says")
    for number in range(ROUNDS):
        for kind in ("existing", "inactive", "unusable"):
            make_user(f"{kind}{number}")
    User.objects.update(password=encoded)
    User.objects.filter(username__startswith="inactive").update(is_active=False)
    User.objects.filter(username__startswith="unusable").update(password=make_password(None))
    refused("warm", "192.0.2.0")

    taken = {kind: [] for kind in KINDS}
    for number, kind in product(range(ROUNDS), KINDS):
        # No bucket is full: each try has a name and an address of its own.
        taken[kind].append(refused(f"{kind}{number}", f"10.{number}.{KINDS.index(kind)}.1"))

    usual = median(taken["existing"])
    assert {kind: abs(median(taken[kind]) / usual - 1) <= 0.1 for kind in KINDS} == dict.fromkeys(
        KINDS, True
    )
    assert {kind: auc(taken[kind], taken["existing"]) <= 0.6 for kind in KINDS} == dict.fromkeys(
        KINDS, True
    )
