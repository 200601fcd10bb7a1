"""What a box of a calendar shows of an entry: less than a row, and many more of them. Pure."""

from typing import NamedTuple
from uuid import UUID

from backups.kinds import KINDS


class EventBox(NamedTuple):
    """The part of an event that a box shows; times are as those of `models.Event`."""

    uuid: UUID
    name: str
    starttime: int
    duration: int
    revision: int

    kind = KINDS["event"]

    @property
    def at(self) -> int:
        return self.starttime

    @property
    def endtime(self) -> int:
        return self.starttime + self.duration


class TaskBox(NamedTuple):
    """The part of a task that a box shows."""

    uuid: UUID
    name: str
    duedate: int
    priority: int
    completion: int
    revision: int

    kind = KINDS["task"]

    @property
    def at(self) -> int:
        return self.duedate
