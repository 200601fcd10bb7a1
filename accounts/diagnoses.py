"""Whether mails go out, and whether somebody can open the admin."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts import outbox, second_factor
from accounts.models import User
from planner.doctor import Finding, diagnosis, fault, risk

SLOW = timedelta(minutes=15)


@diagnosis("mails")
def look_at_mails() -> Iterator[Finding]:
    """Yield whether mails wait too long, or were given up."""
    late = outbox.waiting().filter(attempts=0, due_at__lt=timezone.now() - SLOW).count()
    if late:
        remedy = "Does planner-mails.service run? Is EMAIL_URL set for it?"
        yield fault(f"{late} mails were not even tried.", remedy)
    if dead := outbox.dead().count():
        remedy = "The log of planner-mails says what the mail server answered."
        yield risk(f"{dead} mails were given up.", remedy)


@diagnosis("staff")
def look_at_staff() -> Iterator[Finding]:
    """Yield whether there is a superuser who can get in."""
    people = User.objects.filter(is_superuser=True, is_active=True)
    if not people.exists():
        yield risk("Nobody may open all of the admin.", "Run deploy/manage createsuperuser.")
    elif settings.STAFF_SECOND_FACTOR and not any(map(second_factor.has, people)):
        yield risk(
            "No superuser has a second factor, which the admin asks for.",
            "Log in on the pages and set one up under Security.",
        )
