"""Every page and mail comes in German to who reads German, and none of it is half English."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import polib
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from time_machine import travel

from accounts import closing, mails, profile
from accounts.models import Preferences, User
from devices import invitations
from planner import formats
from tests.access import make_scene
from tests.factories import make_device, make_user
from tests.mailbox import delivered
from tests.test_catalogues import CATALOGUES
from tests.test_translations import PAGES
from tests.words import read

(CATALOGUE,) = (path for path in CATALOGUES if path.parts[-3] == "de")

STAFF = (
    "/admin/",
    "/admin/devices/batch/",
    "/admin/devices/batch/make/",
    "/admin/devices/device/",
    "/admin/devices/claimattempt/",
    "/admin/devices/auditentry/",
    "/admin/accounts/user/",
)
# What a text holds besides its words.
SLOT = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>|%%")
WORDS = re.compile(r"\S+ \S+")
# A sample of the design page, and what devices are called in tests.
SAMPLE = "Kitchen tablet"
# A browser computes with these; a number with a comma is none to it.
BROKEN_NUMBER = re.compile(r' (?:x|y|x[12]|y[12]|r|cx|cy|width|height|min|max)="-?\d+,\d+"')
NOON = "2026-10-14 12:00"


def english_texts() -> Iterator[str]:
    """Yield the parts of sentences, of two words and more, that German says in another way."""
    for entry in polib.pofile(str(CATALOGUE)):
        if entry.msgid not in (entry.msgstr, SAMPLE) and entry.msgctxt != "format of a date":
            parts = (part.strip(" .,:;") for part in SLOT.split(entry.msgid))
            yield from (part for part in parts if len(part) > 9 and WORDS.search(part))


def english_in(html: str, texts: list[str]) -> list[str]:
    said = "\n".join(" ".join(text.split()) for text in read(html))
    return [text for text in texts if text in said]


def is_page(answer: HttpResponse) -> bool:
    """Return whether an answer is to be read; a file and a refused method are not."""
    return answer["Content-Type"].startswith("text/html") and not answer.streaming


def test_every_page_comes_in_german_and_holds_no_english(db):
    scene, texts = make_scene(), list(english_texts())
    Preferences.objects.update(language="de")
    left = []
    for route in (*PAGES, *STAFF):
        who = "superuser" if route in STAFF else "owner"
        for caller in ("nobody", who):
            client = Client(headers={"Accept-Language": "de"})
            client.cookies = scene.callers[caller].cookies.copy()
            page = client.get(scene.path(route))
            html = page.content.decode() if is_page(page) else ""
            found = [*english_in(html, texts), *BROKEN_NUMBER.findall(html)]
            found += re.findall('<html lang="(?!de").*?>', html)
            left += [(route, caller, one) for one in found]

    assert left == []


def test_a_planted_english_text_is_found():
    html = "<h1>Aufgaben</h1><p>Who changed\n what</p>"

    assert english_in(html, list(english_texts())) == ["Who changed what"]


@pytest.fixture
def reader(db) -> User:
    user = make_user("alice", full_name="Alice Ash", email="alice@example.org")
    profile.change(user, preferences={"language": "de", "time_zone": "Europe/Berlin"})
    return user


def test_a_mail_comes_in_the_language_of_its_reader(reader):
    facts = {"browser": "Firefox", "path": "/account/"}
    with travel(NOON):
        mails.post("session-reused", to=reader, facts=facts, address="192.0.2.77")
        (letter,) = delivered()

    assert letter.subject == "Wir haben eine deiner Anmeldungen beendet"
    when = "Das war am 14. Oktober 2026, 14:00 (CEST), aus dem Netz 192.0.2.0/24."
    for words in ("Hallo Alice Ash,", "Konto ansehen", when):
        assert words in letter.text
        assert words in letter.html
    assert '<html lang="de">' in letter.html
    assert english_in(letter.html, list(english_texts())) == []


def test_who_is_invited_by_mail_gets_the_language_of_who_invites(reader):
    device = make_device(reader)
    address = {"address": "bob@example.org"}

    invitations.invite_by_mail(device, by=reader, role="viewer", **address)

    assert delivered()[0].subject.startswith("Alice Ash lädt dich zu ")


def test_the_last_mail_of_a_closed_account_is_in_its_language_still(reader):
    closing.begin(reader, address="")
    with travel(timezone.now() + closing.WAIT + timedelta(seconds=1), tick=False):
        closing.close_due()

        assert delivered()[-1].subject == "Dein Konto ist geschlossen"


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("DMY", ["14. Okt.", "14. Okt. 2026", "14. Oktober", "14. Oktober 2026", "Mi. 14. Okt."]),
        ("YMD", [*["2026-10-14"] * 4, "Mi. 2026-10-14"]),
    ],
)
def test_a_date_is_written_as_germans_do(order, words):
    day = date(2026, 10, 14)
    with override("de"), formats.override(formats.Style(date_order=order)):
        found = [formats.written(day, kind) for kind in formats.PATTERNS[order]]

        assert [*found, formats.short_day(day)] == words
