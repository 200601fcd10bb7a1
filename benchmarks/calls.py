"""HTTP as a device speaks it: calls on a kept connection, and requests as text to send in bulk."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

import orjson

# The product answers plain HTTP only when a proxy says that TLS ends there.
PROXY = {"X-Forwarded-Proto": "https"}


class Client:
    """A device: its token, and a connection that it keeps."""

    def __init__(self, address: str, token: str) -> None:
        self.host = urlsplit(address).netloc
        self.headers = {**PROXY, "Authorization": f"Bearer {token}"}
        self.connection = http.client.HTTPConnection(self.host)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> http.client.HTTPResponse:
        """Send a request and return its answer, unread. An error ends the program."""
        self.connection.request(method, path, body, self._headers(body, headers))
        answer = self.connection.getresponse()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.read().decode()}")
        return answer

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Send a request and return the JSON of its answer."""
        encoded = None if body is None else orjson.dumps(body)
        return orjson.loads(self.ask(method, path, encoded).read())

    def text(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}
    ) -> bytes:
        """Return a request as it goes over the wire."""
        encoded = b"" if body is None else orjson.dumps(body)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in self._headers(encoded, headers).items()]
        if encoded:
            lines.append(f"Content-Length: {len(encoded)}")
        return "\r\n".join([*lines, "", ""]).encode() + encoded

    def _headers(self, body: bytes | None, more: Mapping[str, str]) -> dict[str, str]:
        kind = {"Content-Type": "application/json"} if body else {}
        return {**self.headers, **kind, **more}
