"""How hard a password is to guess, and why: an estimate by zxcvbn, with reasons in our words."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from zxcvbn import zxcvbn

LEAST = 2
"""The least score: some hundred million guesses of somebody who has the hash."""
MOST_CHARACTERS = 72
"""More are not looked at: the estimate takes long for long ones, which are good anyway."""
OURS = ("planner", "tablet", "device")

LEVELS = (
    gettext_lazy("Very weak"),
    gettext_lazy("Weak"),
    gettext_lazy("Fair"),
    gettext_lazy("Good"),
    gettext_lazy("Strong"),
)


class Strength(NamedTuple):
    """A score of 0 to 4, and what makes the password easy to guess."""

    score: int
    reasons: list[str]

    @property
    def level(self) -> str:
        """The score in words."""
        return str(LEVELS[self.score])


def estimate(password: str, known: Sequence[str] = ()) -> Strength:
    """Return how strong a password is for somebody of whom `known` are names and addresses."""
    if not password:
        return Strength(0, [])
    words = [word for text in known for word in (text, *re.split(r"[\W_]+", text)) if word]
    found = zxcvbn(password[:MOST_CHARACTERS], user_inputs=[*OURS, *words])
    if found["score"] > LEAST:
        return Strength(found["score"], [])
    reasons = dict.fromkeys(filter(None, map(_reason, found["sequence"])))
    return Strength(found["score"], list(reasons) or [_("It is short.")])


def _reason(match: dict) -> str:
    """Return what a guesser would make of a part of the password; "" for what looks random."""
    pattern = match["pattern"]
    if pattern == "dictionary":
        return _dictionary_reason(match["dictionary_name"])
    return {
        "spatial": _("It has keys that lie side by side."),
        "repeat": _("It repeats itself."),
        "sequence": _("It has a row such as “abc” or “123”."),
        "regex": _("It has a year."),
        "date": _("It has a date."),
    }.get(pattern, "")


def _dictionary_reason(name: str) -> str:
    if name == "user_inputs":
        return _("It has a name or an address that others know.")
    if name == "passwords":
        return _("It has a password that many people use.")
    return _("It has a common word or name.")
