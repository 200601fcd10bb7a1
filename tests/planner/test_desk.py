"""Django behind ASGI, asked directly: what it reads of a body."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from planner.desk import MOST, Desk

pytestmark = pytest.mark.django_db


def ask(length: int, parts: list[bytes]) -> tuple[int, dict, int]:
    """Post a body in parts; return the status, the answer's JSON and how many parts were left."""
    left, sent = list(parts), []
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    headers += [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "path": "/api/device/token/", "headers": headers}

    async def receive() -> dict[str, Any]:
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async_to_sync(Desk())(scope, receive, send)
    return sent[0]["status"], json.loads(b"".join(one.get("body", b"") for one in sent)), len(left)


def test_a_body_announced_too_large_is_not_waited_for():
    """E9"""
    status, answer, left = ask(MOST, [b"{", b"}"])

    assert (status, answer["code"], left) == (413, "body-too-large", 2)


def test_a_body_is_read_to_its_end():
    status, answer, left = ask(2, [b"{", b"}"])

    assert (status, answer["code"], left) == (400, "invalid", 0)
