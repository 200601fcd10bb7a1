"""Write docs/licences.md from what the installed libraries say of themselves: `make licences`."""

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

What each library says of its own licence, in SPDX's words where it uses them. `make licences`
writes this page.

| library | licence | for |
| --- | --- | --- |
"""

# What is said with the sources alone.
UNTOLD = {"axe-playwright-python": "MIT"}


def pinned(file: str) -> set[str]:
    """Return the names that a file of requirements pins."""
    return set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / file).read_text(), re.MULTILINE))


def licence(name: str) -> str:
    """Return a library's licence in one line."""
    told = distribution(name)
    said = told.metadata.get("License-Expression") or _short(told) or _classified(told)
    return (said or UNTOLD.get(name, "not told")).replace("|", "/")


def _short(told: Distribution) -> str:
    # Some put the whole text there.
    text = (told.metadata.get("License") or "").strip()
    return text if "\n" not in text and len(text) < 60 and text != "UNKNOWN" else ""


def _classified(told: Distribution) -> str:
    kinds = told.metadata.get_all("Classifier") or []
    return ", ".join(one.split(" :: ")[-1] for one in kinds if one.startswith("License :: "))


def page() -> str:
    """Return the page as it should be."""
    running, all_of_them = pinned("requirements.txt"), pinned("requirements-dev.txt")
    rows = [
        f"| {name} | {licence(name)} | {'running' if name in running else 'development'} |\n"
        for name in sorted(all_of_them)
    ]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page())
