"""What programs look for below `/.well-known/`."""

import pytest
from time_machine import travel


@travel("2026-11-23T18:30:00Z", tick=False)
def test_security_txt_says_whom_to_tell_of_a_weakness(client):
    answer = client.get("/.well-known/security.txt")

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode() == (
        "Contact: mailto:security@planner.example\n"
        "Expires: 2027-05-22T00:00:00Z\n"
        "Preferred-Languages: en, de\n"
        "Canonical: http://localhost:8000/.well-known/security.txt\n"
    )


def test_where_nobody_is_named_there_is_no_security_txt(client, settings):
    settings.SECURITY_CONTACT = ""

    assert client.get("/.well-known/security.txt").status_code == 404


def test_a_password_manager_is_led_to_the_page_of_a_new_password(client):
    answer = client.get("/.well-known/change-password")

    assert (answer.status_code, answer["Location"]) == (302, "/account/password/")


@pytest.mark.django_db
def test_what_is_not_there_is_not_there_for_password_managers_either(client):
    """https://w3c.github.io/webappsec-change-password-url/: else they trust no status."""
    path = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"

    assert client.get(path).status_code == 404
