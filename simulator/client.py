"""HTTP as a device speaks it: one connection kept alive, JSON both ways, problems as exceptions."""

import http.client
import json
from email.message import Message
from urllib.parse import urlencode, urlsplit

TIMEOUT = 30
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


class OfflineError(Exception):
    """No answer came: the request may or may not have been heard."""


class ProblemError(Exception):
    """The server's answer is an error; `code` is the slug that a device is programmed against."""

    def __init__(self, status: int, body: dict, retry_after: int | None = None) -> None:
        self.status = status
        self.code = body.get("code", f"http-{status}")
        self.detail = body.get("detail", "")
        self.errors = body.get("errors", [])
        self.retry_after = retry_after
        super().__init__(f"{status} {self.code}: {self.detail}")


class Client:
    """Sends requests to one server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in CONNECTIONS or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self.prefix = parts.path.rstrip("/")
        self.connection = CONNECTIONS[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT)

    def close(self) -> None:
        self.connection.close()

    def request(
        self, method: str, path: str, body: dict | None = None, *, token: str | None = None
    ) -> dict:
        """Send one request and return the answer's JSON ({} when there is none).

        Raises ProblemError for an answer that is an error and OfflineError for no answer.
        """
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return _read(*self._exchange(method, self.prefix + path, content, headers))

    def wait(self, since: str, seconds: int, *, token: str) -> bool:
        """Wait up to that long, and tell whether there is something newer than the cursor."""
        query = urlencode({"since": since, "timeout": seconds})
        return self.request("GET", f"/api/sync/wait/?{query}", token=token).get("news", False)

    def _exchange(
        self, method: str, path: str, content: bytes | None, headers: dict
    ) -> tuple[int, Message, bytes]:
        # A server may close an idle connection just as it is used. Every request of a device is
        # safe to repeat, so a connection that was kept gets a second, fresh try.
        for kept in (self.connection.sock is not None, False):
            try:
                self.connection.request(method, path, content, headers)
                response = self.connection.getresponse()
                return response.status, response.headers, response.read()
            except (OSError, http.client.HTTPException) as error:
                self.connection.close()
                if not kept:
                    raise OfflineError(str(error) or type(error).__name__) from error
        raise AssertionError("the second try answers or raises")


def _read(status: int, headers: Message, content: bytes) -> dict:
    try:
        body = json.loads(content) if content else {}
    except ValueError:
        body = None
    if status < 300 and isinstance(body, dict):
        return body
    wait = headers.get("Retry-After", "")
    raise ProblemError(
        status, body if isinstance(body, dict) else {}, int(wait) if wait.isdecimal() else None
    )
