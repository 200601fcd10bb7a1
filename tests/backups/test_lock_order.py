"""Rows are locked in one order, whichever rule does it: docs/decisions/063, on PostgreSQL."""

import re
from collections.abc import Callable
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import closing
from accounts.models import User
from backups import kept, points, replacement
from backups.actors import Actor
from backups.models import Backup
from devices import claims, invitations, lifecycle, personal_tokens
from devices.callers import Caller
from tests.factories import claim_unit, make_device, make_unit
from tests.races import RACE

pytestmark = RACE
ORDER = ["accounts_user", "devices_device", "backups_backup"]
LOCKED = re.compile(r'(?:FROM|JOIN|EXECUTE) "?(\w+)')


def locks(call: Callable[[], object]) -> list[str]:
    """Return of which tables a rule locks rows, in the order in which it first does."""
    with CaptureQueriesContext(connection) as queries:
        call()
    found = [query["sql"] for query in queries if "UPDATE" in query["sql"].partition(" FOR ")[2]]
    names = [LOCKED.search(sql)[1] for sql in found]
    return [name for name in dict.fromkeys(names) if name in ORDER]


def test_people_are_locked_before_devices_and_devices_before_plans(alice, bob):
    unit, joined = make_unit(), make_unit()
    old, new, former = (make_device(alice, name=name) for name in ("Old", "New", "Former"))
    shared = claim_unit(joined, bob)
    asked = claims.claim(alice, serial=joined.serial, code=joined.code, name="Ours", address="")
    _invitation, secret = invitations.invite_by_link(new, by=alice, role="editor")
    lifecycle.release(former, by=alice)
    pin = partial(points.pin_named, Backup.objects.of(old), "Now", Actor.of(Caller(old, alice)))
    User.objects.filter(pk=alice.pk).update(closes_at=timezone.now())
    plan = kept.of(alice).get()
    token = {"name": "One", "scope": "read", "days": 7}
    rules = [
        partial(claim_unit, unit, alice),
        partial(claims.decide, shared, asked.pk, by=bob, accept=True),
        partial(invitations.accept, secret, by=bob),
        partial(personal_tokens.make, alice, device=old, **token),
        pin,
        partial(replacement.replace, new, plan, by=alice),
        partial(replacement.replace, new, old, by=alice, mode="overwrite"),
        closing.close_due,
    ]

    found = [locks(rule) for rule in rules]

    assert found == [sorted(names, key=ORDER.index) for names in found]
    assert found[-1] == ORDER
