"""What came of a push, for its sender."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from backups.held import Key
from backups.models import Backup
from planner.problems import ERROR_MEMBERS


class Result(NamedTuple):
    """What became of one item: applied, unchanged, superseded or rejected."""

    type: str
    id: Any
    outcome: str
    detail: str = ""
    errors: Sequence[dict] = ()


@dataclass
class Pushed:
    """What a push did: the backup as it is now, and a result for each item in its order.

    `whole` maps entries all of whose items went through to the revision they had before;
    `partly` are those whose state the sender must see. `revision` is what the push ended at.
    """

    backup: Backup
    results: list[Result] = field(default_factory=list)
    whole: dict[Key, int] = field(default_factory=dict)
    partly: set[Key] = field(default_factory=set)
    revision: int = 0

    def kept(self) -> dict[str, Any]:
        """Return what a repeat of the push needs, as JSON."""
        return {
            "results": [result._asdict() for result in self.results],
            "whole": [[*key, before] for key, before in self.whole.items()],
            "partly": [list(key) for key in self.partly],
            "revision": self.revision,
        }

    @classmethod
    def again(cls, backup: Backup, kept: dict[str, Any]) -> "Pushed":
        """Return the same again, on the backup as it is now."""
        return cls(
            backup,
            [_result_of(stored) for stored in kept["results"]],
            {(kind, id): before for kind, id, before in kept["whole"]},
            {(kind, id) for kind, id in kept["partly"]},
            kept["revision"],
        )


def _result_of(stored: dict[str, Any]) -> Result:
    # PostgreSQL keeps no order of members, and a device may compare the very bytes.
    errors = [{name: one[name] for name in ERROR_MEMBERS} for one in stored["errors"]]
    return Result(**stored | {"errors": errors})
