"""The way between a device and its server: it records, loses answers, and lets things happen."""

from collections.abc import Callable
from typing import Any

from simulator.client import Answer, Client, OfflineError
from simulator.device import Device


class Network(Client):
    """Keeps what was asked as (method, path, body), without the queries, and the keys of pushes.

    `lose_after` is the number of good answers before one is lost, once; the server has done then
    what it was asked. `meanwhile` is done once, while the next answer is on its way.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.asked: list[tuple[str, str, dict | None]] = []
        self.keys: list[str | None] = []
        self.statuses: list[int] = []
        self.lose_after: int | None = None
        self.meanwhile: Callable[[], object] | None = None

    @classmethod
    def of(cls, device: Device, url: str) -> "Network":
        """Put a network between this device and the server; it has a token then."""
        device.session.begin()
        device.client.close()
        device.client = device.session.client = cls(url)
        return device.client

    def request(self, method: str, path: str, body: dict | None = None, **more: Any) -> Answer:
        self.asked.append((method, path.partition("?")[0], body))
        if method == "POST":
            self.keys.append((more.get("headers") or {}).get("Idempotency-Key"))
        answer = super().request(method, path, body, **more)
        self.statuses.append(answer.status)
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            act()
        if self.lose_after is not None:
            self.lose_after -= 1
            if self.lose_after < 0:
                self.lose_after = None
                raise OfflineError("the answer was lost")
        return answer

    @property
    def calls(self) -> list[str]:
        """What was asked, as "POST /api/sync/"."""
        return [f"{method} {path}" for method, path, _ in self.asked]

    @property
    def pushes(self) -> list[dict]:
        """The bodies of the pushes."""
        return [body for _, path, body in self.asked if path == "/api/sync/" and body]
