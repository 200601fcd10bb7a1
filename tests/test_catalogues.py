"""Each catalogue is whole and in step with the program. `make messages` brings it there."""

import re
import shutil
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).parents[1]
PACKAGES = ("planner", "accounts", "devices", "backups", "templates")
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
LANGUAGES = [path.parts[-3] for path in CATALOGUES]
# "100 %%" is no placeholder, but has to stay a doubled sign.
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}|</?\w+[^>]*>|#")
each = pytest.mark.parametrize("path", CATALOGUES, ids=LANGUAGES)


def forms(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Return the texts of an entry, each with its translation."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    first, *others = (entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural))
    return [(entry.msgid, first), *((entry.msgid_plural, other) for other in others)]


def texts(catalogue: polib.POFile) -> dict[tuple, tuple]:
    """Return what a program asks a catalogue for, with the files that do and how they mean it."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural): (
            sorted({name for name, _line in entry.occurrences}),
            sorted(set(entry.flags) - {"fuzzy"}),
        )
        for entry in catalogue
        if not entry.obsolete
    }


def test_there_is_a_catalogue_for_each_language():
    assert sorted({"en", *LANGUAGES}) == sorted(dict(settings.LANGUAGES))


@each
def test_every_text_is_translated(path):
    catalogue = polib.pofile(str(path))

    found = {
        "untranslated": [entry.msgid for entry in catalogue.untranslated_entries()],
        "fuzzy": [entry.msgid for entry in catalogue.fuzzy_entries()],
        "obsolete": [entry.msgid for entry in catalogue.obsolete_entries()],
    }

    assert found == {"untranslated": [], "fuzzy": [], "obsolete": []}


@each
def test_a_translation_has_the_placeholders_of_its_text(path):
    differing = [
        (text, translation)
        for entry in polib.pofile(str(path))
        for text, translation in forms(entry)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translation))
    ]

    assert differing == []


@each
def test_what_is_compiled_says_what_is_written(path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)._catalog
    written = {}
    for entry in polib.pofile(str(path)):
        key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        plural = {(key, number): text for number, text in entry.msgstr_plural.items()}
        written |= plural or {key: entry.msgstr}

    assert {key: text for key, text in compiled.items() if key} == written


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_collecting_the_texts_anew_changes_nothing(tmp_path, monkeypatch):
    for name in (*PACKAGES, "locale"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc"))
    monkeypatch.chdir(tmp_path)

    call_command(
        "makemessages", locale=LANGUAGES, verbosity=0, no_obsolete=True, add_location="file"
    )

    for path in CATALOGUES:
        anew = polib.pofile(str(tmp_path / path.relative_to(ROOT)))
        assert texts(anew) == texts(polib.pofile(str(path)))
