"""A client of the API, and builders of entries as devices send them."""

import json
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from devices.inventory import Unit
from devices.models import Device
from tests.factories import PASSWORD

NOW = 1_794_182_400


class Api:
    """Sends JSON with a device access token."""

    def __init__(self, token: str | None = None) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    @classmethod
    def of_device(cls, unit: Unit) -> "Api":
        """Log the device in with its key."""
        answer = cls().post("/api/device/token/", {"serial": unit.serial, "key": unit.key})
        return cls(answer.json()["access"])

    @classmethod
    def of_person(cls, user: User, device: Device) -> "Api":
        """Log a person in, and choose a device."""
        login = {"username": user.username, "password": PASSWORD}
        person = cls(cls().post("/api/token/", login).json()["access"])
        return cls(person.post(f"/api/devices/{device.pk}/token/", {}).json()["access"])

    def get(self, path: str, **headers: str) -> HttpResponse:
        return self.client.get(path, headers=self.headers | headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.send("POST", path, body, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        if not isinstance(body, bytes):
            body = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, path, body, content_type="application/json", headers=self.headers | headers
        )

    def push(self, **body: Any) -> dict:
        """Push items that are right in themselves, and return the answer."""
        answer = self.post("/api/sync/", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def pull(self, since: str | None = None, **query: Any) -> dict:
        """Return one page of news."""
        answer = self.client.get(
            "/api/sync/", ({"since": since} if since else {}) | query, headers=self.headers
        )
        assert answer.status_code == 200, answer.content
        return answer.json()


def task(name: str = "Bins", **fields: Any) -> dict:
    """Return a whole task with a new id."""
    made = {"id": str(uuid4()), "name": name, "description": "", "completion": 0}
    return made | {"priority": 1, "duedate": NOW} | fields


def event(name: str = "Dentist", **fields: Any) -> dict:
    """Return a whole event with a new id."""
    made = {"id": str(uuid4()), "name": name, "description": "", "starttime": NOW}
    return made | {"duration": 3600} | fields


def habit(name: str = "Run", **fields: Any) -> dict:
    """Return a whole habit with a new id."""
    return {"id": str(uuid4()), "name": name, "goal": 42} | fields


def outcomes(answer: dict) -> list[str]:
    """Return the outcomes of a push, in the order of its items."""
    return [result["outcome"] for result in answer["results"]]


def entries(answer: dict) -> dict:
    """Return the entries of an answer, by type."""
    return {kind: answer[kind] for kind in ("task", "event", "habit")}
