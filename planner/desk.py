"""Django behind an ASGI server, asked in one thread and so on one connection to the database.

Django's own ASGI handler starts a thread and a connection for each request. Here requests take
turns: enough for short questions in between long waits, and for a server for development.
"""

from collections.abc import Awaitable, Callable
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core import signals
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http.response import HttpResponseBase
from django.utils.http import http_date

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]

LENGTH, TYPE = b"content-length", b"content-type"
# One byte over the body limit is enough for a 413.
MOST = 1024 * 1024 + 1
MOST_OF_FORM = 65 * 1024 * 1024
"""A form may bring a file of 64 MiB; what is larger than MOST is kept on disk."""


class Desk(BaseHandler):
    """An ASGI application for HTTP; `ask` is for others that send the answer themselves."""

    def __init__(self) -> None:
        self.load_middleware()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [pair for pair in scope["headers"] if pair[0] != LENGTH]
        named = dict(scope["headers"])
        announced, is_form = named.get(LENGTH, b""), named.get(TYPE, b"").startswith(b"multipart/")
        most = MOST_OF_FORM if is_form else MOST
        # One that is announced as too large is refused by that alone, and never waited for.
        is_over = announced.isdigit() and int(announced) >= most
        with SpooledTemporaryFile(MOST) as body:
            size = 0 if is_over else await _read(receive, body, most)
            # A chunked body has no length, and Django reads a request without one as empty.
            length = (LENGTH, announced if is_over else str(size).encode())
            answer = await self.ask({**scope, "headers": [*headers, length]}, body)
            await send_head(send, answer)
            parts = iter(answer)
            while (part := await sync_to_async(next)(parts, None)) is not None:
                await send_part(send, part)
        await send_part(send, b"", more=False)
        await sync_to_async(answer.close)()

    async def ask(self, scope: Scope, body: IO[bytes] | None = None) -> HttpResponseBase:
        """Return Django's answer to a request; one that streams is closed by the caller."""
        return await sync_to_async(self._answer)(scope, body or BytesIO())

    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        signals.request_started.send(sender=type(self), scope=scope)
        answer = self.get_response(ASGIRequest(scope, body))
        if not answer.streaming:
            answer.close()
        return answer


async def send_head(
    send: Send, answer: HttpResponseBase, *, leave_out: tuple[str, ...] = ()
) -> None:
    """Send an answer's status and headers, with the time of this moment.

    The server's own would be that of the question, before a wait of up to a minute.
    """
    headers = [pair for pair in answer.items() if pair[0] not in leave_out]
    headers.append(("Date", http_date()))
    headers += [("Set-Cookie", cookie.OutputString()) for cookie in answer.cookies.values()]
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": raw})


async def send_part(send: Send, part: bytes, *, more: bool = True) -> None:
    """Send a part of an answer's body."""
    await send({"type": "http.response.body", "body": part, "more_body": more})


async def _read(receive: Receive, body: IO[bytes], most: int) -> int:
    """Read a body up to a size, leave it at its begin, and return how large it is."""
    size, more = 0, True
    while more and size < most:
        message = await receive()
        size += body.write(message.get("body", b""))
        more = message.get("more_body", False)
    body.seek(0)
    return size
