"""Every text that people see is marked for translation, and a language is chosen as promised."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import get_language, override, trans_real

from accounts import profile
from accounts.models import User
from accounts.zones import ZONES, in_words
from planner.templatetags import furniture
from tests.access import CANARY, make_scene, routes
from tests.factories import PASSWORD
from tests.logins import logged_in
from tests.test_architecture import product_files
from tests.words import Brackets, outside_brackets, unmarked_in_python, unmarked_in_template

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt")
)
# The simulator speaks to developers, and so does the reference of the API.
MODULES = [path for path in product_files() if not path.startswith("simulator/")]
PAGES = [
    route
    for route in routes()
    if not route.startswith(("/api/", "/admin/", "/healthz", "/readyz", "/metrics", "/logout/"))
]
# What people and the IANA called things, and what is the same in every language.
ZONE_NAMES = sorted(
    {in_words(name) for zone in ZONES for name in (zone, zone.partition("/")[2]) if name},
    key=len,
    reverse=True,
)
DATA = "|".join(
    (
        CANARY,
        "Kitchen tablet",
        "Desk",
        "Script",
        r"\d+ ms",
        "Later",
        # Every language by its own name.
        "English|Deutsch",
        "alice|viewer|editor|former",
        *map(re.escape, ZONE_NAMES),
    )
)


@pytest.fixture
def brackets(monkeypatch) -> Iterator[None]:
    """Every catalogue says what it would translate."""
    monkeypatch.setattr(trans_real, "translation", lambda language: Brackets())
    monkeypatch.setattr(furniture, "_part", furniture._part.__wrapped__)
    with override("en"):
        yield


@pytest.mark.parametrize("path", TEMPLATES)
def test_every_text_of_a_template_is_marked(path):
    assert unmarked_in_template((ROOT / path).read_text()) == []


@pytest.mark.parametrize("path", MODULES)
def test_every_text_of_a_module_is_marked(path):
    assert unmarked_in_python((ROOT / path).read_text()) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<h1>Tasks</h1>", ["Tasks"]),
        ('<a title="Go back"></a>', ["Go back"]),
        ("<p>{% translate 'Ours' %} and yours</p>", ["and yours"]),
        ("{% blocktranslate %}In{% endblocktranslate %}<b>Out</b>", ["Out"]),
        ("<b>{{ name }}</b> · 5 %<code>GET</code>", []),
    ],
)
def test_a_planted_text_in_a_template_is_found(source, found):
    assert unmarked_in_template(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('forms.CharField(label="Name")', ["line 1: Name"]),
        ('raise RuleError("conflict", f"No {thing}.")', ["line 1: No "]),
        ('messages.success(request, "It is %s." % it)', ["line 1: It is %s."]),
        ('raise RuleError("conflict", _("No."))', []),
        ('field_error(pointer, "code", detail)', []),
    ],
)
def test_a_planted_text_in_a_module_is_found(source, found):
    assert unmarked_in_python(source) == found


def test_no_page_holds_a_word_that_no_catalogue_can_change(db, brackets):
    scene = make_scene()
    left = []
    for route in PAGES:
        for who in ("nobody", "owner"):
            client = Client()
            client.cookies = scene.callers[who].cookies.copy()
            pages = [client.get(scene.path(route))]
            if pages[0].status_code == 200:
                # What is wrong with an empty form is said in the person's language too.
                pages.append(client.post(scene.path(route)))
            for page in pages:
                if not page["Content-Type"].startswith("text/html"):
                    continue
                words = outside_brackets(page.content.decode(), data=DATA)
                left += [(who, route, word) for word in words]

    assert left == []


def language(client: Client, asked: str, path: str = "/login/") -> tuple[str, bool]:
    """Return the language of a page, and whether it depends on what the browser asks for."""
    answer = client.get(path, headers={"Accept-Language": asked})
    named = re.search(r'<html lang="(.*?)"', answer.content.decode())[1]
    assert answer["Content-Language"] == named
    return named, "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de-AT,de;q=0.9,en;q=0.1", "de"),
        ("en,de;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        ("x" * 600, "en"),
    ],
)
def test_a_stranger_gets_the_language_of_the_browser_else_english(client, asked, given):
    assert language(client, asked) == (given, True)


@pytest.mark.parametrize("own", ["en", "de"])
def test_a_person_gets_the_language_of_the_account(alice, own):
    profile.change(alice, preferences={"language": own})

    assert language(logged_in(alice), "en" if own == "de" else "de", "/account/") == (own, False)


def test_an_account_begins_with_the_language_it_was_made_in(client, db):
    words = {"password": PASSWORD, "password_again": PASSWORD, "time_zone": "UTC"}

    client.post("/signup/", words | {"username": "dora"}, headers={"Accept-Language": "de"})

    assert User.objects.get().preferences.language == "de"


def test_a_request_leaves_nothing_of_its_language_and_zone_behind(alice):
    profile.change(alice, preferences={"language": "de", "time_zone": "Asia/Tokyo"})

    logged_in(alice).get("/account/")

    assert (get_language(), timezone.get_current_timezone_name()) == ("en", "UTC")


def test_the_api_speaks_to_programs_in_one_language(alice):
    profile.change(alice, preferences={"language": "de"})

    answer = logged_in(alice).patch(
        "/api/me/", {"email": 1}, "application/json", headers={"Accept-Language": "de"}
    )

    assert answer.json()["errors"][0]["detail"] == "This must be text."
    assert "Content-Language" not in answer
