"""What the server tells of log-ins and of mails."""

from django.db.models import Min
from django.utils import timezone
from prometheus_client import Counter

from accounts import outbox
from planner.metrics import gauge

PASSWORDS = Counter("planner_password_checks", "Passwords that were looked at.", ("result",))


@gauge("planner_mails_waiting", "Mails that are still to be sent.")
def _mails_waiting() -> int:
    return outbox.waiting().count()


@gauge("planner_mails_oldest_seconds", "How long the mail that waits longest has been waiting.")
def _oldest_mail() -> float:
    since = outbox.waiting().aggregate(since=Min("created_at"))["since"]
    return (timezone.now() - since).total_seconds() if since else 0


@gauge("planner_mails_dead", "Mails of the last 30 days that nobody tries to send any more.")
def _dead_mails() -> int:
    return outbox.dead().count()
