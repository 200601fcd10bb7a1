"""The short way of a device's calls answers as the ordinary way does."""

from tests.logins import logged_in

BASIC = {"Authorization": "Basic YWxpY2U6c2VjcmV0"}


def test_another_scheme_than_bearer_leaves_it_to_the_cookies(alice, device):
    browser = logged_in(alice)
    browser.post(f"/api/devices/{device.pk}/token/")

    assert browser.get("/api/sync/", headers=BASIC).status_code == 200


def test_another_scheme_than_bearer_is_no_token(client, db):
    answer = client.get("/api/sync/", headers=BASIC)

    assert (answer.status_code, answer.json()["code"]) == (401, "token-missing")


def test_a_method_that_only_describes_the_address_is_answered(device_api):
    answer = device_api.send("OPTIONS", "/api/sync/")

    assert (answer.status_code, answer.headers["Allow"]) == (200, "GET, POST, HEAD, OPTIONS")
