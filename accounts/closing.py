"""Closing an account: three days to change one's mind, then nothing is left that names the person.

The account pages and a chore call this module.
"""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import holdings, mails, sessions
from accounts.models import User
from accounts.signals import account_closing
from planner.chores import each
from planner.problems import RuleError

WAIT = timedelta(days=3)


@transaction.atomic
def begin(user: User, *, address: str) -> None:
    """Begin the three days: all log-ins and tokens of the person end, the devices work on.

    Raises RuleError `conflict` while others use a device of which the person is the owner, and
    `token-revoked`.
    """
    row = sessions.lock_person(user)
    if any(fate.hinders for fate in holdings.fates(row)):
        raise RuleError("conflict", _("Others use a device of yours: hand it over first."))
    if row.closes_at is None:
        row.closes_at = timezone.now() + WAIT
        row.save(update_fields=["closes_at"])
        path = reverse("accounts:close")
        mails.post("account-closing", to=row, facts={"path": path}, address=address)
    sessions.end_all(row)
    account_closing.send(sender=User, user=row)


@transaction.atomic
def cancel(user: User, *, address: str) -> None:
    """Keep the account after all; what has ended meanwhile stays so."""
    if User.objects.filter(pk=user.pk).exclude(closes_at=None).update(closes_at=None):
        mails.post("account-kept", to=user, address=address)


def close_due() -> int:
    """Erase everybody whose three days are over; return how many."""
    return sum(each(User.objects.filter(closes_at__lte=timezone.now()), _close))


@transaction.atomic
def _close(found: User) -> bool:
    people = User.objects.select_for_update(no_key=True)
    user = people.filter(pk=found.pk, closes_at__lte=timezone.now()).first()
    if user is None:
        return False
    holdings.lock(user)
    # Only now: a rule that has one of the locks writes down at its end who did it.
    User.objects.select_for_update().get(pk=user.pk)
    address, language = user.email, user.preferences.language
    holdings.erase(user)
    user.delete()
    if address:
        mails.post("account-closed", to=address, facts={"language": language})
    return True
