"""What is held of a person, and what they may take along of it.

Each package registers its own part in its `holdings.py`; the account's pages call this module and
know of no package above.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import orjson
from django.utils.module_loading import autodiscover_modules

from accounts.models import Mail, Session, User
from planner.buckets import Limit

EXPORTS = Limit("export", 10, 3600.0)
INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class File(NamedTuple):
    """A file to take along: its path, and its bytes in parts that are made while it is read."""

    path: str
    parts: Iterable[bytes]


Gather = Callable[[User], Iterable[File]]
_gatherings: list[Gather] = []


def gathers(function: Gather) -> Gather:
    """Register a function that yields the files of a person."""
    _gatherings.append(function)
    return function


def take_along(user: User) -> Iterator[File]:
    """Return all files of a person, package by package; each is read when its turn comes.

    Raises RuleError `throttled` after 10 in an hour: it is the dearest thing that one can ask for.
    """
    EXPORTS.spend(str(user.pk))
    autodiscover_modules("holdings")
    return (file for gather in _gatherings for file in gather(user))


def as_json(path: str, value: object) -> File:
    """Return a small file of JSON."""
    return File(path, [orjson.dumps(value, option=INDENTED)])


@gathers
def gather(user: User) -> Iterator[File]:
    """Yield the profile with the preferences, the log-ins and the mails."""
    facts = ("id", "username", "full_name", "email", "unverified_email", "date_joined")
    facts += ("is_active", "is_staff")
    preferences = {
        field.name: getattr(user.preferences, field.name)
        for field in user.preferences._meta.concrete_fields
        if field.name != "user"
    }
    profile = {name: getattr(user, name) for name in facts}
    yield as_json("account/profile.json", profile | {"preferences": preferences})
    sessions = Session.objects.filter(user=user).order_by("created_at")
    shown = ("user_agent", "address", "created_at", "last_used_at", "expires_at", "ended_at")
    yield as_json("account/log-ins.json", list(sessions.values(*shown)))
    mails = Mail.objects.filter(user=user).order_by("created_at")
    shown = ("kind", "address", "facts", "created_at")
    yield as_json("account/mails.json", list(mails.values(*shown)))
