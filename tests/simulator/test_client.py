"""The device's HTTP against a socket that answers as bad networks and proxies do."""

import re
import socket
import threading

import pytest

from simulator.client import Client, OfflineError, ProblemError

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"ack": 1}'
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
HTML = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 13\r\n\r\n<h1>Oops</h1>"
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nContent-Length: 43\r\n\r\n"
    b'{"code": "unavailable", "detail": "Sleepy"}'
)
CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"


def read_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65536)
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def network():
    """Serve each list of answers on a connection of its own, closing it after the last."""
    listener = socket.create_server(("127.0.0.1", 0))
    heard = []

    def serve(connections: list[list[bytes]]) -> None:
        for answers in connections:
            connection, _ = listener.accept()
            with connection:
                for answer in answers:
                    heard.append(read_request(connection))
                    connection.sendall(answer)

    def start(*connections: list[bytes]) -> tuple[Client, list[bytes]]:
        thread = threading.Thread(target=serve, args=[connections], daemon=True)
        thread.start()
        return Client(f"http://127.0.0.1:{listener.getsockname()[1]}/base/"), heard

    yield start
    listener.close()


def test_one_connection_serves_many_requests(network):
    client, heard = network([OK, NO_CONTENT])

    assert client.request("POST", "/api/sync/", {"task": "ü"}, token="t") == {"ack": 1}
    assert client.request("GET", "/api/sync/") == {}

    head, body = heard[0].split(b"\r\n\r\n")
    assert head.startswith(b"POST /base/api/sync/ HTTP/1.1\r\n")
    assert b"Authorization: Bearer t" in head
    assert body == '{"task":"ü"}'.encode()
    client.close()


def test_a_kept_connection_that_was_closed_is_opened_again(network):
    client, heard = network([OK], [OK])

    client.request("GET", "/one/")

    assert client.request("GET", "/two/") == {"ack": 1}
    assert len(heard) == 2
    client.close()


def test_an_answer_that_is_cut_off_is_no_answer(network):
    client, _ = network([CUT_OFF])

    with pytest.raises(OfflineError):
        client.request("GET", "/")
    client.close()


@pytest.mark.parametrize("end", range(1, len(OK)))
def test_an_answer_that_is_cut_anywhere_is_no_answer(network, end):
    client, _ = network([OK[:end]])

    with pytest.raises(OfflineError):
        client.request("POST", "/api/sync/", {})
    client.close()


def test_nobody_there_is_offline():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}")

    with pytest.raises(OfflineError):
        client.request("GET", "/")


def test_a_problem_is_raised_with_its_slug_and_waiting_time(network):
    client, _ = network([BUSY])

    with pytest.raises(ProblemError) as caught:
        client.request("GET", "/")

    problem = caught.value
    assert (problem.status, problem.code, problem.retry_after) == (503, "unavailable", 7)
    client.close()


def test_an_error_of_a_proxy_has_a_slug_too(network):
    client, _ = network([HTML])

    with pytest.raises(ProblemError) as caught:
        client.request("GET", "/")

    assert (caught.value.status, caught.value.code) == (502, "http-502")
    client.close()


@pytest.mark.parametrize("url", ["ftp://planner.example", "planner.example:8000", ""])
def test_an_address_that_is_not_http_is_refused(url):
    with pytest.raises(ValueError, match="not an http or https address"):
        Client(url)
