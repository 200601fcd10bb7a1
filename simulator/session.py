"""How a device proves itself: a token for its key, and whose it is by the claim in the answer.

When it is asked to, it makes a key of its own and keeps it before the server hears of it. Wherever
the power is cut, one of the new key, its own one and the factory's is good.
"""

import logging
import secrets
from collections.abc import Callable
from typing import TypeVar

from simulator.client import Answer, Client, ProblemError, Stream
from simulator.clock import Clock
from simulator.store import Store

log = logging.getLogger(__name__)
Result = TypeVar("Result")
KEY_BYTES = 32


class StartOver(Exception):  # noqa: N818 - no error: the sync goes on from its beginning
    """The device is not what it was when its sync began."""


class Session:
    """The device's token, kept in memory only; `claimed` is what the last token answer said.

    `key` is the factory's, which no device forgets; `rekeys` tells whether it can make its own.
    """

    def __init__(
        self,
        client: Client,
        serial: str,
        key: str,
        store: Store,
        clock: Clock,
        *,
        rekeys: bool = True,
    ) -> None:
        self.client = client
        self.serial = serial
        self.key = key
        self.store = store
        self.clock = clock
        self.rekeys = rekeys
        self.token: str | None = None
        self.claimed: bool | None = None
        self._asked_for_key = False

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
        before = self.claimed
        erased = self._get_token()
        if self.rekeys and self._asked_for_key:
            self._offer_key()
            erased |= self._get_token()
        if before is not None and (erased or before != self.claimed):
            raise StartOver

    def _get_token(self) -> bool:
        """Ask for a token, and return whether another claim than before erased the device."""
        self.forget()
        answer = self._try_keys()
        claim = answer["claim"]
        is_new = bool(claim) and claim != self.store.recall("claim")
        if is_new:
            # Before anything else: the former owner's queue must not reach the new owner's plan.
            self.store.erase(claim)
            log.info("A new claim: starting with an empty plan.")
        self.clock.set(answer["server_time"])
        self.token, self.claimed = answer["access"], claim is not None
        self._asked_for_key = answer["rekey"]
        return is_new

    def _try_keys(self) -> Answer:
        """Ask with the newest key, and with the older ones where it is refused."""
        made = {name: self.store.recall(name) for name in ("next_key", "own_key")}
        keys = [*filter(None, made.values()), self.key]
        for key in keys:
            try:
                answer = self.client.request(
                    "POST", "/api/device/token/", {"serial": self.serial, "key": key}
                )
            except ProblemError as problem:
                if problem.code != "token-invalid" or key == keys[-1]:
                    raise
                continue
            if key == made["next_key"]:
                self.store.remember(own_key=key, next_key=None)
                log.info("The device has a key of its own now.")
            return answer
        raise AssertionError("the last key answers or raises")

    def _offer_key(self) -> None:
        """Make a key, unless one was made that did not arrive, and tell the server."""
        key = self.store.recall("next_key") or new_key()
        self.store.remember(next_key=key)
        self.client.request("POST", "/api/device/key/", {"key": key}, token=self.token)


def new_key() -> str:
    """Return 32 random bytes in base64url; the first character is no dash."""
    while (key := secrets.token_urlsafe(KEY_BYTES)).startswith("-"):
        pass
    return key
