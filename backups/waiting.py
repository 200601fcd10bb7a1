"""The ASGI application that keeps those who wait for news.

Who waits costs a future and a socket, no thread and no connection to the database. Django answers
every question as it does in any other process, with all of its middleware: once when the caller
comes, and again whenever there may be news, when a wait is over and at every heartbeat. So a token
that has ended ends the waiting too.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from accounts import cookies
from backups import sources
from backups.live import Hub, Waiter
from backups.metrics import WAITING
from planner.desk import Desk, Receive, Scope, Send, send_head, send_part

HEARTBEAT = 15.0
"""Seconds between signs of life on a stream; a token's end is noticed at the next one."""

BREATH = 1.0
"""Seconds in which a stream tells of many changes by one event."""

RETRY_MILLISECONDS = 3_000


class Waiting:
    """Holds the requests of two addresses, and leaves all others to Django alone."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.desk = Desk()
        self.source = sources.source(self.hub)
        self.ways = {reverse("api-wait"): self._wait, reverse("api-stream"): self._stream}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] in self.ways:
            await _unless_gone(receive, self._answer(scope, send))
        else:
            await self.desk(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        _before_the_end(self.hub.close)
        hearing = asyncio.create_task(self.source.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        hearing.cancel()
        await asyncio.wait({hearing})
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, send: Send) -> None:
        answer = await self.desk.ask(scope)
        hold = getattr(answer, "hold", None)
        if hold is None or scope["method"] != "GET":
            await _send_whole(send, answer)
            return
        with WAITING.track_inprogress(), self.hub.subscribe(hold.plan, hold.revision) as waiter:
            # What came between the question and the subscription was announced to nobody.
            await self.source.look({hold.plan})
            await self.ways[scope["path"]](scope, send, answer, waiter)

    async def _wait(self, scope: Scope, send: Send, answer: HttpResponse, waiter: Waiter) -> None:
        """Send the answer that there is when something happens or the caller's time is over.

        A log-in that was just renewed is told at once: its new cookies must not be late.
        """
        clock = asyncio.get_running_loop().time
        end = clock() + answer.hold.seconds
        while not (answer.cookies or self.hub.closed) and (left := end - clock()) > 0:
            await waiter.wait(left)
            answer = await self._ask_again(scope)
            if not hasattr(answer, "hold"):
                break
        del answer["Retry-After"]
        await _send_whole(send, answer)

    async def _stream(self, scope: Scope, send: Send, answer: HttpResponse, waiter: Waiter) -> None:
        """Send an event whenever it would be another one, until the caller may have no more."""
        await send_head(send, answer, leave_out=("Content-Length",))
        await send_part(send, b"retry: %d\n\n%b" % (RETRY_MILLISECONDS, answer.hold.event))
        told = answer.hold.event
        while True:
            await waiter.wait(HEARTBEAT)
            hold = getattr(await self._ask_again(scope), "hold", None)
            if self.hub.closed or hold is None or hold.plan != waiter.plan:
                break
            has_news = hold.event != told
            waiter.revision, told = hold.revision, hold.event
            await send_part(send, hold.event if has_news else b":\n\n")
            await asyncio.sleep(BREATH if has_news else 0)
        await send_part(send, b"", more=False)

    async def _ask_again(self, scope: Scope) -> HttpResponse:
        """Ask without the means to renew the log-in, as new cookies would not reach the browser.

        For the same reason the answer has none; when the log-in's short token is over, the caller
        comes again and gets them.
        """
        answer = await self.desk.ask({**scope, "headers": _without_renewal(scope["headers"])})
        answer.cookies.clear()
        return answer


async def _unless_gone(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, or drop it when the caller goes away."""
    tasks = {asyncio.create_task(work), asyncio.create_task(_gone(receive))}
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send_whole(send: Send, answer: HttpResponse) -> None:
    await send_head(send, answer)
    await send_part(send, answer.content, more=False)


def _without_renewal(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [
        (name, _without_refresh(value) if name == b"cookie" else value) for name, value in headers
    ]


def _without_refresh(header: bytes) -> bytes:
    refresh = cookies.name(cookies.REFRESH).encode()
    pairs = header.split(b";")
    return b";".join(pair for pair in pairs if pair.partition(b"=")[0].strip() != refresh)


def _before_the_end(call: Callable[[], None]) -> None:
    """Call when the server is asked to end, for it lets all answers finish and then only tells."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        servers = signal.getsignal(number)

        def both(number: int, frame: Any, servers: Any = servers) -> None:
            loop.call_soon_threadsafe(call)
            servers(number, frame)

        # Only the main thread may.
        with contextlib.suppress(ValueError):
            signal.signal(number, both)
