"""The device's clock: a cheap one that drifts, set by every answer of the server."""

import logging
from collections.abc import Callable

from simulator.outbox import Outbox
from simulator.store import Store

log = logging.getLogger(__name__)
# `server_time` is cut to the second and old by its journey: less than this is no wrong clock.
TOLERANCE = 2


class Clock:
    """Reads `source`, the hardware in unix seconds, and keeps how wrong it is in the store."""

    def __init__(self, source: Callable[[], float], store: Store, outbox: Outbox) -> None:
        self.source = source
        self.store = store
        self.outbox = outbox

    def now(self) -> int:
        """Return unix seconds by the device's own clock, never before its last stored answer."""
        hardware = int(self.source())
        reading = hardware + self._moment("clock_offset")
        floor = self._moment("last_answer")
        if reading < floor:
            # The battery was flat. What is queued was done before that, so it is not shifted.
            self.store.remember(clock_offset=floor - hardware)
        return max(reading, floor)

    def moment(self, kind: str, id: str) -> int:
        """Return `at` for a change of this entry that is made now.

        It is later than the entry's last change here and than all that the device had read by then.
        """
        return max(self.now(), self.outbox.last_at(kind, id) + 1, self._moment("last_answer") + 1)

    def set(self, server_time: int) -> None:
        """Follow the server, and move everything that was noted by the wrong clock along.

        Within the tolerance nothing moves, so that a repeated push carries the same moments.
        """
        error = server_time - self.now()
        if abs(error) < TOLERANCE:
            return
        with self.store.transaction():
            self.store.remember(clock_offset=server_time - int(self.source()))
            if last := self._moment("last_answer"):
                self.store.remember(last_answer=last + error)
            self.outbox.shift(error)
        log.info("Set the clock by %+d s.", error)

    def answered(self, server_time: int) -> None:
        """Note that an answer of this moment is stored: what is done from now on is later."""
        self.set(server_time)
        self.read(server_time)

    def read(self, server_time: int) -> None:
        """Note that the device has read what happened on the server up to this moment."""
        self.store.remember(last_answer=server_time)
        self.outbox.forget_marks(until=server_time)

    def _moment(self, name: str) -> int:
        return self.store.recall(name) or 0
