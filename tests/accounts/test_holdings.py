"""Everything about a person as one ZIP (matrix J2: the export is complete)."""

import csv
import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar
from time_machine import travel

from accounts import archive, sessions
from accounts.holdings import File
from accounts.models import Preferences, Session, User
from devices.models import Device
from tests.accounts.factors import with_app, with_passkey
from tests.backups.api import event, habit, task
from tests.devices.http import tablet
from tests.factories import claim_unit, make_device, make_unit
from tests.logins import browser, logged_in

EXPORT = "/account/data/export/"
DAY = 1_794_182_400


def taken(client: Client) -> dict[str, bytes]:
    """Return the files of the ZIP that the page sends."""
    answer = client.post(EXPORT)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    with ZipFile(io.BytesIO(answer.getvalue())) as archived:
        assert archived.testzip() is None
        return {name: archived.read(name) for name in archived.namelist()}


@pytest.fixture
def files(alice: User) -> dict[str, bytes]:
    """What Alice takes along, who has a device with an entry of each kind."""
    unit = make_unit()
    claim_unit(unit, alice)
    tick = {"date": DAY, "action": "add"}
    entries = {
        "task": [task("=SUM(A1)")],
        "event": [event("Choir")],
        "habit": [habit("Run") | {"goal": 0x40}],
    }
    entries["habit"].append(tick | {"id": entries["habit"][0]["id"]})
    tablet(unit).post("/api/sync/", entries)
    return taken(logged_in(alice))


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def test_it_holds_a_file_for_everything(files):
    folders = {name.rpartition("/")[2] for name in files}

    assert folders == {
        *("profile.json", "log-ins.json", "second-factors.json", "mails.json"),
        *("devices.json", "claims.json", "personal-tokens.json", "what-was-done.json"),
        *("claim-attempts.json", "saved-views.json"),
        *("plan.json", "plan.ics", "tasks.csv", "events.csv", "habits.csv", "habit-days.csv"),
        "history.json",
        "skipped.json",
    }


def test_every_column_about_the_person_is_there_or_a_secret(files):
    """J2"""
    secrets = {"password", "session_generation", "is_superuser", "user"}
    said = json.loads(files["account/profile.json"])

    columns = {field.name for field in User._meta.concrete_fields} - secrets
    assert columns - set(said) == set()
    preferences = {field.name for field in Preferences._meta.concrete_fields} - secrets
    assert preferences == set(said["preferences"])


def test_tries_to_claim_and_saved_views_are_there(files):
    """J2"""
    (tried,) = json.loads(files["devices/claim-attempts.json"])

    assert (tried["result"], tried["network"]) == ("accepted", "127.0.0.0/24")
    assert json.loads(files["devices/saved-views.json"]) == []


def test_a_plan_is_there_in_every_form(files):
    plan = {name.rpartition("/")[2]: content for name, content in files.items()}

    said = json.loads(plan["plan.json"])
    assert [entry["name"] for entry in said["task"]] == ["=SUM(A1)"]
    assert [row[1] for row in rows(plan["tasks.csv"])] == ["name", "'=SUM(A1)"]
    assert [row[1:] for row in rows(plan["habits.csv"])] == [["name", "weekdays"], ["Run", "Sun"]]
    assert rows(plan["habit-days.csv"])[1][1:] == ["Run", "2026-11-09"]
    named = [str(part["summary"]) for part in Calendar.from_ical(plan["plan.ics"]).subcomponents]
    assert sorted(named) == ["=SUM(A1)", "Choir"]


def test_log_ins_and_devices_are_told_without_their_secrets(alice):
    client = logged_in(alice)
    make_device(alice, name="Hall")

    files = taken(client)

    assert len(json.loads(files["account/log-ins.json"])) == 1
    assert [one["name"] for one in json.loads(files["devices/devices.json"])] == ["Hall"]
    secrets = (alice.password, Session.objects.get().token_hash, Device.objects.get().key_hash)
    whole = b"".join(files.values()).decode()
    assert [secret for secret in secrets if secret in whole] == []


def test_second_factors_are_told_without_their_secrets(alice):
    """J2, B12"""
    app, recovery_codes = with_app(alice)
    with_passkey(alice)

    files = taken(browser(sessions.log_in(alice, verified=True)))

    told = json.loads(files["account/second-factors.json"])
    assert [one["name"] for one in told["passkeys"]] == ["Phone"]
    assert told["recovery_codes"] == [{"used_at": None}] * 10
    assert list(told["codes_app"]) == ["created_at"]
    everything = str(files)
    assert recovery_codes[0] not in everything
    assert app.secret.hex() not in everything


def test_nothing_of_anybody_else_is_in_it(alice, bob):
    make_device(bob, name="Bob's own")

    files = taken(logged_in(alice))

    assert [name for name, said in files.items() if b"ob's own" in said] == []


def test_it_may_be_had_ten_times_an_hour(alice):
    with travel(0, tick=False):
        client = logged_in(alice)
        answers = [client.post(EXPORT) for _ in range(11)]

    kinds = [answer["Content-Type"] for answer in answers]
    assert kinds == ["application/zip"] * 10 + ["text/html; charset=utf-8"]
    assert answers[10]["Location"] == "/account/data/"


def test_whoever_logged_in_long_ago_is_asked_again(alice):
    client = logged_in(alice)
    Session.objects.update(confirmed_at=timezone.now() - timedelta(minutes=11))

    answer = client.post(EXPORT, {"next": "/account/data/"})

    assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Fdata%2F"


def test_the_archive_is_made_while_it_is_read():
    """Never more than one part is in memory, however large a file is."""
    made = []

    def parts():
        for number in range(100):
            made.append(number)
            yield bytes(range(256)) * 400

    pieces = archive.zipped([File("large", parts())])
    next(pieces)

    assert made == [0]
    assert max(len(piece) for piece in pieces) < 400 * 256
