"""A browser without JavaScript: cookies, redirects and forms over real HTTP."""

import http.client
import json
from dataclasses import dataclass
from functools import cached_property
from http.cookiejar import CookieJar
from ipaddress import IPv4Address
from random import randrange
from urllib.parse import urljoin, urlsplit
from urllib.request import Request

from tests.e2e import html
from tests.e2e.html import Node

LOOPBACK = int(IPv4Address("127.0.0.0"))
CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 5
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Page:
    """An answer, and where it came from after redirects."""

    url: str
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def path(self) -> str:
        """The address without the server, and without what a query or an anchor adds."""
        return urlsplit(self.url).path

    @property
    def location(self) -> str:
        """Where a redirect leads, path and query."""
        return self.headers["Location"]

    @property
    def json(self) -> dict:
        return json.loads(self.content)

    @cached_property
    def root(self) -> Node:
        return html.parse(self.content.decode(), self.url)

    @property
    def text(self) -> str:
        return self.root.text

    @property
    def heading(self) -> str:
        return self.root.first("h1").text

    @property
    def rows(self) -> dict[str, Node]:
        """The entries that the page lists, by their names, in its order."""
        listed = [node for node in self.root.all("li", "tr") if node["id"].startswith("e-")]
        return {self._name(node): node for node in listed}

    def form(self, field: str) -> Node:
        """Return the first form that has a field of this name."""
        for form in self.root.all("form"):
            if field in html.names(form):
                return form
        raise AssertionError(f"no form of {self.path} has a field {field}: {self.text}")

    @staticmethod
    def _name(row: Node) -> str:
        link = next(node for node in row.all("a") if node["class"] == "name")
        return (link.first("span") or link).text


class Browser:
    """One person's browser at an address of its own; `cookies` is its jar."""

    def __init__(self, url: str) -> None:
        self.url = url
        # All of 127.0.0.0/8 is this machine: limits count each browser for itself.
        self.address = str(IPv4Address(randrange(LOOPBACK + 256, LOOPBACK + 2**24 - 256)))
        self.cookies = CookieJar()

    def cookie(self, name: str) -> str | None:
        return next((one.value for one in self.cookies if one.name == name), None)

    def restart(self) -> None:
        """Close and open the browser: what has no date of expiry is gone."""
        self.cookies.clear_session_cookies()

    def forget(self, name: str) -> None:
        """Delete a cookie, as its expiry does."""
        for one in [one for one in self.cookies if one.name == name]:
            self.cookies.clear(one.domain, one.path, one.name)

    def put(self, name: str, value: str) -> None:
        """Change the value of a cookie that is there."""
        next(one for one in self.cookies if one.name == name).value = value

    def get(self, path: str, *, follow: bool = True) -> Page:
        return self.send("GET", path, follow=follow)

    def press(self, button: Node, *, follow: bool = True, **typed: object) -> Page:
        """Press a button of a form, after typing into its fields."""
        return self._submit(button.above("form"), button, typed, follow)

    def submit(self, form: Node, *, follow: bool = True, **typed: object) -> Page:
        """Type into a form's fields and press Enter: the first button without a name counts."""
        buttons = [one for one in form.all("button") if one["type"] in ("", "submit")]
        return self._submit(form, buttons[0], typed, follow)

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        *,
        follow: bool = True,
    ) -> Page:
        """Send any request with the browser's cookies, and with Origin where a browser does."""
        own = {"Origin": self.url.rstrip("/")} if method not in ("GET", "HEAD") else {}
        page = self._answer(method, urljoin(self.url, path), content, own | (headers or {}))
        for _ in range(MOST_REDIRECTS):
            if not follow or page.status not in REDIRECTS:
                return page
            page = self._answer("GET", urljoin(page.url, page.location), None, {})
        raise AssertionError(f"{path} redirects for ever")

    def _submit(self, form: Node, button: Node, typed: dict[str, object], follow: bool) -> Page:
        body, here = html.body(form, button, typed), form.top["url"]
        # An action that is empty or missing is the page's own address.
        action = urljoin(here, button["formaction"] or form["action"] or here)
        if form["method"].upper() != "POST":
            return self.get(f"{action.partition('?')[0]}?{body}", follow=follow)
        return self.send("POST", action, body.encode(), FORM, follow=follow)

    def _answer(self, method: str, url: str, content: bytes | None, headers: dict) -> Page:
        request = Request(url)  # noqa: S310 - only to speak with the cookie jar
        self.cookies.add_cookie_header(request)
        if cookie := request.get_header("Cookie"):
            headers = headers | {"Cookie": cookie}
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection = CONNECTIONS[parts.scheme](
            parts.hostname, parts.port, timeout=30, source_address=(self.address, 0)
        )
        try:
            connection.request(method, target, content, headers)
            response = connection.getresponse()
            self.cookies.extract_cookies(response, request)
            page = Page(url, response.status, response.headers, response.read())
        finally:
            connection.close()
        return page
