"""Addresses that are almost right: a foreign host, a missing last slash."""

import pytest
from django.test import Client


@pytest.fixture(params=[True, False], ids=["in development", "in production"])
def debug(request, settings):
    settings.DEBUG = request.param


@pytest.mark.parametrize("path", ["/api/sync/", "/api/token/", "/api/nothing/"])
def test_a_foreign_host_gets_a_problem_from_the_api(db, debug, path):
    token = {"authorization": "Bearer x.y.z"}

    answers = [Client().get(path, headers={"host": "evil.example"} | more) for more in ({}, token)]

    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_foreign_host_gets_a_page_without_a_trace(db, debug):
    answer = Client().get("/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert b"Traceback" not in answer.content


def test_a_page_without_its_last_slash_is_found(db, debug):
    answer = Client().get("/login?next=/tasks/")

    assert (answer.status_code, answer.url) == (301, "/login/?next=/tasks/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_form_sent_without_the_last_slash_is_not_half_redirected(db, debug, method):
    assert getattr(Client(), method)("/login", {"username": "alice"}).status_code == 404


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_a_call_without_its_last_slash_is_a_problem(db, debug, method):
    answer = getattr(Client(), method)("/api/sync")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
