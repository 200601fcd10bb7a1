"""What the documentation names is there: pages, headings, scripts and units."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
SCRIPT = re.compile(r"(?:/opt/planner/|(?<![\w/.-]))((?:deploy|nginx|tests)/[\w./-]*\w)")
MADE = ("deploy/secrets", "deploy/tls", "deploy/challenges", "deploy/copies")
"""What an operator makes where the containers' files are."""
UNITS = ROOT / "deploy" / "systemd"


def anchors(page: Path) -> set[str]:
    """Return what leads to each heading, as forges make it."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_page_and_a_heading(page):
    broken = []
    for path, anchor in LINK.findall(page.read_text()):
        target = (page.parent / path) if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}")

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_script_that_is_named_is_there(page):
    named = set(SCRIPT.findall(page.read_text()))

    assert {one for one in named if not one.startswith(MADE) and not (ROOT / one).exists()} == set()


def test_every_unit_that_is_started_is_explained():
    manual = (ROOT / "docs" / "operations.md").read_text()
    units = {path.stem for kind in ("service", "timer") for path in UNITS.glob(f"planner-*.{kind}")}

    assert {unit for unit in units if unit not in manual} == set()
