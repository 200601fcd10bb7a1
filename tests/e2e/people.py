"""The cast of the end-to-end tests: a person with a browser, and what they do on the pages."""

import secrets

from tests.e2e.browser import Browser, Page
from tests.e2e.servers import Server, Unit

WEEKDAYS = (0x40, 0x20, 0x10, 0x08, 0x04, 0x02, 0x01)
PASSWORD = "a lamp beside nine books"


class Person(Browser):
    """A browser whose person has signed up; the name is new in each test."""

    def __init__(self, server: Server, name: str, *, time_zone: str = "UTC") -> None:
        super().__init__(server.url)
        self.server = server
        self.username = f"{name}-{secrets.token_hex(4)}"
        self.entered = self.submit(
            self.get("/signup/").form("password_again"),
            username=self.username,
            full_name=name.title(),
            password=PASSWORD,
            password_again=PASSWORD,
            time_zone=time_zone,
        )

    def log_in(self, *, password: str = PASSWORD, remember: bool = False) -> Page:
        form = self.get("/login/").form("password")
        typed = {"username": self.username, "password": password}
        return self.submit(form, **typed, **({"remember": "on"} if remember else {}))

    def log_out(self) -> Page:
        form = next(
            form for form in self.get("/account/").root.all("form") if "logout" in form["action"]
        )
        return self.submit(form)

    def claim(self, unit: Unit, name: str = "Kitchen tablet") -> Page:
        """Type in what is on the label."""
        form = self.get("/claim/").form("serial")
        return self.submit(form, serial=unit.serial, code=unit.code, name=name)

    def api(self, method: str, path: str, content: bytes | None = None, **headers: str) -> Page:
        """Call the API with the browser's cookies and the CSRF token of a page."""
        form = self.get("/account/").root.first("form")
        token = next(one["value"] for one in form.all("input") if one["name"].startswith("csrf"))
        sent = {"Content-Type": "application/json", "X-CSRFToken": token} | headers
        return self.send(method, path, content, sent)

    def add_task(self, name: str, **typed: object) -> Page:
        form = self.get("/tasks/new/").form("priority")
        return self.submit(form, name=name, **({"undated": "on"} | typed))

    def add_event(self, name: str, **typed: object) -> Page:
        return self.submit(self.get("/events/new/").form("start"), name=name, **typed)

    def add_habit(self, name: str, goal: int) -> Page:
        """Tick the boxes of the weekdays that are in the mask."""
        boxes = [mask for mask in WEEKDAYS if goal & mask]
        return self.submit(self.get("/habits/new/").form("goal"), name=name, goal=boxes)

    def press_row(self, path: str, name: str, words: str, **more: object) -> Page:
        """Press a button in the row of an entry."""
        return self.press(self.get(path).rows[name].button(words), **more)

    def names(self, path: str) -> list[str]:
        """Return the names of the entries that a page lists, in its order."""
        return list(self.get(path).rows)
