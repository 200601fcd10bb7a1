"""The way to the server: one connection that is kept, and no difference between bad networks."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Protocol
from urllib.parse import urlsplit

TIMEOUT = 60
CHUNK = 65536
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class OfflineError(Exception):
    """No answer came, or not all of it: the request may or may not have been heard."""


@dataclass(frozen=True)
class Request:
    """What is sent; `path` is whole, with its query."""

    method: str
    path: str
    content: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """The head of an answer, and its body in chunks as they arrive, to be read once.

    The chunks raise OfflineError where the body is cut off; of one that is not `sized` nobody could
    tell.
    """

    status: int
    headers: Message
    chunks: Iterator[bytes]
    sized: bool = True


class Transport(Protocol):
    """What a client sends its requests through."""

    def send(self, request: Request) -> Reply:
        """Return the answer; raises OfflineError when there is none."""

    def close(self) -> None:
        """Give the connection up; the next request opens another."""


class Connection:
    """Speaks to one server over HTTP/1.1."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in CONNECTIONS or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self.prefix = parts.path.rstrip("/")
        self.http = CONNECTIONS[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT)

    def close(self) -> None:
        self.http.close()

    def send(self, request: Request) -> Reply:
        # A server may close an idle connection just as it is used. Every request of a device is
        # safe to repeat, so a connection that was kept gets a second, fresh try.
        for kept in (self.http.sock is not None, False):
            try:
                path = self.prefix + request.path
                self.http.request(request.method, path, request.content, request.headers)
                response = self.http.getresponse()
                sized = response.chunked or response.length is not None
                return Reply(response.status, response.headers, self._chunks(response), sized)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if not kept:
                    raise OfflineError(str(error) or type(error).__name__) from error
        raise AssertionError("the second try answers or raises")

    def _chunks(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        try:
            # A body of known length is read whole, for only then its end is checked.
            while chunk := response.read1(CHUNK) if response.chunked else response.read():
                yield chunk
        except (OSError, http.client.HTTPException) as error:
            raise OfflineError(str(error) or type(error).__name__) from error
        finally:
            if not response.isclosed():
                self.close()
