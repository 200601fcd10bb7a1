"""The clock on a server's wall, set while it runs: by libfaketime, below all that asks it."""

import os
import time
from pathlib import Path

import pytest

LIBRARY = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
NEEDS_LIBRARY = pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not installed")
# Python sleeps until a moment of the monotonic clock, which this library takes for one of the
# clock on the wall: it refuses such a sleep, or never ends it. A wait with nothing to wait for is
# as good.
SLEEP = """import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class WallClock:
    """What the processes in `environment` take for the time; `right` is what time it is.

    Both go on by themselves, and by what the test lets pass.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(SLEEP)
        self.file = folder / "clock"
        self.passed = self.off = 0.0
        self.set()
        self.environment = {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # What counts seconds goes on evenly when the time of day is set, as in a kernel.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(folder),
        }

    def right(self) -> float:
        """Return the time of a good clock, in unix seconds."""
        return time.time() + self.passed

    def wait(self, seconds: float) -> None:
        """Let time pass, everywhere."""
        self.passed += seconds
        self.set(self.off)

    def set(self, off: float = 0) -> None:
        """Let the processes' clock be off by so many seconds: ahead, or below zero behind."""
        self.off = off
        new = self.file.with_suffix(".new")
        new.write_text(f"{self.passed + off:+.3f}")
        # In one step, because it is read at every question for the time.
        os.replace(new, self.file)
