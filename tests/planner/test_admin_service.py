"""The admin among the pages, served elsewhere, and served alone: the setting ADMIN."""

import pytest
from django.test import Client

from tests.logins import logged_in

pytestmark = pytest.mark.django_db
ADMIN = ("/admin/", "/admin/devices/device/", "/admin/login/")
WAYS = ("/login/", "/account/confirm/", "/healthz", "/problems/not-found")
PLANS = ("/", "/today/", "/tasks/", "/account/", "/devices/", "/signup/", "/claim/", "/api/sync/")
PLANS += ("/loginx/", "/healthz/", "/administration/")


def served(web: Client, paths: tuple[str, ...]) -> set[bool]:
    return {web.get(path).status_code != 404 for path in paths}


@pytest.mark.parametrize(
    ("admin", "found"), [("on", (True, True)), ("off", (False, True)), ("only", (True, True))]
)
def test_each_service_answers_for_its_part(settings, staff, admin, found):
    settings.ADMIN = admin
    web = logged_in(staff)

    assert (served(web, ADMIN), served(web, WAYS)) == tuple({one} for one in found)


def test_the_staff_s_service_has_no_plan_and_no_account(settings, staff):
    settings.ADMIN = "only"
    web = logged_in(staff)
    answers = {path: web.get(path) for path in PLANS}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        PLANS, 404
    )
    assert answers["/api/sync/"].json()["code"] == "not-found"
    assert "Log out" not in answers["/tasks/"].content.decode()
