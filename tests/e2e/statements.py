"""A proxy before PostgreSQL that counts what a server asks it, and strikes at one statement."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.e2e.servers import HOST

STATEMENT, READY = b"Q", b"Z"
LENGTH = struct.Struct(">I")
SECONDS_TO_END = 30


class StatementProxy:
    """Passes the talk between a server and its PostgreSQL on.

    Armed with `strike_at(number, after)`, it calls `strike` once: before the statement of that
    number reaches PostgreSQL, or `after` it was done and before the server hears of it. That
    connection is over then. `statements` are those that came since on the first connection to ask:
    what a server writes beside its requests comes at any time.
    """

    def __init__(self, folder: Path, strike: Callable[[], None]) -> None:
        self.folder, self.strike = folder, strike
        self.number, self.is_after = 0, False
        self.statements: list[str] = []
        self.counted: _Talk | None = None
        self.lock = threading.Condition()
        self.open = 0
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        # Closing alone does not wake a thread that accepts.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def wait_until_idle(self) -> None:
        """Wait until all connections are over: what a dead worker had asked may come late."""
        with self.lock:
            assert self.lock.wait_for(lambda: not self.open, SECONDS_TO_END)

    def strike_at(self, number: int, after: bool) -> None:
        """Count statements from here on; number 0 strikes never."""
        with self.lock:
            self.number, self.is_after, self.statements = number, after, []
            self.counted = None

    @property
    def has_struck(self) -> bool:
        """Whether the statement came."""
        return 0 < self.number <= len(self.statements)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                self._opened(1)
                threading.Thread(target=self._pass_on, args=[client], daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        database = socket.socket(socket.AF_UNIX)
        database.connect(str(self.folder / ".s.PGSQL.5432"))
        talk = _Talk(self, client, database)
        back = threading.Thread(target=talk.answers, daemon=True)
        back.start()
        talk.questions()
        back.join()
        client.close()
        database.close()
        self._opened(-1)

    def _opened(self, more: int) -> None:
        with self.lock:
            self.open += more
            self.lock.notify_all()

    def counts(self, statement: str, talk: "_Talk") -> bool:
        """Count a statement; tell whether it is the one to strike at."""
        with self.lock:
            self.counted = self.counted or talk
            if talk is not self.counted:
                return False
            self.statements.append(statement)
            return len(self.statements) == self.number


class _Talk:
    """One connection: messages are a letter, a length and a body, but for the first one."""

    def __init__(
        self, proxy: StatementProxy, client: socket.socket, database: socket.socket
    ) -> None:
        self.proxy, self.client, self.database = proxy, client, database
        self.is_last = threading.Event()

    def questions(self) -> None:
        with suppress(OSError, EOFError):
            self.database.sendall(_rest(self.client))
            while True:
                kind = _exactly(self.client, 1)
                rest = _rest(self.client)
                if kind == STATEMENT and self.proxy.counts(rest[4:-1].decode(), self):
                    if not self.proxy.is_after:
                        break
                    self.is_last.set()
                self.database.sendall(kind + rest)
            self.proxy.strike()
        self._end()

    def answers(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                kind = _exactly(self.database, 1)
                rest = _rest(self.database)
                if kind == READY and self.is_last.is_set():
                    self.proxy.strike()
                    break
                self.client.sendall(kind + rest)
        self._end()

    def _end(self) -> None:
        for side in (self.client, self.database):
            with suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)


def _rest(connection: socket.socket) -> bytes:
    """Read a message's length and body."""
    length = _exactly(connection, LENGTH.size)
    return length + _exactly(connection, LENGTH.unpack(length)[0] - LENGTH.size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        received = connection.recv(size - len(content))
        if not received:
            raise EOFError
        content += received
    return content
