"""What must stay secret stays so: nothing of it in a log or in a table (matrix J1, B12, C9).

One journey from sign-up to a release, with wrong guesses, refusals and faults of the server; then
every log line and every row is searched for all that was secret on the way.
"""

import json
import logging
import re
from collections.abc import Iterator
from logging.config import DictConfigurator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection
from django.http import HttpResponse
from django.test import Client

from devices.inventory import Unit
from devices.models import Device
from tests.accounts.factors import App
from tests.backups.api import event, habit, task
from tests.factories import make_unit
from tests.mailbox import delivered

pytestmark = pytest.mark.django_db
ALICE = "alice@example.org"
PASSWORD, WRONG = "canary password of nine words", "canary password that is wrong"
FORGED = "canary\r\n2026-01-01 00:00:00,000 INFO planner.audit [-] forged\x1b[31m\x9b\u2028"
TEXT, DETAIL = "canary-entry-name", "canary-entry-description"


class Lines(logging.Handler):
    """Keeps every record as the product's own handler writes it, and what it was made of."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        made = DictConfigurator(settings.LOGGING)
        self.setFormatter(made.configure_formatter(dict(settings.LOGGING["formatters"]["line"])))
        for name in settings.LOGGING["handlers"]["console"]["filters"]:
            self.addFilter(made.configure_filter(dict(settings.LOGGING["filters"][name])))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.args!r}")


@pytest.fixture
def log() -> Iterator[Lines]:
    """Everything that is logged while the test runs, from DEBUG up."""
    root, handler = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


class Journey:
    """Alice and her device; `secrets` are those that they send and get, by what they are."""

    def __init__(self, unit: Unit) -> None:
        self.web = Client(raise_request_exception=False)
        self.unit, self.key = unit, {"serial": unit.serial, "key": unit.key}
        self.statuses: list[int] = []
        self.secrets = {
            "password": PASSWORD,
            "wrong password": WRONG,
            "code": unit.code,
            "letters of the code": unit.code.replace("-", ""),
            "key": unit.key,
        }

    def page(self, path: str, **form: str) -> HttpResponse:
        answer = self.web.post(path, form)
        self.statuses.append(answer.status_code)
        for name, morsel in self.web.cookies.items():
            if name in (
                "access",
                "refresh",
                "device",
                "csrf",
                "known",
                "invitation",
                "invited",
                "session",
            ):
                self.keep(f"cookie {name} of {path}", morsel.value)
        return answer

    def call(self, method: str, path: str, body: object, token: str | None = None) -> HttpResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = Client(raise_request_exception=False)
        answer = client.generic(method, path, json.dumps(body), "application/json", headers=headers)
        self.statuses.append(answer.status_code)
        return answer

    def keep(self, name: str, secret: str) -> str:
        """Add a secret, and of a token the part that makes it good."""
        if secret:
            self.secrets[name] = secret
            self.secrets[f"end of {name}"] = re.split("[.:]", secret)[-1]
        return secret

    def leaks(self, texts: list[str], *, but: tuple[str, ...] = ()) -> dict[str, str]:
        """Return the secrets that stand in one of the texts, each with one that tells it."""
        return {
            name: text
            for name, secret in self.secrets.items()
            for text in texts
            if secret in text and name not in but
        }


@pytest.fixture
def journey(log: Lines) -> Journey:
    """Sign up, claim, plan, guess wrong, go on, and be released, with two faults on the way."""
    made = Journey(make_unit())
    unit = made.unit
    made.page("/signup/", username="alice", password=PASSWORD, password_again=WRONG)
    twice = {"password": PASSWORD, "password_again": PASSWORD}
    made.page("/signup/", username="alice", time_zone="UTC", email=ALICE, **twice)
    made.page("/account/email/verify/", link=_mailed(made, "verification"))
    made.page("/logout/")
    made.page("/login/", username="alice", password=WRONG)
    made.page("/login/", username="alice", password=PASSWORD, remember="on")
    made.page("/claim/", serial=unit.serial, code=make_unit().code, name="Desk")
    made.page("/claim/", serial=unit.serial, code=unit.code, name="Desk")
    made.page("/tasks/new/", name=TEXT, description=DETAIL, priority="1", undated="on")
    made.page("/tasks/new/", name="", description=DETAIL, priority="9")

    made.call("POST", "/api/token/", {"username": "alice", "password": WRONG})
    pair = made.call("POST", "/api/token/", {"username": "alice", "password": PASSWORD}).json()
    access = made.keep("access", pair["access"])
    refresh = {"refresh": made.keep("refresh", pair["refresh"])}
    made.keep("next", made.call("POST", "/api/token/refresh/", refresh).json()["refresh"])
    made.call("POST", "/api/token/verify/", {"token": access[:-4] + "AAAA"})
    made.call("POST", "/api/device/token/", made.key | {"key": unit.key[:-1]})
    token = made.keep(
        "device token", made.call("POST", "/api/device/token/", made.key).json()["access"]
    )
    device = Device.objects.get(serial=unit.serial)
    chosen = made.call("POST", f"/api/devices/{device.pk}/token/", {}, access).json()["access"]
    made.keep("chosen device", chosen)

    entries = {"task": [task(TEXT, description=DETAIL)], "event": [event(TEXT)]}
    made.call("POST", "/api/sync/", entries | {"habit": [habit(TEXT)]}, token)
    made.call("POST", "/api/sync/", {"task": [task(TEXT * 99)], "nonsense": TEXT}, token)
    made.call("POST", "/api/sync/", f"{TEXT} is no object", token)
    made.call("POST", "/api/tasks/", {"name": TEXT, "priority": TEXT}, chosen)
    made.call("GET", f"/api/sync/?since={TEXT}", {}, token)
    made.call("GET", "/api/sync/", {}, token[:-4] + "AAAA")
    _break_the_database(made, token)
    _invite(made, device)
    _prove_more(made)
    made.page("/password/reset/", email=ALICE)
    made.page("/password/reset/new/", link=_mailed(made, "reset"), password=WRONG)
    made.call("DELETE", f"/api/devices/{device.pk}/", {}, access)
    made.call("GET", "/api/sync/", {}, token)
    made.page("/logout/")
    return made


def _mailed(made: Journey, name: str) -> str:
    """Return the secret of the last mail's link, and open its page with a wrong one as well."""
    link = urlsplit(delivered()[-1].link)
    secret = link.fragment or parse_qs(link.query)["link"][0]
    for text in (secret, secret[:-4] + "AAAA"):
        made.statuses.append(made.web.get(link.path, {"link": text}).status_code)
    return made.keep(name, secret)


def _invite(made: Journey, device: Device) -> None:
    """Invite by mail and by link, and make a personal token and use it, rightly and wrongly."""
    invite = f"/devices/{device.pk}/people/invite/"
    made.page(invite, role="viewer", address="bob@example.org")
    made.page("/invite/", secret=_mailed(made, "mailed invitation"))
    made.page(invite, role="viewer", address="")
    shown = made.web.get(f"/devices/{device.pk}/people/invited/").content.decode()
    made.keep("invitation", re.search(r"/invite/#([\w-]+)", shown)[1])
    form = {"name": "Script", "device": "", "scope": "read", "days": "30"}
    token = made.page("/account/tokens/new/", **form).context["form"].text
    made.keep("personal token", token)
    made.call("GET", "/api/devices/", {}, token)
    made.call("GET", "/api/devices/", {}, token[:-4] + "AAAA")


def _prove_more(made: Journey) -> None:
    """Set up a codes app; log in again with a recovery code, after a wrong one."""
    new = "/account/security/app/"
    page = made.web.get(new)
    app = App.typed(made.keep("app secret", page.context["secret"]))
    answer = made.page(new, offered=page.context["form"].offer, code=app.code())
    for number, code in enumerate(answer.context["codes"]):
        made.keep(f"recovery code {number}", code)
    made.page("/logout/")
    made.page("/login/", username="alice", password=PASSWORD)
    made.page("/login/second/", code=code[:-4] + "zzzz")
    assert made.page("/login/second/", code=code)["Location"] == "/today/"


def _break_the_database(made: Journey, token: str) -> None:
    """Let writing fail with a whole row in the error, as PostgreSQL tells it, on API and page."""

    def full(execute, sql, parameters, *rest):
        if TEXT in repr(parameters):
            raise IntegrityError(f"violates a check\nDETAIL:  Failing row contains ({parameters}).")
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(full):
        made.call("POST", "/api/sync/", {"task": [task(TEXT, description=DETAIL)]}, token)
        made.page("/tasks/new/", name=TEXT, description=DETAIL, priority="1", undated="on")


def test_the_journey_went_everywhere(journey):
    assert set(journey.statuses) == {200, 204, 302, 400, 401, 410, 500}
    assert {
        *("verification", "reset", "mailed invitation", "invitation", "personal token"),
        *("app secret", "recovery code 9", "cookie known of /login/second/"),
    } <= journey.secrets.keys()


def test_no_log_line_tells_a_secret_or_an_entry(journey, log):
    journey.secrets |= {"name of an entry": TEXT, "description of an entry": DETAIL}

    assert any("Internal Server Error: /api/sync/" in line for line in log.lines)
    assert any("IntegrityError: violates a check" in line for line in log.lines)
    assert journey.leaks(log.lines) == {}


def test_whatever_is_sent_begins_no_line_of_the_log(log, client, alice):
    """J1: control characters, new lines and colours in everything that might be logged."""
    client.raise_request_exception = False

    def fail(execute, sql, *rest):
        if "accounts_user" in sql:
            raise RuntimeError(FORGED)
        return execute(sql, *rest)

    sent = {"User-Agent": FORGED, "X-Request-ID": FORGED, "Referer": FORGED}
    client.get(f"/tasks/{quote(FORGED)}/", {"q": FORGED}, headers=sent)
    client.get("/healthz", headers={"Host": FORGED})
    with connection.execute_wrapper(fail):
        answer = client.post("/login/", {"username": FORGED, "password": FORGED})

    assert answer.status_code == 500
    text = "\n".join(log.lines)
    assert "RuntimeError: canary" in text
    assert set(re.findall(r"[^\n -~]", text)) == set()
    assert re.findall(r"^[^ \d].*", text, re.MULTILINE) == []
    assert re.findall(r"^2026-01-01.*", text, re.MULTILINE) == []


def test_no_row_of_any_table_holds_a_secret(journey):
    rows = [
        f"{model._meta.label} {row}"
        for model in apps.get_models()
        for row in model._base_manager.values()
    ]

    assert any(TEXT in row for row in rows)
    assert journey.leaks(rows) == {}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite's errors quote no rows")
def test_an_error_of_postgresql_is_logged_without_the_row_it_quotes(log, unit, device):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE backups_task ADD CONSTRAINT low CHECK (priority < 3)")
    made = Journey(unit)
    token = made.call("POST", "/api/device/token/", made.key).json()["access"]
    entry = task(TEXT, description=f"{DETAIL}\n{DETAIL}", priority=3)

    answer = made.call("POST", "/api/sync/", {"task": [entry]}, token)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    text = "\n".join(log.lines)
    assert 'violates check constraint "low"' in text
    assert TEXT not in text
    assert DETAIL not in text
