"""Sending the mails that wait: each by one sender, again after a failure, and not for ever."""

import logging
from collections.abc import Iterator
from datetime import timedelta

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts import mails
from accounts.models import Mail, User
from accounts.signals import staff_acted
from planner.lately import SKEW
from planner.problems import RuleError

MOST_ATTEMPTS = 12
"""With the waits below, the last one is a day after the first."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
KEPT = timedelta(days=30)
AT_ONCE = 100
STATES = {
    "waiting": pgettext_lazy("a mail", "waits"),
    "sent": pgettext_lazy("a mail", "sent"),
    "dead": pgettext_lazy("a mail", "dead"),
}
FORGOTTEN = {"account-closed"}
"""Kinds of mails of which nothing is kept: nobody is there any more to whom they went."""

log = logging.getLogger("planner.mails")


def send_due() -> Iterator[Mail]:
    """Try each mail that is due once, and yield those that went out.

    What fails waits twice as long each time, and after `MOST_ATTEMPTS` it is dead: logged, kept,
    and tried no more. A sender that dies between sending and saying so sends that mail again.
    Raises OSError, and counts no attempt, when the mail server cannot be reached at all.
    """
    due = _due()
    if not due:
        return
    with get_connection() as connection:
        for mail in due:
            if _take(mail) and _sent(mail, connection):
                yield mail


def state_of(mail: Mail) -> str:
    """Return the state of a mail, one of `STATES`."""
    if mail.sent_at:
        return "sent"
    return "dead" if mail.attempts >= MOST_ATTEMPTS else "waiting"


def in_state(mails: QuerySet[Mail], state: str) -> QuerySet[Mail]:
    """Narrow mails down to those in a state."""
    if state == "sent":
        return mails.exclude(sent_at=None)
    return mails & (dead() if state == "dead" else waiting())


@transaction.atomic
def send_again(mail: Mail, *, by: User, reason: str) -> None:
    """Let a dead mail be tried again, for staff; RuleError `conflict` for one that is not dead."""
    if not dead().filter(pk=mail.pk).update(attempts=0, due_at=timezone.now()):
        raise RuleError("conflict", _("This mail is not dead."))
    told = {"action": "send-again", "by": by, "person": mail.user, "reason": reason}
    staff_acted.send(sender=Mail, **told, before={}, after={"kind": mail.kind})


def forget_old() -> int:
    """Delete the mails of more than `KEPT` ago, sent or dead; return how many."""
    return Mail.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


def waiting() -> QuerySet[Mail]:
    """Return the mails that are still to be sent."""
    return Mail.objects.filter(sent_at=None, attempts__lt=MOST_ATTEMPTS)


def dead() -> QuerySet[Mail]:
    """Return the mails that could not be sent and are tried no more."""
    return Mail.objects.filter(sent_at=None, attempts__gte=MOST_ATTEMPTS)


def _due() -> list[Mail]:
    now = timezone.now()
    # A new mail is due at once, and none waits longer than it was let wait: where the time says
    # otherwise, the clock has been set back.
    late = [Q(attempts=n, due_at__gt=now + _wait(n) + SKEW) for n in range(1, MOST_ATTEMPTS)]
    due = waiting().filter(Q(*late, due_at__lte=now, attempts=0, _connector=Q.OR))
    return list(due.order_by("due_at", "pk").select_related("user__preferences")[:AT_ONCE])


def _wait(attempts: int) -> timedelta:
    """Return how long a mail waits after so many attempts."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def _take(mail: Mail) -> bool:
    """Begin an attempt unless another sender has: one conditional UPDATE, which is also a lease."""
    wait = _wait(mail.attempts + 1)
    same = Mail.objects.filter(pk=mail.pk, attempts=mail.attempts, sent_at=None)
    return same.update(attempts=F("attempts") + 1, due_at=timezone.now() + wait) == 1


def _sent(mail: Mail, connection: object) -> bool:
    try:
        message = mails.compose(mail)
        if message is None:
            mail.delete()
            return False
        message.connection = connection
        message.send()
    except Exception as error:
        # Whatever is wrong with one mail must not keep the others from going out.
        _tell_failure(mail, error)
        return False
    if mail.kind in FORGOTTEN:
        mail.delete()
    else:
        Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    return True


def _tell_failure(mail: Mail, error: Exception) -> None:
    dead = mail.attempts + 1 >= MOST_ATTEMPTS
    # A server's answer may quote the address: its class has to do.
    log.log(
        logging.ERROR if dead else logging.WARNING,
        "mail %s could not be sent: %s%s",
        mail,
        type(error).__name__,
        "; it is dead" if dead else "",
    )
