"""No file of the project tells a secret, a path of one machine, or where its packages came from."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
UNTRACKED = {"__pycache__", "staticfiles", "screenshots", "htmlcov"}
PATTERNS = {
    "a path of one machine": r"(?<![\w.>}])/(?:root|home|work|Users)/\w",
    "a package registry": r"--(?:extra-)?index-url|--find-links|--trusted-host|pythonhosted\.org",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a JSON web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    "a token of a service": r"\b(?:gh[pousr]_|github_pat_|AKIA|xox[abprs]-|AGE-SECRET-KEY-1)\w{16}",
    "a secret with a default": r"\bSECRET_KEY\s*=\s*[\"'][^\"']{8,}[\"']",
}


def faults(text: str) -> list[str]:
    """Return the names of the patterns that the text holds."""
    return [name for name, pattern in PATTERNS.items() if re.search(pattern, text)]


def project_files(folder: Path = ROOT) -> Iterator[Path]:
    """Yield every file of the project except those that .gitignore names."""
    for path in sorted(folder.iterdir()):
        hidden = path.name.startswith(".") and path.name not in (".ci", ".gitignore")
        if hidden or path.name in UNTRACKED:
            continue
        if path.is_dir():
            yield from project_files(path)
        else:
            yield path


def test_no_file_holds_a_secret_or_a_path_of_one_machine():
    # This file and the settings of the tests hold such things on purpose.
    own = {Path(__file__), ROOT / "tests" / "settings.py"}
    texts = {path: path.read_text(errors="replace") for path in project_files() if path not in own}

    assert {str(path): found for path, text in texts.items() if (found := faults(text))} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('DATA = "/home/ada/planner"', "a path of one machine"),
        ("cd /root/planner", "a path of one machine"),
        ("--extra-index-url https://packages.example.com/simple", "a package registry"),
        ("-----BEGIN EC PRIVATE KEY-----", "a private key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTYifQ." + "x" * 43, "a JSON web token"),
        ("identity: AGE-SECRET-KEY-1" + "Q" * 58, "a token of a service"),
        ('SECRET_KEY = "correct horse battery staple"', "a secret with a default"),
    ],
)
def test_a_planted_fault_is_caught(text, fault):
    assert faults(text) == [fault]


def test_addresses_and_relative_paths_are_fine():
    text = "See https://example.com/home/page, {{ base }}/home/x and ../root/file."

    assert faults(text) == []
