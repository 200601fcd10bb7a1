"""A client of the devices' API, and what its callers are called by."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from devices.inventory import Unit
from tests.logins import bearer, with_token


class Http:
    """Sends JSON with the headers of one caller."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = dict(headers or {})

    def send(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> Any:
        """Return the response to a body as JSON, or to the very bytes of `raw`."""
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, path, content, content_type="application/json", headers=self.headers
        )

    def get(self, path: str) -> HttpResponse:
        return self.send("GET", path)

    def post(self, path: str, body: Any = None) -> HttpResponse:
        return self.send("POST", path, body)

    def patch(self, path: str, body: Any) -> HttpResponse:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> HttpResponse:
        return self.send("DELETE", path)


def person(user: User) -> Http:
    """A program that acts for this person."""
    return Http(bearer(user))


def tablet(unit: Unit) -> Http:
    """The device itself, with a token got by its key."""
    return Http(with_token(token_answer(unit)["access"]))


def token_answer(unit: Unit) -> dict:
    """What the device is told with its token."""
    response = Http().post("/api/device/token/", {"serial": unit.serial, "key": unit.key})
    assert response.status_code == 200, response.content
    return response.json()


def problem(response: HttpResponse) -> tuple[int, str]:
    """The status and the slug of an error."""
    assert response["Content-Type"] == "application/problem+json", response.content
    assert response.json()["status"] == response.status_code
    return response.status_code, response.json()["code"]
