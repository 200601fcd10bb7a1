"""A bad network and a bad clock, the same again for the same seed: what a device must survive."""

import logging
from collections.abc import Callable, Iterator
from random import Random

from simulator.transport import OfflineError, Reply, Request, Transport

log = logging.getLogger(__name__)
RATE = 0.3
# Only what syncs is safe at any later time; a reset, say, is not.
REPEATABLE = "/api/sync/"
HELD_AT_MOST = 4
JUMPS = (-86400, -3 * 3600, -300, 0, 0, 300, 3 * 3600, 86400)


class Chaos:
    """A transport that loses, repeats, reorders and cuts, each request with the odds `rate`."""

    def __init__(self, inner: Transport, seed: int, rate: float = RATE) -> None:
        self.inner = inner
        self.random = Random(seed)  # noqa: S311 - repeatable, not secret
        self.rate = rate
        self.held: list[Request] = []
        self.skew = 0

    def close(self) -> None:
        self.inner.close()

    def clock(self, source: Callable[[], float]) -> Callable[[], float]:
        """Return a clock that jumps with the chaos."""
        return lambda: source() + self.skew

    def calm(self) -> None:
        """Let everything go well from now on; what was held back is delivered."""
        self.rate = 0
        self._deliver()

    def send(self, request: Request) -> Reply:
        self._jump()
        if self.held and self.random.random() < 0.5:
            self._deliver()
        if self.random.random() >= self.rate:
            return self.inner.send(request)
        faults = [self._lose_request, self._lose_answer, self._cut]
        if request.path.startswith(REPEATABLE):
            faults += [self._hold, self._repeat]
        return self.random.choice(faults)(request)

    def _lose_request(self, request: Request) -> Reply:
        raise self._offline("a request was lost")

    def _lose_answer(self, request: Request) -> Reply:
        self._swallow(request)
        raise self._offline("an answer was lost")

    def _hold(self, request: Request) -> Reply:
        self.held = [*self.held, request][-HELD_AT_MOST:]
        raise self._offline("a request is late")

    def _repeat(self, request: Request) -> Reply:
        log.info("Chaos: a request arrives twice.")
        self._swallow(request)
        return self.inner.send(request)

    def _cut(self, request: Request) -> Reply:
        reply = self.inner.send(request)
        content = b"".join(reply.chunks)
        if not content:
            return reply
        end = self.random.randrange(len(content))
        return Reply(reply.status, reply.headers, self._cut_off(content[:end]))

    def _cut_off(self, content: bytes) -> Iterator[bytes]:
        yield content
        raise self._offline(f"an answer ends after {len(content)} bytes")

    def _deliver(self) -> None:
        late, self.held = self.held, []
        self.random.shuffle(late)
        for request in late:
            log.info("Chaos: a request arrives late.")
            self._swallow(request)

    def _swallow(self, request: Request) -> None:
        for _ in self.inner.send(request).chunks:
            pass

    def _jump(self) -> None:
        if self.random.random() < self.rate / 4:
            self.skew = self.random.choice(JUMPS)
            log.info("Chaos: the clock is off by %+d s.", self.skew)

    def _offline(self, what: str) -> OfflineError:
        log.info("Chaos: %s.", what)
        return OfflineError(what)
