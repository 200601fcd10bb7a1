"""Who may import whom, held for every file of the product: packages go down, layers go down."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("planner", "accounts", "devices", "backups")
APART = ("simulator",)
MOST_LINES = 300

PURE, MODELS, RULES, INPUT, VIEWS, URLS = range(6)
MODULES = {
    PURE: "boxes browsers calendars clocks device_settings digests grammars held hours items "
    "keyring kinds labels lanes lines live merge networks phrases practice quick_add samples "
    "screens serials stills timetable zones",
    MODELS: "models signals",
    INPUT: "authentication cookies forms permissions selection serializers",
    VIEWS: "admin api apps management middleware receivers schema templatetags views",
    URLS: "api_urls urls",
}
LAYERS = {name: layer for layer, names in MODULES.items() for name in names.split()}


def violations(path: str, source: str) -> list[str]:
    """Return what is wrong with the imports and the length of one file, a line for each fault."""
    tree = ast.parse(source)
    # Receivers import models, which are not there before Django calls an app's ready().
    found = [] if path.endswith("/apps.py") else [*_hidden_imports(tree)]
    for line, name, level in _imports(tree):
        if level:
            found.append(f"line {line}: relative import")
        elif fault := _fault(_module(path), name):
            found.append(f"line {line}: {fault}")
    if (length := len(source.splitlines())) >= MOST_LINES:
        found.append(f"{length} lines, the ceiling is {MOST_LINES}")
    return found


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imports(tree: ast.Module) -> Iterator[tuple[int, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, 0) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield from ((node.lineno, f"{base}.{alias.name}", node.level) for alias in node.names)


def _hidden_imports(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield f"line {node.lineno}: import inside a function"


def _fault(importer: str, imported: str) -> str | None:
    """Say why the module `importer` may not import the dotted name `imported`, or None."""
    here, there = importer.split(".")[0], imported.split(".")[0]
    if there not in PACKAGES:
        return _impurity(importer, imported)
    if here in APART:
        return f"{here} stands apart and imports {there}"
    if PACKAGES.index(there) > PACKAGES.index(here):
        return f"{here} imports {there}, which is above it"
    if here == there and _layer(imported) > _layer(importer):
        return f"{importer} imports {imported}, which is in a layer above it"
    return None


def _impurity(importer: str, imported: str) -> str | None:
    # A pure module may mark its texts for translation.
    heavy = imported.startswith(("django.", "rest_framework."))
    if _layer(importer) == PURE and heavy and "django.utils.translation" not in imported:
        return f"{importer} is pure and imports {imported}"
    return None


def _layer(module: str) -> int:
    """Return the layer of a dotted name by the part after its package; unlisted names are rules."""
    return LAYERS.get(module.partition(".")[2].partition(".")[0], RULES)


def product_files() -> list[str]:
    """Return the product's Python files, without migrations, which Django writes."""
    found = (path for package in PACKAGES + APART for path in (ROOT / package).rglob("*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found if "migrations" not in path.parts)


@pytest.mark.parametrize("path", product_files())
def test_every_file_imports_downwards_only(path):
    assert violations(path, (ROOT / path).read_text()) == []


def test_every_package_is_looked_at():
    assert {path.split("/")[0] for path in product_files()} == {*PACKAGES, *APART}


@pytest.mark.parametrize("path", ["planner/settings.py", "planner/urls.py"])
def test_the_base_names_the_apps_as_strings(path):
    named = {
        node.value.split(".")[0]
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert named >= {"accounts", "devices", "backups"}


@pytest.mark.parametrize(
    ("path", "source", "fault"),
    [
        (
            "accounts/sessions.py",
            "from devices.models import Device\n",
            "line 1: accounts imports devices, which is above it",
        ),
        (
            "planner/urls.py",
            "import backups.urls\n",
            "line 1: planner imports backups, which is above it",
        ),
        (
            "devices/models.py",
            "from devices.claims import claim\n",
            "line 1: devices.models imports devices.claims.claim, which is in a layer above it",
        ),
        (
            "backups/changes.py",
            "from backups import views\n",
            "line 1: backups.changes imports backups.views, which is in a layer above it",
        ),
        (
            "backups/views/tasks.py",
            "from backups.urls import urlpatterns\n",
            "line 1: backups.views.tasks imports backups.urls.urlpatterns, "
            "which is in a layer above it",
        ),
        (
            "backups/merge.py",
            "from django.db import models\n",
            "line 1: backups.merge is pure and imports django.db.models",
        ),
        (
            "simulator/device.py",
            "from devices import serials\n",
            "line 1: simulator stands apart and imports devices",
        ),
        ("devices/claims.py", "from .models import Device\n", "line 1: relative import"),
        (
            "devices/claims.py",
            "def claim():\n    from devices.models import Device\n",
            "line 2: import inside a function",
        ),
        ("devices/claims.py", "pass\n" * 300, "300 lines, the ceiling is 300"),
    ],
)
def test_a_planted_violation_is_caught(path, source, fault):
    assert violations(path, source) == [fault]


def test_imports_that_go_down_are_fine():
    source = "from devices.models import Device\nfrom planner.problems import RuleError\n"

    assert violations("devices/claims.py", source) == []


@pytest.mark.parametrize(
    ("mark", "folders"), [("browser", ["browser"]), ("e2e", ["boot", "chaos", "deploy", "e2e"])]
)
def test_what_the_makefile_looks_for_in_some_folders_is_in_no_other(mark, folders):
    tests = ROOT / "tests"
    marked = {
        path.relative_to(tests).parts[0]
        for path in tests.rglob("test_*.py")
        if f"mark.{mark}" in path.read_text()
    }

    assert sorted(marked) == folders
