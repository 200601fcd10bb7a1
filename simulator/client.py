"""HTTP as a device speaks it: JSON both ways, lines to read, problems as exceptions."""

import json
from collections.abc import Iterator
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import urlencode

from simulator.transport import Connection, OfflineError, Reply, Request, Transport

__all__ = ["Answer", "Client", "OfflineError", "ProblemError", "Stream"]
JSON, NDJSON = "application/json", "application/x-ndjson"
NOT_MODIFIED = 304


class ProblemError(Exception):
    """The server's answer is an error; `code` is the slug that a device is programmed against."""

    def __init__(self, status: int, body: dict, retry_after: int | None = None) -> None:
        self.status = status
        self.code = body.get("code", f"http-{status}")
        self.detail = body.get("detail", "")
        self.errors = body.get("errors", [])
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail}")


class Answer(dict):
    """An answer's JSON ({} when there is none), its status, its ETag and its time in seconds."""

    def __init__(self, body: dict, status: int, headers: Message) -> None:
        super().__init__(body)
        self.status = status
        self.etag = headers.get("ETag")
        self.time = body.get("server_time", moment(headers))

    @property
    def not_modified(self) -> bool:
        """Whether the server says that nothing is new since the ETag."""
        return self.status == NOT_MODIFIED


class Stream(NamedTuple):
    """The head of an answer in lines, and its body's chunks: none where nothing is new."""

    head: Answer
    chunks: Iterator[bytes]


class Client:
    """Sends requests to one server."""

    def __init__(self, url: str, transport: Transport | None = None) -> None:
        self.transport = transport or Connection(url)

    def close(self) -> None:
        self.transport.close()

    def request(
        self,
        method: str,
        path: str,
        body: dict | None = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request and return the answer.

        Raises ProblemError for an answer that is an error and OfflineError for no answer.
        """
        sent = _headers(JSON, token) | (headers or {})
        content = None
        if body is not None:
            sent["Content-Type"] = JSON
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return _answer(self.transport.send(Request(method, path, content, sent)))

    def stream(
        self, path: str, *, token: str | None = None, headers: dict[str, str] | None = None
    ) -> Stream:
        """Ask for an answer in lines; raises as `request` does, its chunks raise OfflineError."""
        sent = _headers(NDJSON, token) | (headers or {})
        reply = self.transport.send(Request("GET", path, None, sent))
        if reply.status != 200:
            return Stream(_answer(reply), iter(()))
        return Stream(Answer({}, reply.status, reply.headers), reply.chunks)

    def wait(self, since: str, seconds: int, *, token: str) -> bool:
        """Wait up to that long, and tell whether there is something newer than the cursor."""
        query = urlencode({"since": since, "timeout": seconds})
        return self.request("GET", f"/api/sync/wait/?{query}", token=token).get("news", False)


def moment(headers: Message) -> int | None:
    """Return the time of an answer in unix seconds."""
    date = headers.get("Date")
    return int(parsedate_to_datetime(date).timestamp()) if date else None


def _headers(accept: str, token: str | None) -> dict[str, str]:
    return {"Accept": accept} | ({"Authorization": f"Bearer {token}"} if token else {})


def _answer(reply: Reply) -> Answer:
    content = b"".join(reply.chunks)
    if not reply.sized:
        # Lines say themselves where they end; JSON in a head that was cut off would be {}.
        raise OfflineError("the answer does not say how long it is")
    try:
        body = json.loads(content) if content else {}
    except ValueError:
        body = None
    good = reply.status < 300 or reply.status == NOT_MODIFIED
    if good and isinstance(body, dict):
        return Answer(body, reply.status, reply.headers)
    wait = reply.headers.get("Retry-After", "")
    raise ProblemError(
        reply.status,
        body if isinstance(body, dict) else {},
        int(wait) if wait.isdecimal() else None,
    )
