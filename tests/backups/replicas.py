"""Three devices and a web page on one plan, in a world whose time and network the test commands."""

import time
from collections import defaultdict
from email.message import Message
from email.utils import formatdate
from itertools import count
from uuid import UUID

import time_machine
from django.test import Client

from accounts import sessions
from backups import changes
from backups.changes import Actor
from backups.items import Item
from backups.models import ENTRY_MODELS, Backup, Task
from simulator.chaos import Chaos
from simulator.device import Device
from simulator.entries import FOREVER
from simulator.transport import Reply, Request
from tests.backups.api import NOW, Api
from tests.factories import claim_unit, make_unit, make_user

TOKEN_SECONDS = 600
WEB = "web"
numbers = count(1)


class InProcess:
    """A transport that calls the server's views in this process; no view may fail."""

    def __init__(self) -> None:
        self.client = Client()

    def close(self) -> None:
        pass

    def send(self, request: Request) -> Reply:
        answer = self.client.generic(
            request.method,
            request.path,
            request.content or b"",
            content_type="application/json",
            headers=request.headers,
        )
        assert answer.status_code < 500, (request, answer.content)
        headers = Message()
        for name, value in {**answer.headers, "Date": formatdate(time.time())}.items():
            headers[name] = value
        return Reply(answer.status_code, headers, iter([b"".join(answer)]))


class World:
    """One plan, its three devices and its web page.

    `ticks` holds what people did to the completion of each task, as (moment, value). A stubborn
    device never sets its clock, which is `skew` seconds ahead.
    """

    def __init__(self, skew: int) -> None:
        self.travel = time_machine.travel(NOW, tick=False)
        self.clock = self.travel.start()
        self.owner = make_user(f"owner{next(numbers)}")
        self.unit = make_unit()
        self.row = claim_unit(self.unit, self.owner)
        self.backup = Backup.objects.of(self.row)
        self.devices = [
            self._device(0, page=3),
            self._device(-7 * skew, streams=True, page=2, digest_every=3),
            self._device(skew),
        ]
        self.devices[2].clock.set = lambda _server_time: None
        self.ticks: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.web: Api | None = None
        self.ids = (str(UUID(int=number << 64)) for number in count(1))

    def begin(self) -> None:
        """Give everybody the same few entries."""
        for name, kind in (("a", "task"), ("c", "task"), ("d", "event"), ("e", "habit")):
            self.create_on_web(kind, name)
        for device in self.devices:
            device.sync()

    def end(self) -> None:
        for device in self.devices:
            device.close()
        self.travel.stop()

    def pass_time(self, seconds: int) -> None:
        """Let time pass; what is on its way arrives before: networks give up within a minute."""
        for device in self.devices:
            device.client.transport.calm()
        self.clock.shift(seconds)

    def now(self) -> int:
        return int(time.time())

    # What devices do

    def create(self, device: Device, kind: str, name: str) -> None:
        id = next(self.ids)
        if kind == "task":
            fields = {"description": "", "completion": 0, "priority": 1, "duedate": FOREVER}
            self.ticks[id].append((self.now(), 0))
        elif kind == "event":
            fields = {"description": "", "starttime": NOW, "duration": 60}
        else:
            fields = {"goal": 127}
            name = device.store.free_habit_name(name) if self._has(device, name) else name
        device.change(kind, id, {"name": name, **fields})

    def tick(self, device: Device, id: str, value: int) -> None:
        self.ticks[id].append((self.now(), value))
        device.change("task", id, {"completion": value})

    def sync(self, device: Device, seed: int, rate: float) -> None:
        """Sync once over a network that is as bad as `rate`; raises OfflineError."""
        chaos = device.client.transport
        chaos.random.seed(seed)
        chaos.rate = rate
        device.sync()

    def _has(self, device: Device, name: str) -> bool:
        return any(habit["name"] == name for habit in device.plan()["habit"])

    # What the page does

    def on_web(self, method: str, path: str, body: dict | None = None) -> int:
        """Write through the API of people; return the status."""
        if self.web is None or self.now() - self.web_since >= TOKEN_SECONDS:
            self.web, self.web_since = self._logged_in(), self.now()
        status = self.web.send(method, f"/api/{path}", body).status_code
        assert status < 500
        return status

    def create_on_web(self, kind: str, name: str) -> None:
        id = next(self.ids)
        more = {"task": {}, "event": {"starttime": NOW, "duration": 60}, "habit": {"goal": 5}}
        body = {"id": id, "name": name, **more[kind]}
        if kind == "task":
            body |= {"priority": 1, "duedate": None}
            self.ticks[id].append((self.now(), 0))
        self.on_web("POST", f"{kind}s/", body)

    def tick_on_web(self, id: str, value: int) -> None:
        if self.on_web("PATCH", f"tasks/{id}/", {"completion": value}) == 200:
            self.ticks[id].append((self.now(), value))

    def restore(self, kind: str, id: str) -> None:
        changes.push(self.backup, [Item(kind, id, restored=True)], Actor.server(WEB))

    # What can be seen

    def living(self, kind: str) -> list[str]:
        return self._ids(kind, alive=True)

    def dead(self) -> set[tuple[str, str]]:
        return {(kind, id) for kind in ENTRY_MODELS for id in self._ids(kind, alive=False)}

    def completion(self, id: str) -> int:
        return Task.objects.of(self.backup).get(uuid=id).completion

    def _ids(self, kind: str, *, alive: bool) -> list[str]:
        rows = ENTRY_MODELS[kind].objects.of(self.backup).filter(alive=alive)
        return sorted(map(str, rows.values_list("uuid", flat=True)))

    def _logged_in(self) -> Api:
        pair = sessions.log_in(self.owner, remember=False, user_agent="", address="127.0.0.1")
        chosen = Api(str(pair.access)).post(f"/api/devices/{self.row.pk}/token/", {})
        return Api(chosen.json()["access"])

    def _device(self, skew: int, **firmware: int) -> Device:
        chaos = Chaos(InProcess(), 0, 0)
        return Device(
            "http://testserver",
            self.unit.serial,
            self.unit.key,
            ":memory:",
            lambda: time.time() + skew,
            transport=chaos,
            # Several replicas are one device, and would shut each other out.
            rekeys=False,
            **firmware,
        )
