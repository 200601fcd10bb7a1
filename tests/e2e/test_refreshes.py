"""Renewals of one log-in at once, over HTTP and two workers: one successor (matrix B5 and B7)."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Barrier

import pytest

from tests.e2e.people import PASSWORD
from tests.e2e.servers import HOST, Server

ROUNDS, CALLERS = 50, 8

pytestmark = pytest.mark.e2e


def post(server: Server, path: str, body: dict) -> tuple[int, dict]:
    with closing(HTTPConnection(HOST, server.port, timeout=30)) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())


def log_in(server: Server, person) -> str:
    given = {"username": person("alice").username, "password": PASSWORD}
    return post(server, "/api/token/", given)[1]["refresh"]


def test_eight_renewals_at_once_leave_one_successor_in_each_of_fifty_rounds(server, person):
    """B5"""
    refresh, start = log_in(server, person), Barrier(CALLERS)

    def renew(used: str) -> tuple[int, str]:
        start.wait()
        status, answer = post(server, "/api/token/refresh/", {"refresh": used})
        return status, answer.get("refresh", "")

    seen = {refresh}
    with ThreadPoolExecutor(CALLERS) as callers:
        for _ in range(ROUNDS):
            answers = set(callers.map(renew, [refresh] * CALLERS))
            assert len(answers) == 1
            ((status, refresh),) = answers
            assert status == 200
            seen.add(refresh)

    assert len(seen) == ROUNDS + 1


@pytest.mark.parametrize("losses", [10, pytest.param(100, marks=pytest.mark.nightly)])
def test_the_retry_of_a_renewal_whose_answer_was_lost_gets_the_same_successor(
    server, person, losses
):
    """B7"""
    refresh = log_in(server, person)
    for _ in range(losses):
        lose(server, refresh)
        answers = [post(server, "/api/token/refresh/", {"refresh": refresh}) for _ in range(2)]
        assert [status for status, _body in answers] == [200, 200]
        assert answers[0][1]["refresh"] == answers[1][1]["refresh"]
        refresh = answers[0][1]["refresh"]

    assert post(server, "/api/token/verify/", {"token": refresh})[0] == 200


def lose(server: Server, refresh: str) -> None:
    """Ask for a renewal, and hang up before a byte of the answer is read."""
    body, kind = json.dumps({"refresh": refresh}), {"Content-Type": "application/json"}
    with closing(HTTPConnection(HOST, server.port, timeout=30)) as connection:
        connection.request("POST", "/api/token/refresh/", body, kind)
