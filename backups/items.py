"""The items of a push: what one says, read from JSON and checked field by field. Pure.

An item that is not right is `Refused` by itself; it never stands in the way of its neighbours.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from backups.kinds import DELETED, FAULTS, KINDS, MOMENT, TYPES, Check, Whole, fault_words
from backups.merge import NOTHING
from planner.problems import field_error
from planner.times import DAY

CANONICAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DAY_ACTIONS = {"add": True, "del": False}
LATEST_AT = 2**53
FLAG, AT = Whole(0, 1), Whole(0, LATEST_AT)


class Item(NamedTuple):
    """One change of one entry. `at` is when the person made it, in unix seconds by their clock.

    `days` are the habit days to tick (True) or clear (False), each the unix time of 00:00 UTC;
    `pointer` is where the item stands in its request.
    """

    type: str
    id: str
    fields: Mapping[str, int | str] = NOTHING
    days: Mapping[int, bool] = NOTHING
    deleted: bool = False
    restored: bool = False
    at: int | None = None
    pointer: str = ""

    @property
    def creates(self) -> bool:
        """Return whether it brings what a new entry needs."""
        return not set(KINDS[self.type].needed).difference(self.fields)


class Refused(NamedTuple):
    """An item that cannot be read, with what is wrong with it."""

    type: str
    id: Any
    errors: list[dict]


def read_all(body: Mapping[str, Any], *, bare_event_is_deleted: bool) -> list[Item | Refused]:
    """Return the items of a body's `task`, `event` and `habit` lists, in the body's order."""
    return [
        read(kind, raw, f"/{kind}/{number}", bare_event_is_deleted=bare_event_is_deleted)
        for kind in body
        if kind in TYPES
        for number, raw in enumerate(body[kind])
    ]


def read(
    kind: str, raw: Any, pointer: str = "", *, bare_event_is_deleted: bool = False
) -> Item | Refused:
    """Read one JSON value as an item of a kind; unknown keys are passed over."""
    if not isinstance(raw, dict):
        return Refused(kind, None, [field_error(pointer, "type", _("An item is an object."))])
    reader = _Reader(kind, raw, pointer)
    item = reader.item(bare_event_is_deleted=bare_event_is_deleted)
    if reader.errors:
        shown = raw.get("id") if isinstance(raw.get("id"), str) else None
        return Refused(kind, _printable(shown), reader.errors)
    return item


def is_id(value: Any) -> bool:
    """Return whether a value is a UUID in the one form that devices use."""
    return isinstance(value, str) and CANONICAL.fullmatch(value) is not None


def day_of(moment: int) -> int:
    """Cut a unix time to the 00:00 UTC of its day."""
    return moment - moment % DAY


class _Reader:
    """Collects the faults of one raw item while its parts are read."""

    def __init__(self, kind: str, raw: Mapping[str, Any], pointer: str) -> None:
        self.kind, self.raw, self.pointer = KINDS[kind], raw, pointer
        self.errors: list[dict] = []

    def item(self, *, bare_event_is_deleted: bool) -> Item:
        fields = self._fields()
        bare = bare_event_is_deleted and self.kind.name == "event" and set(self.raw) == {"id"}
        return Item(
            self.kind.name,
            self._id(),
            fields,
            self._days() if self.kind.name == "habit" else NOTHING,
            deleted=bare or self._deleted(),
            at=self._checked("at", self.raw.get("at"), AT) if "at" in self.raw else None,
            pointer=self.pointer,
        )

    def _id(self) -> str:
        value = self.raw.get("id")
        if not is_id(value):
            self._fail("id", "not-uuid", _("An id is a UUID in lower case, with dashes."))
        return value

    def _fields(self) -> dict[str, int | str]:
        raw, fields, is_gone = self.raw, {}, self._is_gone()
        for name, check in self.kind.checks.items():
            if name not in raw or (is_gone and name == "completion"):
                continue
            value = fields[name] = raw[name]
            if code := check(value):
                self._fail(name, code, fault_words(code, check))
        return fields

    def _is_gone(self) -> bool:
        completion = self.raw.get("completion")
        return type(completion) is int and completion == DELETED

    def _deleted(self) -> bool:
        if self.kind.name == "task":
            return self._is_gone()
        if "deleted" not in self.raw:
            return False
        return bool(self._checked("deleted", self.raw["deleted"], FLAG))

    def _days(self) -> dict[int, bool]:
        days = dict.fromkeys(self._completed(), True)
        if "date" in self.raw or "action" in self.raw:
            date = self._checked("date", self.raw.get("date"), MOMENT)
            action = self.raw.get("action")
            if not isinstance(action, str) or action not in DAY_ACTIONS:
                self._fail("action", "unknown-action", _("A day's action is “add” or “del”."))
            elif type(date) is int:
                days[day_of(date)] = DAY_ACTIONS[action]
        return days

    def _completed(self) -> Iterable[int]:
        listed = self.raw.get("completed", [])
        if not isinstance(listed, list):
            self._fail("completed", "type", FAULTS["type"])
            return ()
        # The first wrong day tells enough: a list of millions would make as many errors.
        for number, moment in enumerate(listed):
            if MOMENT(moment):
                self._checked(f"completed/{number}", moment, MOMENT)
                return ()
        return map(day_of, listed)

    def _checked(self, name: str, value: Any, check: Check) -> Any:
        if code := check(value):
            self._fail(name, code, fault_words(code, check))
        return value

    def _fail(self, name: str, code: str, detail: str) -> None:
        self.errors.append(field_error(f"{self.pointer}/{name}", code, detail))


def _printable(text: str | None) -> str | None:
    # What is echoed must be JSON in UTF-8 again, and small.
    return None if text is None else text.encode(errors="replace").decode()[:64]
