"""Devices with plans of a given size, made over HTTP as people and devices make them."""

import csv
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from benchmarks.servers import ROOT

# The product answers plain HTTP only when a proxy says that TLS ends there.
PROXY = {"X-Forwarded-Proto": "https"}
MOST_ITEMS = 1000
DAY = 86400
NOTES = "Bring the blue folder, ask about the second appointment, and be back before six. " * 2
PERSON = "benchmark"


class Poll(NamedTuple):
    """The request of a device that is up to date: its path and its headers."""

    path: str
    headers: dict[str, str]


def call(
    address: str, method: str, path: str, *, body: object = None, headers: Mapping[str, str] = {}
) -> tuple[http.client.HTTPResponse, dict]:
    """Send one request; return the answer and its JSON. An error ends the program."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc)
    content = {"Content-Type": "application/json"} if body is not None else {}
    encoded = json.dumps(body).encode() if body is not None else None
    connection.request(method, path, encoded, {**PROXY, **content, **headers})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= http.HTTPStatus.BAD_REQUEST:
        raise SystemExit(f"{method} {path}: {answer.status} {text.decode()}")
    return answer, json.loads(text or b"{}")


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run manage.py and return what it wrote."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True
    ).stdout.decode()


def polls(address: str, sizes: tuple[int, ...], environment: Mapping[str, str]) -> list[Poll]:
    """Make a person with one device of each size; return the idle poll of each device."""
    password = secrets.token_urlsafe(16)
    superuser = {"DJANGO_SUPERUSER_USERNAME": PERSON, "DJANGO_SUPERUSER_PASSWORD": password}
    superuser["DJANGO_SUPERUSER_EMAIL"] = ""
    manage("createsuperuser", "--no-input", environment={**environment, **superuser})
    units = csv.DictReader(
        manage("make_devices", str(len(sizes)), environment=environment).splitlines()
    )
    log_in = {"username": PERSON, "password": password}
    person = bearer(call(address, "POST", "/api/token/", body=log_in)[1])
    made = []
    for unit, size in zip(units, sizes, strict=True):
        claim = {"serial": unit["serial"], "code": unit["code"], "name": f"{size} entries"}
        call(address, "POST", "/api/devices/", body=claim, headers=person)
        proof = {"serial": unit["serial"], "key": unit["key"]}
        device = bearer(call(address, "POST", "/api/device/token/", body=proof)[1])
        for batch in batches(size):
            call(address, "POST", "/api/sync/", body=batch, headers=device)
        made.append(idle_poll(address, device))
    return made


def bearer(answer: dict) -> dict[str, str]:
    """Return the header that shows the token of the answer."""
    return {"Authorization": f"Bearer {answer['access']}"}


def batches(size: int) -> Iterator[dict]:
    """Yield pushes that make `size` entries in all: of ten, six tasks, three events, one habit."""
    for start in range(0, size, MOST_ITEMS):
        push: dict[str, list] = {"task": [], "event": [], "habit": []}
        for number in range(start, min(start + MOST_ITEMS, size)):
            kind, entry = _entry(number)
            push[kind].append({"id": str(uuid.uuid4()), "name": f"Entry {number}", **entry})
        yield push


def _entry(number: int) -> tuple[str, dict]:
    moment = int(time.time()) + (number % 90 - 30) * DAY
    if number % 10 == 9:
        return "habit", {"goal": number % 127 + 1, "completed": [moment // DAY * DAY]}
    if number % 10 > 5:
        return "event", {"description": NOTES, "starttime": moment, "duration": 3600}
    task = {"description": NOTES, "priority": number % 3 + 1, "duedate": moment}
    return "task", {**task, "completion": 0}


def idle_poll(address: str, device: dict[str, str]) -> Poll:
    """Read everything as the device does; return the poll that is then answered 304."""
    answer = call(address, "GET", "/api/sync/", headers=device)[1]
    while answer["more"]:
        path = f"/api/sync/?since={quote(answer['cursor'])}"
        answer = call(address, "GET", path, headers=device)[1]
    path = f"/api/sync/?since={quote(answer['cursor'])}"
    tag = call(address, "GET", path, headers=device)[0].headers["ETag"]
    headers = {**PROXY, **device, "If-None-Match": tag}
    status = call(address, "GET", path, headers=headers)[0].status
    if status != http.HTTPStatus.NOT_MODIFIED:
        raise SystemExit(f"An idle poll was answered {status}, not 304.")
    return Poll(path, headers)
