"""A TCP proxy on the loopback that ends an answer after so many bytes."""

import http.client
import socket
import threading
from contextlib import suppress
from io import BytesIO

from tests.e2e.servers import HOST

END_OF_HEAD = b"\r\n\r\n"
SECONDS = 30


class CuttingProxy:
    """Passes every request on, each over a connection of its own.

    Of the answer to a push it lets `cut` bytes through, once; `sent` is how long that answer was.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.cut: int | None = None
        self.sent = 0
        self.listener = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def close(self) -> None:
        # Closing alone does not wake a thread that accepts.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                connection.settimeout(SECONDS)
                with connection, suppress(OSError):
                    self._pass_on(connection)

    def _pass_on(self, connection: socket.socket) -> None:
        request = _message(connection)
        if not request:
            return
        with socket.create_connection((HOST, self.port), timeout=SECONDS) as server:
            server.sendall(request)
            answer = _message(server)
        if request.startswith(b"POST /api/sync/"):
            self.sent = len(answer)
            answer, self.cut = answer[: self.cut], None
        connection.sendall(answer)


def _message(connection: socket.socket) -> bytes:
    """Read a head and as much of a body as it promises."""
    content = b""
    while END_OF_HEAD not in content:
        received = connection.recv(65536)
        if not received:
            return b""
        content += received
    head, _, body = content.partition(END_OF_HEAD)
    missing = _length(head) - len(body)
    while missing > 0 and (received := connection.recv(65536)):
        content, missing = content + received, missing - len(received)
    return content


def _length(head: bytes) -> int:
    _, _, lines = head.partition(b"\r\n")
    return int(http.client.parse_headers(BytesIO(lines + END_OF_HEAD)).get("Content-Length", 0))
