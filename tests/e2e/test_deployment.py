"""An installation as it is put on the network: TLS, headers, refusals, reloads."""

import hashlib
import http.client
import json
import re
import signal
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.deployment import install
from tests.e2e.nginx import NAME, NGINX, Nginx
from tests.e2e.servers import HOST

SITE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Server": "nginx",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
HSTS = "max-age=63072000; includeSubDomains"
PAUSES = {"5", "8", "11", "14"}
LONG_HEADER = {"Cookie": "x" * 5000}
BEHIND_NGINX = {"Host": NAME, "X-Forwarded-Proto": "https"}
MADE_UP = {
    "X-Forwarded-For": "198.51.100.{}",
    "X_Forwarded_For": "198.51.100.{}",
    "X-Real-IP": "198.51.100.{}",
    "Forwarded": "for=198.51.100.{}",
    "True-Client-IP": "198.51.100.{}",
}
LARGE = bytes(1024 * 1024 + 1)
ASKED = {
    ("GET", "/login/"): 200,
    ("GET", "/healthz"): 200,
    ("GET", "/api/schema/"): 200,
    ("GET", "/login"): 301,
    ("GET", "/tasks/"): 302,
    ("GET", "/.well-known/change-password"): 302,
    ("POST", "/api/token/"): 400,
    ("GET", "/api/sync/"): 401,
    ("POST", "/login/"): 403,
    ("GET", "/nothing/"): 404,
    ("GET", "/api/nothing/"): 404,
    ("GET", "/static/nothing.css"): 404,
    ("GET", "/metrics"): 404,
    ("DELETE", "/healthz"): 405,
    ("GET", "/api/token/"): 405,
    ("TRACE", "/"): 405,
}

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]


def faults(answer: tuple, *, tls: bool = True) -> list[str]:
    """Return what is wrong with an answer's headers: each has to be there once."""
    _status, headers, _body = answer
    policy = headers.get_all("Content-Security-Policy", [])
    wanted = SITE | ({"Strict-Transport-Security": HSTS} if tls else {})
    wrong = [name for name, value in wanted.items() if headers.get_all(name) != [value]]
    # The order of the directives is nobody's business.
    if [set(one.split("; ")) for one in policy] != [set(POLICY.split("; "))]:
        wrong.append("Content-Security-Policy")
    wrong += [name for name in ("X-Request-ID", "Permissions-Policy") if count(headers, name) != 1]
    if not tls and "Strict-Transport-Security" in headers:
        wrong.append("Strict-Transport-Security")
    return wrong


def count(headers: object, name: str) -> int:
    return len(headers.get_all(name, []))


def every_answer_has_the_same_headers_once(deployment):
    """I3"""
    nginx = deployment.nginx
    answers = {asked: nginx.ask_by_tls(*asked) for asked in ASKED}
    style = re.search(rb'href="(/static/css/base\.\w+\.css)"', answers["GET", "/login/"][2])[1]
    answers["style"] = nginx.ask_by_tls("GET", style.decode())
    known = {"If-None-Match": answers["style"][1]["ETag"]}
    answers["style again"] = nginx.ask_by_tls("GET", style.decode(), **known)
    answers["too large"] = nginx.ask_by_tls("POST", "/api/sync/", LARGE)
    answers["no JSON"] = nginx.ask_by_tls("POST", "/api/token/", b"a", **{"Content-Type": "a/b"})
    answers["another host"] = nginx.ask_by_tls("GET", "/", Host="evil.example")
    answers["a long header"] = nginx.ask_by_tls("GET", "/api/sync/", **LONG_HEADER)
    answers["smuggled"] = nginx.ask_by_tls("GET", "/", **{"Transfer-Encoding": "cow"})

    statuses = {asked: answer[0] for asked, answer in answers.items()}
    assert statuses == ASKED | {
        "style": 200,
        "style again": 304,
        "too large": 413,
        "no JSON": 415,
        "another host": 421,
        "a long header": 431,
        "smuggled": 400,
    }
    assert {asked: wrong for asked, one in answers.items() if (wrong := faults(one))} == {}
    assert answers["style"][1]["Content-Type"] == "text/css"


def a_script_is_run_only_as_it_was_when_the_server_started(deployment):
    page = deployment.nginx.ask_by_tls("GET", "/login/")[2].decode()
    start = r'<(?:script [^>]*src|link rel="modulepreload" href)='
    tags = re.findall(rf'{start}"([^"]+)"(?: integrity="sha384-([^"]+)")?', page)

    assert len(tags) > 6
    for source, digest in tags:
        content = deployment.nginx.ask_by_tls("GET", source)[2]
        assert b64encode(hashlib.sha384(content).digest()).decode() == digest, source


def people_are_refused_by_a_page(deployment):
    large_file = {"Content-Length": str(66 * 1024**2)}
    for method, path, body, more, status in (
        ("POST", "/import/", bytes(2), large_file, 413),
        ("POST", "/tasks/new/", LARGE, {}, 413),
        ("GET", "/tasks/", None, LONG_HEADER, 431),
        ("GET", "/metrics", None, {}, 404),
    ):
        answered, headers, page = deployment.nginx.ask_by_tls(method, path, body, **more)

        assert answered == status
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["Cache-Control"] == "no-store"
        assert b"<h1>" in page
        assert b"<!--#" not in page
        if status == 413:
            assert f"Reference: {headers['X-Request-ID']}".encode() in page


def in_clear_pages_lead_to_tls_and_programs_are_refused(deployment):
    """A11"""
    nginx = deployment.nginx
    page = nginx.ask_in_clear("GET", "/tasks/?q=bins")
    call = nginx.ask_in_clear("POST", "/api/token/")
    stranger = nginx.ask_in_clear("GET", "/", Host="evil.example")

    assert (page[0], page[1]["Location"]) == (301, "https://localhost/tasks/?q=bins")
    assert (call[0], json.loads(call[2])["code"]) == (403, "forbidden")
    assert json.loads(call[2])["detail"] == "The API is to be had over HTTPS alone."
    assert stranger[0] == 421
    assert [faults(answer, tls=False) for answer in (page, call, stranger)] == [[], [], []]


def the_proof_for_a_certificate_is_shown_in_clear(deployment):
    folder = deployment.nginx.folder / "letsencrypt/.well-known/acme-challenge"
    folder.mkdir(parents=True)
    (folder / "proof").write_text("it is ours")

    status, _headers, body = deployment.nginx.ask_in_clear(
        "GET", "/.well-known/acme-challenge/proof"
    )

    assert (status, body) == (200, b"it is ours")


def handshake(nginx: Nginx, version: ssl.TLSVersion, ciphers: str = "", name: str = NAME) -> tuple:
    """Return version, cipher, next protocol and whether there is a ticket, or what went wrong."""
    context = ssl.create_default_context(cafile=nginx.authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    # What is old has to be allowed here, so that it is the server who refuses it.
    context.set_ciphers(f"{ciphers or 'ALL'}:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_connection((HOST, nginx.tls_port)) as connection:
        try:
            with context.wrap_socket(connection, server_hostname=name) as made:
                session = made.session
                ticket = bool(session and session.has_ticket)
                return made.version(), made.cipher()[0], made.selected_alpn_protocol(), ticket
        except ssl.SSLError as error:
            return (error.reason,)


SUITES = (
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
)


def what_is_safe_is_spoken(deployment):
    old, new = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    spoken = [handshake(deployment.nginx, old, suite)[:3] for suite in SUITES]

    assert spoken == [("TLSv1.2", suite, "h2") for suite in SUITES]
    assert handshake(deployment.nginx, new)[::2] == ("TLSv1.3", "h2")


def the_server_chooses_a_suite_but_for_who_lacks_aes_in_hardware(deployment):
    chacha, short, long = SUITES
    orders = {(short, long): short, (long, short, chacha): short, (chacha, long): chacha}
    version = ssl.TLSVersion.TLSv1_2

    chosen = [handshake(deployment.nginx, version, ":".join(order))[1] for order in orders]

    assert chosen == list(orders.values())


def what_is_weak_is_not_spoken(deployment):
    for version, ciphers in (
        ("TLSv1", ""),
        ("TLSv1_1", ""),
        ("TLSv1_2", "ECDHE-ECDSA-AES128-SHA"),
        ("TLSv1_2", "ECDHE-ECDSA-AES256-SHA384"),
        ("TLSv1_2", "AES128-GCM-SHA256"),
        ("TLSv1_2", "NULL"),
    ):
        [error] = handshake(deployment.nginx, ssl.TLSVersion[version], ciphers)

        assert error in ("TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE")


def another_name_gets_no_handshake_and_nobody_a_ticket(deployment):
    stranger = handshake(deployment.nginx, ssl.TLSVersion.TLSv1_2, name="evil.example")
    *_agreed, ticket = handshake(deployment.nginx, ssl.TLSVersion.TLSv1_2)

    assert stranger == ("TLSV1_UNRECOGNIZED_NAME",)
    assert ticket is False


class Load:
    """Asks for pages and calls without end, and counts what came back."""

    def __init__(self, nginx: Nginx) -> None:
        self.nginx = nginx
        self.answers: Counter = Counter()
        self.over = threading.Event()
        ways = ("/login/", "/api/sync/", "/api/stream/")
        self.threads = [threading.Thread(target=self._ask, args=(way,)) for way in ways]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, way: str) -> None:
        while not self.over.is_set():
            try:
                answered = self.nginx.ask_by_tls("GET", way)[0]
            except OSError as error:
                answered = type(error).__name__
            self.answers[way, answered] += 1
            # Slower than the limit for one address.
            time.sleep(0.03)


def no_request_fails_while_everything_starts_anew(deployment):
    """H8"""
    services = deployment.services.values()
    with Load(deployment.nginx) as load:
        for service in services:
            service.reload(signal.SIGHUP)
        for service in services:
            service.stop()
            service.start()
        deployment.nginx.process.send_signal(signal.SIGHUP)
        for service in services:
            service.wait_until_ready()

    assert set(load.answers) == {("/login/", 200), ("/api/sync/", 401), ("/api/stream/", 401)}


def while_a_service_is_away_people_and_programs_are_told(deployment):
    stopped = deployment.services["pages"], deployment.services["live"]
    for service in stopped:
        service.stop()
        service.path.rename(service.path.with_suffix(".away"))
    try:
        page = deployment.nginx.ask_by_tls("GET", "/login/")
        german = deployment.nginx.ask_by_tls("GET", "/login/", **{"Accept-Language": "de"})
        call = deployment.nginx.ask_by_tls("GET", "/api/stream/")
    finally:
        for service in stopped:
            service.path.with_suffix(".away").rename(service.path)
            service.start()

    assert [answer[0] for answer in (page, german, call)] == [503] * 3
    assert [faults(answer) for answer in (page, german, call)] == [[], [], []]
    assert {answer[1]["Retry-After"] for answer in (page, german, call)} <= PAUSES
    assert b"<h1>Back in a moment</h1>" in page[2]
    assert json.loads(call[2]) | {"request_id": ""} == {
        "type": "/problems/unavailable",
        "code": "unavailable",
        "title": "The server cannot answer right now",
        "status": 503,
        "detail": "The server cannot answer right now.",
        "request_id": "",
    }


def what_fails_inside_is_told_without_what_it_was(deployment):
    """I3"""
    away = ("planner_bucket", "django_session")
    asked = {"username": "alice", "password": "x"}
    with deployment.without_tables(*away):
        body, kind = json.dumps(asked).encode(), {"Content-Type": "application/json"}
        call = deployment.nginx.ask_by_tls("POST", "/api/token/", body, **kind)
        session = {"Cookie": f"__Host-session={'a' * 32}"}
        page = deployment.nginx.ask_by_tls("GET", "/login/second/", **session)

    assert [answer[0] for answer in (call, page)] == [500, 500]
    assert [faults(answer) for answer in (call, page)] == [[], []]
    assert json.loads(call[2])["code"] == "internal"
    assert page[1]["Content-Type"] == "text/html; charset=utf-8"
    assert not any(table.encode() in answer[2] for table in away for answer in (call, page))


def programs_that_ask_too_often_are_told_so(deployment):
    def ask(_turn: int) -> tuple:
        return deployment.nginx.ask_by_tls("POST", "/api/device/token/")

    with ThreadPoolExecutor(30) as threads:
        answers = list(threads.map(ask, range(60)))

    [slowed, *_more] = [answer for answer in answers if answer[0] == 429]
    assert faults(slowed) == []
    assert slowed[1]["Retry-After"] == "5"
    assert json.loads(slowed[2])["code"] == "throttled"


def no_made_up_address_gives_another_try(deployment):
    """A3"""

    def guess(turn: int) -> int:
        claimed = {name: value.format(turn) for name, value in MADE_UP.items()}
        token = {"Authorization": f"Bearer planner_{turn:043}"}
        return deployment.nginx.ask_by_tls("GET", "/api/devices/", **token, **claimed)[0]

    with ThreadPoolExecutor(8) as threads:
        answers = Counter(threads.map(guess, range(200)))

    assert answers == {401: 30, 429: 170}


def the_database_is_migrated(deployment):
    status, _headers, body = deployment.nginx.ask_by_tls("GET", "/readyz")

    assert (status, json.loads(body)) == (200, {"status": "ok"})


def the_admin_is_a_service_of_its_own(deployment):
    """D7"""
    nginx, services = deployment.nginx, deployment.services
    answers = [
        nginx.ask_by_tls("GET", "/admin/"),
        nginx.over(services["pages"].connection(), "GET", "/admin/", None, BEHIND_NGINX),
        nginx.over(services["staff"].connection(), "GET", "/tasks/", None, BEHIND_NGINX),
    ]

    assert [answer[0] for answer in answers] == [302, 404, 404]
    assert answers[0][1]["Location"] == "/admin/login/?next=/admin/"
    assert faults(answers[0]) == []


def a_prometheus_on_this_machine_sees_three_services_together(deployment):
    nginx = deployment.nginx
    ways = {"sync": "/api/sync/", "pages": "/login/", "live": "/api/stream/"}
    for way in ways.values():
        nginx.ask_by_tls("GET", way)
    connection = http.client.HTTPConnection(HOST, nginx.metrics_port)
    status, _headers, told = nginx.over(connection, "GET", "/metrics", None, {})
    connection = http.client.HTTPConnection(HOST, nginx.metrics_port)
    elsewhere = nginx.over(connection, "GET", "/login/", None, {})[0]

    counted = re.findall(rb'planner_http_requests_total{.*route="([^"]+)"', told)
    assert (status, elsewhere) == (200, 404)
    assert {b"api/sync/", b"login/", b"api/stream/"} <= set(counted)
    assert b"planner_database_up 1.0" in told


def a_second_run_of_the_script_mends_what_is_amiss_and_nothing_else(deployment):
    before = snapshot(deployment.folder)
    amiss = "/etc/nginx/conf.d/planner.conf"
    (deployment.folder / amiss[1:]).write_text("amiss")

    said = install(deployment.folder, "is not asked: the settings are there")

    # Whoever counts it as no change does not let nginx know.
    assert said == f"wrote {amiss}\n"
    assert snapshot(deployment.folder) == before


def snapshot(folder: Path) -> dict[Path, tuple]:
    """Return mode and content of every installed file."""
    files = [path for part in ("etc", "var") for path in (folder / part).rglob("*")]
    return {
        path: (path.stat().st_mode, path.read_bytes() if path.is_file() else b"") for path in files
    }


def secrets_are_read_by_their_owner_alone(deployment):
    etc = deployment.folder / "etc/planner"
    modes = {
        str(path.relative_to(etc)): oct(path.stat().st_mode & 0o777) for path in etc.rglob("*")
    }

    assert modes == {
        "environment": "0o644",
        "renewed.sh": "0o755",
        "secrets": "0o700",
        "secrets/CLAIM_PEPPERS": "0o600",
        "secrets/DEVICE_TOKEN_KEYS": "0o600",
        "secrets/SECOND_FACTOR_KEYS": "0o600",
        "secrets/SECRET_KEY": "0o600",
        "secrets/SECRET_KEY_FALLBACKS": "0o600",
        "secrets/USER_TOKEN_KEYS": "0o600",
        "tls": "0o755",
        "tls/authority.pem": "0o644",
        "tls/fullchain.pem": "0o644",
        "tls/privkey.pem": "0o600",
    }


CHECKS = (
    every_answer_has_the_same_headers_once,
    a_script_is_run_only_as_it_was_when_the_server_started,
    people_are_refused_by_a_page,
    in_clear_pages_lead_to_tls_and_programs_are_refused,
    the_proof_for_a_certificate_is_shown_in_clear,
    what_is_safe_is_spoken,
    the_server_chooses_a_suite_but_for_who_lacks_aes_in_hardware,
    what_is_weak_is_not_spoken,
    another_name_gets_no_handshake_and_nobody_a_ticket,
    no_request_fails_while_everything_starts_anew,
    while_a_service_is_away_people_and_programs_are_told,
    what_fails_inside_is_told_without_what_it_was,
    programs_that_ask_too_often_are_told_so,
    no_made_up_address_gives_another_try,
    secrets_are_read_by_their_owner_alone,
    the_database_is_migrated,
    the_admin_is_a_service_of_its_own,
    a_prometheus_on_this_machine_sees_three_services_together,
    a_second_run_of_the_script_mends_what_is_amiss_and_nothing_else,
)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_an_installation_is_as_it_should_be(deployment, subtests):
    """One test, because every process that runs tests would make an installation of its own."""
    for check in CHECKS:
        with subtests.test(check.__name__):
            check(deployment)
