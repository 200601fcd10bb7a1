"""E12: requests that two servers might read differently are refused; none hides a second one."""

import socket

import pytest

from tests.e2e.nginx import Nginx
from tests.e2e.servers import Server

pytestmark = pytest.mark.e2e
BODY = b"username=a"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HEAD = b"POST /api/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

CASES = {
    "a length and chunks": HEAD
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "two lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 42\r\n\r\n" + HIDDEN,
    "a list of lengths": HEAD + b"Content-Length: 0, 42\r\n\r\n" + HIDDEN,
    "a length with a sign": HEAD + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "a folded header": HEAD + b"X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": HEAD + b"Content-Length : 42\r\n\r\n" + HIDDEN,
    "an unknown transfer coding": HEAD + b"Transfer-Encoding: cow\r\n\r\n" + HIDDEN,
    "a list of transfer codings": HEAD + b"Transfer-Encoding: chunked, cow\r\n\r\n" + HIDDEN,
    "a bare line feed in a name": HEAD + b"X-A\n: b\r\nContent-Length: 0\r\n\r\n",
    "a chunk of a wrong size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + HIDDEN,
}


def answers(server: Server | Nginx, raw: bytes) -> list[int]:
    """Send raw bytes and return the status of every answer until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while part := connection.recv(65_536):
            received += part
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("case", CASES)
def test_a_request_that_can_be_read_in_two_ways_is_refused(server, case):
    [status] = answers(server, CASES[case])

    assert status in (400, 501)


def test_two_hosts_are_not_obeyed(server):
    raw = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n"

    assert answers(server, raw) == [400]


def test_an_honest_request_after_another_is_answered(server):
    raw = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    assert answers(server, raw * 2) == [200, 200]
