"""The releases of this history, and the code of one of them to run."""

import filecmp
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
LIBRARIES = "requirements.txt"


@dataclass(frozen=True)
class Tree:
    """Some version of the code, and a Python that has its libraries."""

    name: str
    path: Path
    python: str = sys.executable


def last() -> str | None:
    """Return the tag of the newest release before this commit; None when there was none.

    Releases count from 1.0 on: until then migrations are written anew, and there is nothing to
    upgrade from.
    """
    told = _git("tag", "--list", "v[1-9]*", "--merged", "HEAD", "--sort=-version:refname")
    here = _git("tag", "--points-at", "HEAD")
    return next((tag for tag in told.split() if tag not in here.split()), None)


@contextmanager
def checked_out(tag: str) -> Iterator[Tree]:
    """Yield the code of a release, in a worktree of its own that goes again."""
    with TemporaryDirectory(prefix="planner-release-") as name:
        path = Path(name) / "code"
        _git("worktree", "add", "--quiet", "--detach", str(path), tag)
        try:
            yield Tree(tag, path, _python_for(path, Path(name) / "venv"))
        finally:
            _git("worktree", "remove", "--force", str(path))


def _python_for(path: Path, venv: Path) -> str:
    """Return a Python with the libraries of that code: this one, unless they changed since."""
    if filecmp.cmp(path / LIBRARIES, ROOT / LIBRARIES, shallow=False):
        return sys.executable
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = str(venv / "bin" / "python")
    uv = shutil.which("uv", path=Path(sys.executable).parent)
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    subprocess.run([*install, "--quiet", "-r", path / LIBRARIES], check=True)
    return python


def _git(*arguments: str) -> str:
    """Return what git says; nothing where there is no history, as in an archive of the code."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return ""
    command = [git, "-C", ROOT, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
