"""All workers of a server are counted together, those that ended too."""

import http.client
import os
import signal
import time

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

pytestmark = pytest.mark.e2e
HEALTH = {"method": "GET", "route": "healthz", "status": "200"}
LONGEST = 30


def asked(server, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def count(server) -> float:
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(asked(server, "/metrics"))
            for sample in family.samples
            if sample.name == "planner_http_requests_total" and sample.labels == HEALTH
        ),
        0,
    )


def test_what_two_workers_answered_is_one_figure_and_outlives_them(server):
    before = count(server)
    for _ in range(40):
        asked(server, "/healthz")
    workers = psutil.Process(server.process.pid).children()
    assert len(workers) == 2
    assert count(server) == before + 40

    os.kill(workers[0].pid, signal.SIGTERM)
    deadline = time.monotonic() + LONGEST
    while psutil.pid_exists(workers[0].pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    for _ in range(40):
        asked(server, "/healthz")

    assert count(server) == before + 80
