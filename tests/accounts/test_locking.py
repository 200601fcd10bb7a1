"""What staff do to people, what they must not, and that it is written down."""

import pytest

from accounts import locking, sessions
from accounts.models import User
from devices.models import AuditEntry
from planner.problems import RuleError
from tests.factories import make_user
from tests.logins import browser

RULES = [locking.lock, locking.unlock, locking.force_reset, locking.end_log_ins]


@pytest.fixture
def support(db) -> User:
    return make_user("support", is_staff=True)


def refusal(rule, user: User, by: User) -> str:
    with pytest.raises(RuleError) as caught:
        rule(user, by=by, reason="x")
    return caught.value.slug


def written() -> list[tuple]:
    rows = AuditEntry.objects.select_related("by", "person").order_by("pk")
    return [(r.action, r.by.username, r.person.username, r.after, r.reason) for r in rows]


def test_a_lock_ends_every_log_in_and_is_written_down(alice, support):
    pair = sessions.log_in(alice)

    locking.lock(alice, by=support, reason="stolen phone")
    locking.unlock(alice, by=support, reason="found")

    assert browser(pair).get("/account/").status_code == 302
    assert written() == [
        ("lock", "support", "alice", {"active": False}, "stolen phone"),
        ("unlock", "support", "alice", {"active": True}, "found"),
    ]


@pytest.mark.parametrize("rule", RULES)
def test_an_account_that_is_closed_meanwhile_is_said_to_be(alice, support, rule):
    User.objects.filter(pk=alice.pk).delete()

    assert refusal(rule, alice, support) == "conflict"


def test_a_forced_reset_ends_the_password_and_the_log_ins(alice, support):
    pair = sessions.log_in(alice)

    locking.force_reset(alice, by=support, reason="leaked")

    assert not User.objects.get(pk=alice.pk).has_usable_password()
    assert browser(pair).get("/account/").status_code == 302
    assert [row[0] for row in written()] == ["force-reset"]


def test_log_ins_end_and_the_password_stays(alice, support):
    pair = sessions.log_in(alice)

    locking.end_log_ins(alice, by=support, reason="asked")

    assert User.objects.get(pk=alice.pk).has_usable_password()
    assert browser(pair).get("/account/").status_code == 302


@pytest.mark.parametrize("rule", RULES)
def test_nobody_does_it_to_themselves(staff, rule):
    assert refusal(rule, staff, staff) == "forbidden"


@pytest.mark.parametrize("rule", RULES)
def test_support_does_it_to_nobody_of_the_staff(staff, support, rule):
    other = make_user("other", is_staff=True)

    assert [refusal(rule, user, support) for user in (staff, other)] == ["forbidden"] * 2
    assert written() == []


def test_the_last_superuser_is_not_locked(staff):
    second = make_user("second", is_staff=True, is_superuser=True)
    locking.lock(second, by=staff, reason="left")
    second.refresh_from_db()

    assert refusal(locking.lock, staff, second) == "conflict"
    assert User.objects.get(pk=staff.pk).is_active


def test_a_lock_of_who_is_locked_is_none(alice, staff):
    locking.lock(alice, by=staff, reason="x")

    assert refusal(locking.lock, alice, staff) == "conflict"
    assert len(written()) == 1
