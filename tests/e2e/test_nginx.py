"""The files for nginx: where a request goes, what is held back and what is not."""

import http.client
import json
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from simulator.device import Device
from tests.e2e.nginx import LONG, NGINX, Nginx
from tests.e2e.people import Person
from tests.e2e.servers import HOST, LiveServer, Server, Unit
from tests.e2e.test_news import Stream, ask
from tests.e2e.test_smuggling import CASES, answers

SECONDS_TO_BE_HELD = 1.0

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


@pytest.fixture(scope="module")
def live(server: Server) -> Iterator[LiveServer]:
    live = LiveServer(server.environment["DATABASE_URL"], server.log.parent)
    live.start()
    yield live
    live.stop()


def upstreams(server: Server, live: Server) -> dict[str, str]:
    ordinary = f"{HOST}:{server.port}"
    return {"sync": ordinary, "pages": ordinary, "live": f"{HOST}:{live.port}"}


@pytest.fixture(scope="module")
def nginx(
    server: Server, live: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nginx]:
    nginx = Nginx(tmp_path_factory.mktemp("nginx"), upstreams(server, live))
    nginx.start()
    yield nginx
    nginx.stop()


@pytest.fixture
def tablet(alice: Person, unit: Unit, nginx: Nginx, tmp_path: Path) -> Iterator[Device]:
    """Alice's device, which reaches its server through nginx."""
    with closing(Device(nginx.url, unit.serial, unit.key, tmp_path / "tablet.db")) as tablet:
        tablet.sync()
        yield tablet


def test_nginx_accepts_the_files(nginx):
    checked = subprocess.run([*nginx.command, "-t"], capture_output=True, text=True)

    assert checked.returncode == 0
    assert re.findall(r"\[\w+\]", checked.stderr) == []


def test_a_waiting_device_is_woken_through_nginx_by_a_push_through_nginx(alice, tablet, nginx):
    since, token = tablet.store.recall("cursor"), tablet.session.token
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ask, nginx.url, since, LONG, token)
        time.sleep(SECONDS_TO_BE_HELD)
        held = not waiting.done()
        tablet.add_task("Bins")
        tablet.sync()
        woken = waiting.result()

    assert (held, woken) == (True, True)
    assert alice.names("/tasks/") == ["Bins"]


def test_nothing_of_a_stream_is_kept_back(alice, tablet, nginx):
    with Stream(nginx, {"Authorization": f"Bearer {tablet.session.token}"}) as stream:
        blocks = [stream.read(), stream.read()]
        alice.add_task("Bins")
        blocks.append(stream.read())

    assert [block.partition("\n")[0] for block in blocks] == [
        "retry: 3000",
        "event: news",
        "event: news",
    ]


def test_pages_static_files_and_the_api_have_their_places(nginx):
    (nginx.folder / "static").mkdir(exist_ok=True)
    (nginx.folder / "static" / "base.0123.css").write_text("body {}")

    page = nginx.ask("GET", "/login/")
    style = nginx.ask("GET", "/static/base.0123.css")
    api = nginx.ask("GET", "/api/sync/")

    assert page[0] == 200
    assert (style[0], style[2]) == (200, b"body {}")
    assert style[1]["Cache-Control"] == "max-age=315360000"
    assert style[1]["X-Content-Type-Options"] == "nosniff"
    assert (api[0], json.loads(api[2])["code"]) == (401, "token-missing")


@pytest.mark.parametrize(
    ("request_of", "status", "code"),
    [
        (lambda: ("GET", "/metrics"), 404, "not-found"),
        (lambda: ("POST", "/api/sync/", bytes(1024 * 1024 + 1)), 413, "body-too-large"),
        (lambda: ("GET", f"/api/sync/?since={'x' * 5000}"), 431, "invalid"),
    ],
    ids=["the metrics, which are not for the world", "a large body", "a long address"],
)
def test_what_nginx_refuses_is_a_problem_too(nginx, request_of, status, code):
    answered, headers, body = nginx.ask(*request_of())

    problem = json.loads(body)
    assert answered == problem["status"] == status
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"
    assert problem["code"] == code
    assert problem["type"] == f"/problems/{code}"
    assert re.fullmatch(r"[0-9a-f]{32}", problem["request_id"])


def test_nginx_lets_nothing_pass_that_can_be_read_in_two_ways(nginx):
    """E12: each is answered once, by a refusal."""
    told = {case: answers(nginx, raw) for case, raw in CASES.items()}

    assert {case: statuses for case, statuses in told.items() if statuses != [400]} == {}


def test_nobody_is_led_to_another_host(nginx):
    """D10"""
    page, ours = b"GET /login/ HTTP/1.1\r\n", b"Host: localhost\r\n"
    unclear = [page + b"\r\n", page + ours + b"Host: evil.example\r\n\r\n"]
    evil = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}

    by_header = nginx.ask("GET", "/login/", Host="evil.example")
    by_address = nginx.ask("GET", "http://evil.example/login/")
    forwarded = nginx.ask("GET", "/tasks/", **evil)

    assert [answers(nginx, raw) for raw in unclear] == [[400]] * 2
    assert (by_header[0], by_address[0]) == (400, 400)
    assert (forwarded[0], forwarded[1]["Location"]) == (302, "/login/?next=/tasks/")


def test_a_version_that_nginx_does_not_speak_is_a_problem_too(nginx):
    with socket.create_connection((HOST, nginx.port)) as connection:
        connection.sendall(b"GET /api/sync/ HTTP/9.1\r\nHost: localhost\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())

    assert (answer.status, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert (problem["status"], problem["code"]) == (400, "invalid")


def test_without_the_process_for_waiting_the_rest_works(server, tmp_path):
    nobody = Server("", tmp_path)
    nginx = Nginx(tmp_path, upstreams(server, nobody))
    nginx.start()
    try:
        status, headers, body = nginx.ask("GET", "/api/stream/")
        rest = nginx.ask("GET", "/login/")[0]
    finally:
        nginx.stop()

    assert (status, json.loads(body)["code"], rest) == (503, "unavailable", 200)
    assert headers["Retry-After"] in {"5", "8", "11", "14"}


def test_who_guesses_is_slowed_down_before_anything_is_computed(nginx):
    def guess(_turn: int) -> tuple:
        return nginx.ask("POST", "/api/device/token/", b"{}")

    with ThreadPoolExecutor(30) as threads:
        answers = list(threads.map(guess, range(60)))

    slowed = [headers["Retry-After"] for status, headers, _body in answers if status == 429]
    assert set(slowed) == {"5"}
    assert nginx.ask("GET", "/login/")[0] == 200


def test_the_log_holds_no_query_and_no_token(nginx):
    nginx.ask("GET", "/api/sync/?since=canary", Authorization="Bearer canary", Cookie="a=canary")

    log = (nginx.folder / "planner.log").read_text()
    assert '"GET /api/sync/ HTTP/1.1" 401' in log
    assert "canary" not in log


def test_no_log_tells_of_a_link_while_its_server_is_away(tmp_path):
    nobody = Server("", tmp_path)
    nginx = Nginx(tmp_path, upstreams(nobody, nobody))
    nginx.start()
    try:
        status, _headers, _body = nginx.ask("GET", "/account/email/verify/?token=canary")
    finally:
        nginx.stop()

    logs = "".join(file.read_text() for file in tmp_path.glob("*.log"))
    assert status == 503
    assert '"GET /account/email/verify/ HTTP/1.1" 503' in logs
    assert "canary" not in logs
