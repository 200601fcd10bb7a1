"""A log-in half-way: the password was right, the second factor is still to come.

It stands in Django's session of that browser, for ten minutes, and gives no right to anything.
"""

from typing import NamedTuple

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts.models import User
from planner.times import now

KEY = "second_step"
SECONDS = 600


class Pending(NamedTuple):
    """Who is about to be logged in, and whether to stay."""

    user: User
    remember: bool


def begin(request: HttpRequest, user: User, *, remember: bool) -> None:
    """Note that this browser knows the password of `user`."""
    request.session.cycle_key()
    request.session.set_expiry(SECONDS)
    request.session[KEY] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "generation": user.session_generation,
        "remember": remember,
        "at": now(),
    }


def of(request: HttpRequest) -> Pending | None:
    """Return who has come half-way in this browser; a new password or an end of all ends it."""
    noted = request.session.get(KEY)
    if noted is None or now() - noted["at"] > SECONDS:
        return None
    people = User.objects.select_related("preferences")
    user = people.filter(
        pk=noted["user"], is_active=True, session_generation=noted["generation"]
    ).first()
    if user is None or not constant_time_compare(noted["proof"], user.get_session_auth_hash()):
        return None
    return Pending(user, noted["remember"])


def end(request: HttpRequest) -> None:
    """Forget it."""
    request.session.flush()
