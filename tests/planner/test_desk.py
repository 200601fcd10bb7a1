"""Django behind ASGI, asked directly: what it reads of a body."""

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from planner.desk import MOST, MOST_OF_FORM, Desk

pytestmark = pytest.mark.django_db


def ask(
    length: int,
    parts: list[bytes],
    *,
    path: str = "/api/device/token/",
    kind: bytes = b"application/json",
) -> tuple[int, dict, int]:
    """Post a body in parts; return the status, the answer's JSON and how many parts were left."""
    left, sent = list(parts), []
    headers = [(b"host", b"localhost"), (b"content-type", kind)]
    headers += [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}

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


@pytest.mark.parametrize("size", [MOST, 2 * MOST])
def test_a_file_of_some_mebibytes_is_read(size):
    """E9: `make run` serves so, and takes the same files as gunicorn."""
    form = b'--x\r\nContent-Disposition: form-data; name="serial"; filename="a"\r\n\r\n'
    body = form + b"x" * size + b"\r\n--x--\r\n"
    parts = [body[begin : begin + MOST] for begin in range(0, len(body), MOST)]

    status, answer, left = ask(
        len(body), parts, path="/api/backups/import/", kind=b"multipart/form-data; boundary=x"
    )

    assert (status, answer["code"], left) == (401, "token-missing", 0)


def test_a_form_that_is_larger_than_any_file_is_not_waited_for():
    """E9"""
    kind = b"multipart/form-data; boundary=x"

    status, _answer, left = ask(MOST_OF_FORM, [b"x"], path="/api/backups/import/", kind=kind)

    assert (status, left) == (401, 1)
