"""docs/device-guide.md says what the server does: vectors, settings, addresses, slugs."""

import json
import re
from pathlib import Path

import pytest

from backups.api.digest import LISTED
from backups.digests import Digest, entry_hash, shown
from devices.device_settings import SETTINGS
from planner.openapi import document
from planner.slugs import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "device-guide.md").read_text()
VECTORS = re.findall(r"^    (\{.+\}) ([0-9a-f]{16})$", GUIDE, re.MULTILINE)
PAGES = ["device-guide.md", "api.md"]


def entry_of(line):
    [(kind, entry)] = json.loads(line).items()
    return kind, entry


def test_there_are_vectors_of_every_kind():
    assert {entry_of(line)[0] for line, _ in VECTORS} == {"task", "event", "habit"}


@pytest.mark.parametrize(("line", "hashed"), VECTORS)
def test_a_vector_is_what_the_server_computes(line, hashed):
    kind, entry = entry_of(line)

    assert shown(entry_hash(kind, entry)) == hashed


def test_the_sum_of_the_vectors_is_what_the_server_computes():
    digest = Digest()
    for line, _ in VECTORS:
        digest.add(entry_hash(*entry_of(line)))

    count, summed = digest.shown()
    assert f'`[{count}, "{summed}"]`' in GUIDE


def test_the_guide_names_every_setting_and_no_other():
    table = GUIDE.partition("| setting | values |")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]

    assert sorted(name for row in rows for name in re.findall(r"`(\w+)`", row)) == sorted(SETTINGS)


def test_the_guide_says_how_small_a_bucket_must_be_to_be_listed():
    assert f"A bucket of {LISTED} entries or fewer" in GUIDE


@pytest.mark.parametrize("page", PAGES)
def test_every_address_of_the_page_is_in_the_document(page):
    text = (DOCS / page).read_text()
    named = {
        re.sub(r"<\w+>|\$DEVICE", "{id}", path)
        for path in re.findall(r"/api/(?:[\w<>$-]+/)+", text)
    }

    assert named - {"/api/docs/", "/api/schema/"} <= set(document()["paths"])


def test_every_slug_of_the_guide_is_one():
    said = re.findall(r"\b(?:token|device|claim|history|push|cursor)-[a-z-]+\b", GUIDE)

    assert set(said) - {"device-guide", "claim-id"} <= set(KINDS)
