"""How a device proves itself: a token for its key, and whose it is by the claim in the answer."""

import logging
from collections.abc import Callable
from typing import TypeVar

from simulator.client import Answer, Client, ProblemError, Stream
from simulator.clock import Clock
from simulator.store import Store

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class StartOver(Exception):  # noqa: N818 - no error: the sync goes on from its beginning
    """The device is not what it was when its sync began."""


class Session:
    """The device's token, kept in memory only; `claimed` is what the last token answer said."""

    def __init__(self, client: Client, serial: str, key: str, store: Store, clock: Clock) -> None:
        self.client = client
        self.serial = serial
        self.key = key
        self.store = store
        self.clock = clock
        self.token: str | None = None
        self.claimed: bool | None = None

    def begin(self) -> None:
        """Have a token, without asking for one that is there."""
        if self.token is None:
            self._sign_in()

    def forget(self) -> None:
        """Give the token up: the next request asks for a new one and learns the claim with it."""
        self.token = None

    def ask(
        self,
        method: str,
        path: str,
        body: dict | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request; when the token is over, ask for another and send the same once more.

        Raises StartOver when the device came to or from an owner meanwhile.
        """
        answer = self._with_token(
            lambda token: self.client.request(method, path, body, token=token, headers=headers)
        )
        self._set_clock(answer)
        return answer

    def stream(self, path: str, headers: dict[str, str] | None = None) -> Stream:
        """Ask for an answer in lines, in the same way."""
        stream = self._with_token(
            lambda token: self.client.stream(path, token=token, headers=headers)
        )
        self._set_clock(stream.head)
        return stream

    def _with_token(self, call: Callable[[str], Result]) -> Result:
        self.begin()
        try:
            return call(self.token)
        except ProblemError as problem:
            if problem.status != 401:
                raise
        self._sign_in()
        return call(self.token)

    def _set_clock(self, answer: Answer) -> None:
        if answer.time is not None:
            self.clock.set(answer.time)

    def _sign_in(self) -> None:
        self.forget()
        credentials = {"serial": self.serial, "key": self.key}
        answer = self.client.request("POST", "/api/device/token/", credentials)
        claim, before = answer["claim"], (self.claimed, self.store.recall("claim"))
        if claim and claim != before[1]:
            # Before anything else: the former owner's queue must not reach the new owner's plan.
            self.store.erase(claim)
            log.info("A new claim: starting with an empty plan.")
        self.clock.set(answer["server_time"])
        self.token, self.claimed = answer["access"], claim is not None
        if before[0] is not None and before != (self.claimed, self.store.recall("claim")):
            raise StartOver
