"""Every library is known by its hashes, and its licence is written down."""

import re
from pathlib import Path

import pytest

from deploy import licences

ROOT = Path(__file__).parents[2]
FILES = sorted(path.name for path in ROOT.glob("requirements*.txt"))


@pytest.mark.parametrize("file", FILES)
def test_every_pin_has_its_hashes(file):
    """J4"""
    text = (ROOT / file).read_text().replace("\\\n", " ")
    bare = [
        line
        for line in text.splitlines()
        if not re.fullmatch(r"\S+==\S+( *;[^#]*?)?( +--hash=sha256:[0-9a-f]{64})+", line)
    ]

    assert bare == [], "`make pins` writes them with --generate-hashes"


def test_every_licence_is_listed():
    assert licences.PAGE.read_text() == licences.page(), "`make licences` writes it"
    assert "not told" not in licences.page()
