"""Bodies as sockets bring them: in chunks, without a length, too long, or cut off (matrix E9)."""

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from tests.e2e.servers import HOST, Server

pytestmark = pytest.mark.e2e
MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


def chunks(body: bytes, size: int) -> Iterator[bytes]:
    return (body[start : start + size] for start in range(0, len(body), size))


def post(server: Server, path: str, body: object, **options: object) -> tuple[int, dict]:
    """Send a body as it is and return the status and the answer's JSON."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    try:
        connection.request("POST", path, body, JSON, **options)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def raw(server: Server, request: bytes) -> bytes:
    """Send these very bytes, close the sending half, and return all that comes back."""
    with socket.create_connection((HOST, server.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_body_in_chunks_is_read_whole(server, unit, size):
    body = json.dumps({"serial": unit.serial, "key": unit.key}).encode()

    status, answer = post(server, "/api/device/token/", chunks(body, size), encode_chunked=True)

    assert (status, answer["claimed"]) == (200, False)


def test_an_empty_body_in_chunks_is_an_empty_body(server):
    status, answer = post(server, "/api/device/token/", iter([]), encode_chunked=True)

    assert (status, answer["code"]) == (400, "malformed-json")


@pytest.mark.parametrize("path", ["/api/device/token/", "/api/token/"])
def test_a_body_over_a_mebibyte_is_refused_in_chunks_and_with_a_length(server, path):
    large = b'{"serial": "' + b"x" * MIB + b'"}'

    in_chunks = post(server, path, chunks(large, 50_000), encode_chunked=True)
    at_once = post(server, path, large)

    for status, answer in (in_chunks, at_once):
        assert (status, answer["code"]) == (413, "body-too-large")


def test_a_body_that_ends_before_its_length_is_no_json(server):
    head = b"POST /api/device/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: 500\r\n\r\n"

    answer = raw(server, head + b'{"serial": "SC-1"')

    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b'"code":"malformed-json"' in answer


@pytest.mark.parametrize(
    "body",
    [b"zz\r\n{}\r\n0\r\n\r\n", b"5\r\n{}", b"2\r\n{}\r\n", b"-1\r\n\r\n", b"fffffffffffffffff\r\n"],
    ids=["no size", "short chunk", "no end", "negative", "huge"],
)
def test_broken_chunks_are_refused_and_the_server_goes_on(server, unit, body):
    head = b"POST /api/device/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    head += b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"

    answer = raw(server, head + body)

    assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0], answer[:300]
    key = json.dumps({"serial": unit.serial, "key": unit.key}).encode()
    assert post(server, "/api/device/token/", key)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 2\r\nContent-Length: 3\r\n",
        b"Content-Length: +2\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
    ],
)
def test_two_stories_about_a_body_start_no_second_request(server, headers):
    """E12, as far as gunicorn goes"""
    head = b"POST /api/device/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    head += b"Content-Type: application/json\r\n" + headers + b"\r\n"

    answer = raw(server, head + b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert b'{"status": "ok"}' not in answer


@pytest.mark.parametrize("path", ["/api/token/", "/api/device/token/"])
def test_a_body_announced_too_large_is_refused_before_it_comes(server, path):
    """E9"""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

    with socket.create_connection((HOST, server.port), timeout=20) as connection:
        connection.sendall(f"{head}Content-Length: {MIB + 1}\r\n\r\n".encode())
        answer = connection.recv(65_536)

    assert b" 413 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("request_line", "header", "status"),
    [
        (b"GET /healthz HTTP/1.1", b"No colon", 400),
        (b"GET /healthz HTTP/9.9", b"Host: 127.0.0.1", 400),
        (b"\x00\x01\x02", b"Host: 127.0.0.1", 400),
        (b"GET /%s HTTP/1.1" % (b"x" * 5_000), b"Host: 127.0.0.1", 431),
        (b"GET /healthz HTTP/1.1", b"Cookie: %s" % (b"x" * 9_000), 431),
    ],
)
def test_what_is_no_http_is_refused_with_a_problem(server, request_line, header, status):
    """B4"""
    answer = raw(server, request_line + b"\r\n" + header + b"\r\n\r\n")

    head, _empty, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == str(status).encode()
    assert b"application/problem+json" in head
    assert (json.loads(body)["code"], json.loads(body)["status"]) == ("invalid", status)
