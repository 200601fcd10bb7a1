"""One of the staff at the admin: its pages, links, forms and actions over HTTP."""

import re
from urllib.parse import urlencode, urljoin

from tests.e2e.browser import FORM, Browser, Page
from tests.e2e.people import PASSWORD
from tests.e2e.servers import Server

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
LINK = re.compile(r'href="([^"#]+)')


class Desk(Browser):
    """Somebody of the staff who has logged in at the admin's own service."""

    def __init__(self, server: Server, username: str) -> None:
        super().__init__(server.url)
        form = self.get("/admin/").form("password")
        self.entered = self.submit(form, username=username, password=PASSWORD)
        self.token = TOKEN.search(self.entered.content.decode())[1]

    def post(self, path: str, **typed: object) -> Page:
        """Send a form to an address."""
        fields = {"csrfmiddlewaretoken": self.token} | typed
        return self.send("POST", path, urlencode(fields, doseq=True).encode(), FORM)

    def act(self, path: str, action: str, *keys: int) -> Page:
        """Do an action of a list to some of its rows, and say how many and why."""
        said = {"number": len(keys), "reason": "a test"}
        return self.post(path, action=action, _selected_action=keys, **said)

    def crawl(self, first: str) -> dict[str, Page]:
        """Follow the links of the admin, and return one page of each kind: by path and filter."""
        pages: dict[str, Page] = {}
        known, waiting = set(), [first]
        while waiting:
            path = waiting.pop(0)
            kind = re.sub(r"\d+", "0", path.partition("=")[0])
            if kind in known:
                continue
            known.add(kind)
            pages[path] = page = self.get(path, follow=False)
            if page.status == 200:
                links = (one.replace("&amp;", "&") for one in LINK.findall(page.content.decode()))
                paths = (urljoin(path, one) for one in links)
                waiting += [one for one in paths if one.startswith("/admin/")]
        return pages
