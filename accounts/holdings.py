"""What is held of a person: what they may take along, and what goes with their account.

Each package registers its own part in its `holdings.py`; the account's pages and the chore that
erases people call this module, and know of no package above.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import orjson
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from accounts.models import CodesApp, Mail, Session, User
from planner.buckets import Limit

EXPORTS = Limit("export", 10, 3600.0)
INDENTED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class File(NamedTuple):
    """A file to take along: its path, and its bytes in parts that are made while it is read."""

    path: str
    parts: Iterable[bytes]


class Fate(NamedTuple):
    """What becomes of one thing when the account is closed; what `hinders` has to be seen to."""

    words: str
    url: str = ""
    hinders: bool = False


Gather = Callable[[User], Iterable[File]]
Foretell = Callable[[User], Iterable[Fate]]
Erase = Callable[[User], None]
Lock = Callable[[User], None]
_gatherings: list[Gather] = []
_foretellings: list[Foretell] = []
_lockings: list[Lock] = []
_erasures: list[Erase] = []


def gathers(function: Gather) -> Gather:
    """Register a function that yields the files of a person."""
    _gatherings.append(function)
    return function


def foretells(function: Foretell) -> Foretell:
    """Register a function that says what becomes of a person's things."""
    _foretellings.append(function)
    return function


def locks(function: Lock) -> Lock:
    """Register a function that locks the rows by which others reach what is to be erased."""
    _lockings.append(function)
    return function


def erases(function: Erase) -> Erase:
    """Register a function that erases or unnames what is held of a person.

    It runs in one transaction with all others, those of higher packages first.
    """
    _erasures.append(function)
    return function


def fates(user: User) -> list[Fate]:
    """Return what becomes of a person's things when the account is closed."""
    autodiscover_modules("holdings")
    return [fate for foretell in _foretellings for fate in foretell(user)]


def lock(user: User) -> None:
    """Lock what hangs on a person, after the person's own row: docs/decisions/063."""
    autodiscover_modules("holdings")
    for function in _lockings:
        function(user)


def erase(user: User) -> None:
    """Erase or unname everything but the person's own row and what hangs on it."""
    autodiscover_modules("holdings")
    for function in reversed(_erasures):
        function(user)


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
    """Yield the profile with the preferences, the log-ins, the second factors and the mails."""
    facts = ("id", "username", "full_name", "email", "unverified_email", "date_joined")
    facts += ("is_active", "is_staff", "closes_at")
    preferences = {
        field.name: getattr(user.preferences, field.name)
        for field in user.preferences._meta.concrete_fields
        if field.name != "user"
    }
    profile = {name: getattr(user, name) for name in facts}
    yield as_json("account/profile.json", profile | {"preferences": preferences})
    sessions = Session.objects.filter(user=user).order_by("created_at")
    shown = ("user_agent", "address", "created_at", "last_used_at", "expires_at", "ended_at")
    shown += ("verified_at",)
    yield as_json("account/log-ins.json", list(sessions.values(*shown)))
    yield as_json("account/second-factors.json", _factors(user))
    mails = Mail.objects.filter(user=user).order_by("created_at")
    shown = ("kind", "address", "facts", "created_at")
    yield as_json("account/mails.json", list(mails.values(*shown)))


@erases
def erase_mails(user: User) -> None:
    """Delete the mails to the person; log-ins and preferences go with the person's row."""
    Mail.objects.filter(user=user).delete()
    if user.email:
        Mail.objects.to(user.email).delete()


@foretells
def foretell(user: User) -> Iterator[Fate]:
    """Yield what becomes of what every account has."""
    yield Fate(_("Your profile, your preferences, your log-ins and your mails are erased."))


def _factors(user: User) -> dict[str, object]:
    shown = ("name", "transports", "is_synced", "created_at", "last_used_at")
    return {
        "codes_app": CodesApp.objects.filter(user=user).values("created_at").first(),
        "passkeys": list(user.passkeys.values(*shown)),
        "recovery_codes": list(user.recovery_codes.order_by("pk").values("used_at")),
    }
