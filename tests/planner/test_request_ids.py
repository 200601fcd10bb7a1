"""Every answer carries the id that its log lines carry."""

import logging
import re

import pytest
from django.test import Client

from planner.logging import RequestIdFilter, request_id
from tests.logins import logged_in
from tests.planner import urls

PATHS = ["/", "/login/", "/healthz", "/no-such-page", "/api/no/such/", "/api/me/", "/today/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_an_id_of_its_own(client, path):
    ids = {client.get(path)["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in ids)


@pytest.mark.parametrize("given", ["0123456789abcdef", "A-1-b-2-c", "x" * 64])
def test_the_id_of_the_proxy_is_kept(client, given):
    answer = client.get("/api/no/such/", headers={"X-Request-ID": given})

    assert answer["X-Request-ID"] == answer.json()["request_id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "with space", "a\tb-123456", "id\u00e9-123456", "a_b_c_d_e"]
)
def test_an_id_that_is_none_is_replaced(client, given):
    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


@pytest.mark.urls("tests.planner.urls")
@pytest.mark.parametrize("path", ["/api/fail/", "/fail/"])
def test_the_lines_of_a_failure_carry_the_id_that_the_caller_sees(caplog, path):
    urls.raised[:] = [RuntimeError("broken")]
    caplog.handler.addFilter(RequestIdFilter())

    answer = Client(raise_request_exception=False).get(path)

    assert [record.request_id for record in caplog.records] == [answer["X-Request-ID"]]


def test_outside_of_a_request_there_is_none():
    record = logging.makeLogRecord({})

    assert RequestIdFilter().filter(record)
    assert (record.request_id, request_id.get()) == ("-", "-")


@pytest.mark.parametrize("path", ["/login/", "/today/", "/devices/", "/api/me/"])
def test_no_answer_may_be_kept_by_a_cache(alice, path):
    assert "no-store" in logged_in(alice).get(path)["Cache-Control"]
