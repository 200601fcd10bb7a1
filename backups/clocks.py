"""When a change counts as made: a device's own clock, corrected. Pure; see sync.md, rule 3."""

from dataclasses import dataclass

from planner.times import MICRO

TOLERANCE = 60
"""Seconds by which a clock may be off before anything is done about it."""


@dataclass(frozen=True)
class Clock:
    """What is known when a push arrives; stamps in unix microseconds, the rest in unix seconds.

    `reported` is the sender's `now`, `offset` what is added to its times.
    """

    now_stamp: int
    newest_stamp: int
    opened_stamp: int
    offset: int = 0
    reported: int | None = None

    def stamp(self, at: int | None, number: int) -> int:
        """Return the stamp of the push's item `number` that was made `at`.

        Without `at`, or with one from a broken clock, the time of arrival counts, in the order of
        the items; nothing counts as before the claim. Arrival counts too where the server's own
        clock was set back, and nobody can tell what came before the newest stamp and what after.
        """
        corrected = None if at is None else (at + self.offset) * MICRO
        if corrected is None or self._is_broken(at, corrected) or self._is_unclear(corrected):
            return max(self.now_stamp, self.newest_stamp + 1) + number
        return max(corrected, self.opened_stamp)

    def _is_broken(self, at: int, corrected: int) -> bool:
        ahead_of_itself = self.reported is not None and at > self.reported + TOLERANCE
        return ahead_of_itself or corrected > self.now_stamp + TOLERANCE * MICRO

    def _is_unclear(self, corrected: int) -> bool:
        set_back = self.newest_stamp - self.now_stamp
        return set_back > TOLERANCE * MICRO and corrected > self.now_stamp - set_back


def steady_offset(held: int, reported: int | None, now: int) -> int:
    """Return the offset to use from now on: the held one while it is right within a minute.

    Keeping it makes repeated and divided pushes get the very same stamps.
    """
    if reported is None or abs(now - reported - held) <= TOLERANCE:
        return held
    return now - reported
