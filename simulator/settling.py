"""What the results of a push do to the queue: drop, hold, rename, or send the entry whole."""

import logging

from simulator.clock import Clock
from simulator.entries import creates
from simulator.outbox import Outbox, Queued
from simulator.store import Store

log = logging.getLogger(__name__)


class Settling:
    """Settles the changes of one device; `can_create` tells that its messages hold whole entries.

    Called within the transaction in which the answer is stored.
    """

    def __init__(self, store: Store, outbox: Outbox, clock: Clock, *, can_create: bool) -> None:
        self.store = store
        self.outbox = outbox
        self.clock = clock
        self.can_create = can_create

    def settle_all(self, batch: list[Queued], results: list[dict]) -> list[str]:
        """Settle what the server answered, and return the outcomes."""
        waiting, outcomes = list(batch), []
        for result in results:
            key = (result["type"], result["id"])
            queued = next((one for one in waiting if (one.type, one.id) == key), None)
            if queued:
                waiting.remove(queued)
                self._settle(queued, result)
                outcomes.append(result["outcome"])
        return outcomes

    def _settle(self, queued: Queued, result: dict) -> None:
        if result["outcome"] == "rejected":
            self._refused(queued, {error["code"] for error in result.get("errors", [])})
            return
        self.outbox.drop(queued)
        if queued.type == "habit" and result["outcome"] in ("applied", "unchanged"):
            self._show_name(queued)
        # What was made during a full refresh is not in it.
        self.store.see(queued.type, queued.id)
        if creates(queued.type, queued.change):
            self.outbox.let_go(queued.type, queued.id)

    def _show_name(self, habit: Queued) -> None:
        """Show the name that the server has taken; another habit may have stood in its way here."""
        later = any("name" in one.change for one in self.outbox.of("habit", habit.id))
        if "name" in habit.change and not later and self.store.find(habit.id):
            self.store.name_habit(habit.id, habit.change["name"])

    def _refused(self, queued: Queued, codes: set[str]) -> None:
        log.info("The server refused a change of a %s: %s.", queued.type, ", ".join(sorted(codes)))
        if "unknown-entry" in codes:
            self._refused_unknown(queued)
        elif "name-taken" in codes:
            self._refused_name(queued)
        else:
            self.outbox.drop(queued)
            if creates(queued.type, queued.change):
                self.outbox.drop_held(queued.type, queued.id)

    def _refused_unknown(self, queued: Queued) -> None:
        """Keep the change until its create is acknowledged; without one, send the entry whole."""
        others = self.outbox.of(queued.type, queued.id)
        if any(creates(one.type, one.change) for one in others):
            self.outbox.hold(queued)
            return
        self.outbox.drop(queued)
        if not self.can_create:
            self.store.remove(queued.type, queued.id)
        elif found := self.store.find(queued.id):
            self._requeue(queued, {**found[1]})

    def _refused_name(self, queued: Queued) -> None:
        """Take another name for a habit and send the change again with it."""
        self.outbox.drop(queued)
        if found := self.store.find(queued.id):
            name = found[1]["name"]
            if name == queued.change["name"]:
                name = self.store.free_habit_name(name)
            self.store.patch("habit", queued.id, {"name": name})
            self._requeue(queued, queued.change | {"name": name})

    def _requeue(self, queued: Queued, fields: dict) -> None:
        change = {name: value for name, value in fields.items() if name not in ("id", "deleted")}
        at = self.clock.moment(queued.type, queued.id)
        self.outbox.add(queued.type, queued.id, change, at)
