"""A form that is sent after the log-in has run out, or too often, or from elsewhere."""

import re
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from planner import pages
from planner.problems import RuleError
from tests.logins import logged_in

FORM = {"name": "Water the plants", "description": "Not the cactus"}
OWN = {"Sec-Fetch-Site": "same-origin"}
PAGE = "http://testserver/tasks/?sort=name"


@pytest.mark.parametrize(
    ("referrer", "then"),
    [
        (PAGE, "/tasks/?sort=name"),
        ("https://evil.example/tasks/", "/quick/"),
        ("http://[", "/quick/"),
        ("", "/quick/"),
    ],
)
def test_a_form_of_nobody_leads_over_the_log_in_to_the_page_it_was_on(db, referrer, then):
    answer = Client().post("/quick/", FORM, headers={"Referer": referrer})

    assert answer.status_code == 302
    assert answer["Location"] == f"/login/?next={quote(then)}"


def test_a_form_without_its_token_shows_what_was_typed_on_it(alice, device):
    answer = logged_in(alice, csrf=True).post("/tasks/new/", FORM, headers=OWN)

    assert answer.status_code == 403
    assert answer.context["typed"] == "Water the plants\nNot the cactus"
    assert "Not the cactus</textarea>" in answer.content.decode()


def test_what_another_site_sends_is_not_repeated(alice, device):
    answer = logged_in(alice, csrf=True).post(
        "/tasks/new/", FORM, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert (answer.status_code, answer.context["typed"]) == (403, "")


def test_too_many_tries_are_told_on_the_page_with_the_time_to_wait_until(client, db):
    address, typed = reverse("accounts:reset"), {"email": "alice@example.org"}
    answers = [client.post(address, typed) for _try in range(21)]

    assert [answer.status_code for answer in answers] == [302] * 20 + [429]
    assert answers[-1].context["form"]["email"].value() == "alice@example.org"
    assert re.search(r"again (at|in)", answers[-1].content.decode())


def test_a_refusal_that_no_form_tells_has_a_page_with_the_time(rf, alice):
    error = RuleError("throttled", "Too many tries.", retry_after=77)

    with time_machine.travel(1_794_182_400, tick=False):
        answer = pages.refused(rf.post("/quick/"), error)

    assert (answer.status_code, answer["Retry-After"]) == (429, "77")
    assert "You can try it again at <strong>" in answer.content.decode()
