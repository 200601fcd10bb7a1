"""Pushes that are sent again under the same `Idempotency-Key`: the very same results come back.

What is kept holds outcomes and ids, no text of a plan, and goes with the plan. The key is looked up
and kept under the backup's lock, in the push's own transaction, so that neither a crash between
commit and answer nor sixteen repeats at once can apply a push twice.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _

from backups.items import Item, Refused
from backups.kinds import TYPES
from backups.models import Backup, KeptPush
from planner.problems import RuleError

KEPT = timedelta(days=7)


def find(backup: Backup, caller: str, key: str, items: Sequence[Item | Refused]) -> KeptPush | None:
    """Return what was answered to these items under this key in the last seven days.

    Raises RuleError `push-id-reused` when the key was used for other items.
    """
    recent = KeptPush.objects.filter(created_at__gt=timezone.now() - KEPT)
    kept = recent.filter(backup=backup, caller=caller, key=key).first()
    if kept is not None and kept.digest != digest(items):
        raise RuleError("push-id-reused", _("This Idempotency-Key was used for other items."))
    return kept


def keep(
    backup: Backup, caller: str, key: str, items: Sequence[Item | Refused], answer: dict[str, Any]
) -> None:
    """Keep an answer under its key; an older one than seven days makes room."""
    row = KeptPush(
        backup=backup,
        caller=caller,
        key=key,
        digest=digest(items),
        answer=answer,
        created_at=timezone.now(),
    )
    KeptPush.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["backup", "caller", "key"],
        update_fields=["digest", "answer", "created_at"],
    )


def sweep() -> int:
    """Delete what was kept of pushes that are seven days old."""
    return KeptPush.objects.filter(created_at__lte=timezone.now() - KEPT).delete()[0]


def digest(items: Sequence[Item | Refused]) -> str:
    """Return a hash of what the items ask for; `at` may differ when a clock was set meanwhile."""
    # The members of an object have no order: the same lists in another one are the same items.
    by_type = sorted(items, key=lambda item: TYPES.index(item.type))
    plain = [_plain(item) for item in by_type]
    forms = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    raw = orjson.dumps(plain, default=dict, option=forms)
    return hashlib.sha256(raw).hexdigest()


def _plain(item: Item | Refused) -> dict[str, Any]:
    said = item._asdict()
    said.pop("at", None)
    if isinstance(item, Refused):
        # The words of an error are those of a language and of a release.
        said["errors"] = [(error["pointer"], error["code"]) for error in item.errors]
    return said
