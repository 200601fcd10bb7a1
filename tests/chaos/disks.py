"""Small disks: file systems in memory that are full before long."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MIB = 1024 * 1024
PAGE = bytes(4096)


def can_mount() -> bool:
    """Return whether this account may mount a file system here."""
    try:
        with small_disk(MIB):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def small_disk(size: int) -> Iterator[Path]:
    """Mount an empty disk of so many bytes."""
    with tempfile.TemporaryDirectory(prefix="planner-disk-") as name:
        command = ["/usr/bin/mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", name]
        subprocess.run(command, check=True, capture_output=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["/usr/bin/umount", "--lazy", name], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Take all room that a disk has left."""
    ballast = disk / "ballast"
    # Somebody else may write meanwhile, so nobody knows how much there is.
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(PAGE):
            pass
    try:
        yield
    finally:
        ballast.unlink()
