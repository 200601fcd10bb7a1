"""Somebody who goes on planning during an upgrade: looks at every page, and a device that syncs."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path

from simulator.client import OfflineError, ProblemError
from simulator.device import Device
from tests.e2e.browser import Browser
from tests.e2e.servers import Server

# Every address without a parameter, and the demonstration's person may see what staff see.
PREPARE = """
from django.urls import URLResolver, get_resolver
from accounts.models import User
def walk(patterns, before=""):
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one.url_patterns, route)
        elif not set("<(^[") & set(route):
            yield "/" + route
User.objects.filter(username={username!r}).update(is_staff=True, is_superuser=True)
print(*sorted(set(walk(get_resolver().url_patterns))), sep="\\n")
"""
NAME = "During an upgrade"
# They answer when something happens, and the pages of the style book fail on purpose.
UNASKED = ("/api/stream/", "/api/sync/wait/", "/design/")


class Visit:
    """A log-in and a device that outlive every change of the server."""

    def __init__(self, server: Server, folder: Path) -> None:
        demo = json.loads(server.manage("demo"))
        told = server.manage("shell", "--command", PREPARE.format(**demo)).splitlines()
        self.pages = [
            path for path in told if path.startswith("/") and not path.startswith(UNASKED)
        ]
        self.serial, self.key = demo["serial"], Path(demo["key_file"]).read_text().strip()
        self.file = folder / "device.db"
        self.added = 0
        self.server, self.browser = server, Browser(server.url)
        with closing(self._device()) as device:
            device.sync()
        form = self.browser.get("/login/").form("password")
        typed = {"username": demo["username"], "password": demo["password"]}
        assert self.browser.submit(form, **typed, follow=False).status == 302

    def move(self, server: Server) -> None:
        """Go on at another server with the same database."""
        self.server = server
        self.browser.url = server.url

    def faults(self) -> list[str]:
        """Look at every page and sync once; return what the server could not answer."""
        return [*self._sync(), *filter(None, map(self._look, self.pages))]

    @contextmanager
    def going_on(self) -> Iterator[list[str]]:
        """Look and sync again and again, and gather the faults; at least once round."""
        found: list[str] = []
        over = threading.Event()

        def go_on() -> None:
            while True:
                found.extend(self.faults())
                if over.is_set():
                    return

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield found
        finally:
            over.set()
            thread.join()

    def lost(self) -> int:
        """Return how many tasks that the device may forget are not in the server's plan.

        Raises ProblemError and OfflineError when the server does not tell.
        """
        with closing(self._device()) as device:
            device.sync()
            kept = device.session.ask("GET", "/api/sync/?limit=2000")["task"]
            waiting = len(device.outbox)
        return self.added - waiting - sum(task["name"].startswith(NAME) for task in kept)

    def _look(self, path: str) -> str | None:
        try:
            status = self.browser.get(path, follow=False).status
        except (OSError, HTTPException) as error:
            return f"GET {path} failed: {type(error).__name__}"
        return f"GET {path} answered {status}" if status >= 500 else None

    def _sync(self) -> list[str]:
        with closing(self._device()) as device:
            device.add_task(f"{NAME} {self.added}")
            self.added += 1
            try:
                device.sync()
            except (ProblemError, OfflineError) as error:
                return [f"a sync failed: {error}"]
        return []

    def _device(self) -> Device:
        return Device(self.server.url, self.serial, self.key, self.file)
