"""Where a request comes from, whatever it says about itself (matrix A3)."""

import pytest
from django.test import RequestFactory

from accounts.addresses import client_address


def address(peer: str, **headers: str) -> str:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    return client_address(request)


@pytest.mark.parametrize("peer", ["192.0.2.7", "2001:db8::7"])
def test_a_peer_is_taken_as_it_is(peer):
    assert address(peer) == peer


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded", "True-Client-IP"]
)
def test_no_header_hides_a_peer(header):
    assert address("192.0.2.7", **{header: "198.51.100.1"}) == "192.0.2.7"


def test_behind_a_socket_nginx_says_who_it_is():
    assert address("", **{"X-Forwarded-For": "198.51.100.1"}) == "198.51.100.1"


def test_an_address_is_without_the_zone_that_no_database_takes():
    assert address("fe80::1%eth0") == "fe80::1"


@pytest.mark.parametrize("text", ["", "unknown", "198.51.100.1, 192.0.2.7", "1.2.3", "\0"])
def test_what_is_no_address_is_none(text):
    assert address("", **{"X-Forwarded-For": text}) == ""
