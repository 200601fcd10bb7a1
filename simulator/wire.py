"""HTTP over asyncio streams, as much of it as a fleet speaks: one request a connection."""

import asyncio
import json
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT = 60
LARGEST_BODY = 64 * 1024 * 1024
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Answer:
    """An answer: its headers have names in lower case; `body` is {} where there is no JSON."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: dict = field(default_factory=dict)

    @property
    def retry_after(self) -> float:
        """Seconds that the server asks for, 0 when it asks for none."""
        text = self.headers.get("retry-after", "")
        return float(text) if text.isdecimal() else 0


class Wire:
    """Sends requests to one server, each over a connection of its own.

    `source` is the address to send from, where the machine has several.
    """

    def __init__(self, url: str, source: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self.host, self.prefix = parts.hostname, parts.path.rstrip("/")
        self.port = parts.port or PORTS[parts.scheme]
        self.source = (source, 0) if source else None
        self.tls = ssl.create_default_context() if parts.scheme == "https" else None

    async def ask(self, method: str, path: str, body: dict | None = None, **headers: str) -> Answer:
        """Return the answer; raises OSError or ValueError where none comes that can be read."""
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection(
                self.host, self.port, ssl=self.tls, local_addr=self.source
            )
            try:
                writer.write(self._request(method, path, body, headers))
                await writer.drain()
                return await _read(reader)
            except asyncio.IncompleteReadError as error:
                raise OSError("the answer was cut off") from error
            finally:
                # There is nothing left to say, and a polite end of TLS would outlive the device.
                writer.transport.abort()

    def _request(self, method: str, path: str, body: dict | None, headers: dict) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {self.prefix}{path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            "Connection: close",
            "Accept: application/json",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        if content:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    status = int(first.split()[1])
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    content = await _content(reader, headers)
    if "json" not in headers.get("content-type", "") or not content:
        return Answer(status, headers)
    return Answer(status, headers, json.loads(content))


async def _content(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(min(int(headers["content-length"]), LARGEST_BODY))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read(LARGEST_BODY)
    content = b""
    while size := int((await reader.readline()).split(b";")[0] or b"0", 16):
        content += await reader.readexactly(size)
        await reader.readexactly(2)
    return content
