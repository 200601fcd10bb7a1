"""An account ends while everything happens to its devices: nobody waits in a circle, or fails."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts import closing, locking, passwords, profile, sessions
from accounts.models import User
from backups import changes, kept, points, replacement, retention
from backups.actors import Actor
from backups.items import Item
from backups.models import Backup, KeptPlan
from devices import claims, invitations, lifecycle, members, personal_tokens, silence
from devices.callers import Caller
from devices.models import Device, Membership
from planner.problems import gone
from tests.backups.api import task
from tests.factories import make_device, make_unit
from tests.races import RACE, at_once

pytestmark = [*RACE, pytest.mark.nightly]
NEW = "nine lamps beside a book"


def joined(device: Device, user: User) -> Membership:
    return Membership.objects.create(device=device, user=user, role="editor")


def push(device: Device, actor: Actor) -> None:
    fields = {"name": "Late", "priority": 1, "duedate": 0}
    changes.push(Backup.objects.of(device), [Item("task", task()["id"], fields)], actor)


def told(call: Callable[[], object]) -> None:
    """Call, and let a write to somebody who is gone be refused as the views refuse it."""
    try:
        call()
    except Exception as error:
        if not gone(error):
            raise


@pytest.mark.parametrize("ends", [["alice"], ["alice", "bob"]], ids=len)
@pytest.mark.parametrize("_round", range(5))
def test_whatever_happens_while_an_account_ends_it_ends_without_an_error(
    alice, bob, staff, ends, _round
):
    one, two, three, former = (make_device(alice, name=f"{n}") for n in range(4))
    theirs, unit = make_device(bob), make_unit()
    joined(one, bob)
    mine = joined(theirs, alice)
    _invitation, link = invitations.invite_by_link(two, by=alice, role="editor")
    lifecycle.release(former, by=alice)
    plan = KeptPlan.objects.select_related("backup").get()
    session = sessions.log_in(alice).session
    over = timezone.now() - timedelta(days=1)
    User.objects.filter(username__in=ends).update(closes_at=over)
    label = {"serial": unit.serial, "code": unit.code, "name": "New", "address": ""}
    calls = [
        *[closing.close_due] * 2,
        *(retention.forget_old_history, points.pin_changed, silence.look),
        partial(lifecycle.rename, one, "Named", by=bob),
        partial(lifecycle.rename, two, "Named", by=alice),
        partial(lifecycle.release, three, by=alice),
        partial(lifecycle.block, two, by=staff, reason="theft"),
        partial(push, one, Actor.of(Caller(one, bob))),
        partial(invitations.accept, link, by=bob),
        partial(replacement.replace, two, three, by=alice),
        partial(replacement.replace, three, plan, by=alice),
        partial(kept.erase, plan),
        partial(members.remove, theirs, mine.pk, by=bob),
        partial(personal_tokens.make, alice, name="One", scope="read", days=7, device=one),
        partial(claims.claim, alice, **label),
        partial(locking.lock, alice, by=staff, reason="theft"),
        partial(profile.change, alice, full_name="Late"),
        partial(passwords.change, alice, NEW, keep=session, address=""),
        partial(sessions.log_in, alice),
    ]

    at_once([partial(told, call) for call in calls])

    closing.close_due()
    assert not User.objects.filter(username__in=ends).exists()
