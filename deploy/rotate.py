#!/usr/bin/env python3
"""Change a secret of an installation, and end nothing by it.

A new key is first known by every service, then used; the former ones count until --retire takes
them away. A run that was cut off is finished by the next one, and a second run on the same day
changes nothing. docs/operations.md tells about each secret.
"""

import argparse
import base64
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEY_BYTES = 48
HOUR, DAY = 3_600, 86_400
# For so many seconds what a former key made may come back; None: the database knows.
LASTS = {
    "SECRET_KEY": 90 * DAY,
    "USER_TOKEN_KEYS": 14 * DAY,
    "DEVICE_TOKEN_KEYS": HOUR,
    "CLAIM_PEPPERS": None,
    "SECOND_FACTOR_KEYS": None,
}
RESTART = ("systemctl", "try-restart", "planner-*.service")
MANAGE = Path(__file__).resolve().with_name("manage")
DATED = re.compile(r"(\d{4}-\d{2}-\d{2}):.+")


class Ring:
    """The keys of one secret, the used one first."""

    def __init__(self, folder: Path, name: str) -> None:
        # Django wants the former ones of SECRET_KEY in a setting of their own.
        self.former = folder / "SECRET_KEY_FALLBACKS" if name == "SECRET_KEY" else None
        self.file = folder / name
        self.keys = _words(self.file) + (_words(self.former) if self.former else [])
        if not self.keys:
            raise SystemExit(f"{self.file} is not there: deploy/secrets.sh makes it.")

    @property
    def waiting(self) -> str | None:
        """The newest key, while it is known and not used yet."""
        used, last = self.keys[0], self.keys[-1]
        is_newer = DATED.fullmatch(last) and (not DATED.fullmatch(used) or used[:10] < last[:10])
        return last if is_newer else None

    def add(self, today: str) -> None:
        """Let everybody know a new key."""
        new = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        self.write([*self.keys, f"{today}:{new}"])

    def use(self) -> None:
        """Use the key that waits."""
        self.write([self.keys[-1], *self.keys[:-1]])

    def write(self, keys: list[str]) -> None:
        """Keep these and no others; whoever reads meanwhile misses none of them."""
        if self.former:
            _replace(self.former, [*self.keys, *keys])
            _replace(self.file, keys[:1])
            _replace(self.former, keys[1:])
        else:
            _replace(self.file, keys)
        self.keys = keys


def main(argv: list[str]) -> int:
    """Do what is asked; return 0, or 1 when it is too early."""
    options = _read(argv)
    ring = Ring(options.folder, options.name)
    act = retire if options.retire else replace_at_once if options.at_once else rotate
    return act(ring, options)


def rotate(ring: Ring, options: argparse.Namespace) -> int:
    """Make a new key known, then use it."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    if ring.keys[0].startswith(today):
        print(f"{options.name} was changed today: nothing to do.")
        return 0
    if not ring.waiting:
        ring.add(today)
        print("A new key is known, and not used yet.")
        _restart(options)
        if options.no_restart:
            return 0
    ring.use()
    print("The new key is used. What the former ones made is still good.")
    _restart(options)
    print(f"When it need not be any more: {Path(__file__).name} {options.name} --retire")
    return 0


def retire(ring: Ring, options: argparse.Namespace) -> int:
    """Take away the former keys that nothing needs any more."""
    if ring.waiting:
        print(f"A key waits to be used: {Path(__file__).name} {options.name} first.")
        return 1
    lasts = LASTS[options.name]
    former = ring.keys[1:]
    if lasts is None:
        needed, until = _needed(options.name), ""
        kept = [key for key in former if key.partition(":")[0] in needed]
    else:
        good_until = ring.file.stat().st_mtime + lasts
        until = time.strftime(" until %Y-%m-%d %H:%M UTC", time.gmtime(good_until))
        kept = former if time.time() < good_until else []
    print(f"Former keys: {len(former) - len(kept)} go, {len(kept)} are needed{until * bool(kept)}.")
    if kept != former:
        ring.write([ring.keys[0], *kept])
        _restart(options)
    return 1 if kept else 0


def replace_at_once(ring: Ring, options: argparse.Namespace) -> int:
    """Let one new key alone count: for a key that somebody else may know."""
    if LASTS[options.name] is None:
        print("What is kept under the former keys would be lost. docs/operations.md tells the way.")
        return 2
    ring.add(time.strftime("%Y-%m-%d", time.gmtime()))
    ring.write(ring.keys[-1:])
    print("One new key alone counts. What the former ones made is worth nothing any more.")
    _restart(options)
    return 0


def _read(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deploy/rotate.py", description=__doc__)
    parser.add_argument("name", choices=LASTS, metavar="NAME", help=", ".join(LASTS))
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--retire", action="store_true", help="take former keys away, if it is time")
    how.add_argument("--at-once", action="store_true", help="let a new key alone count from now on")
    folder = Path(os.environ.get("PLANNER_ETC", "/etc/planner")) / "secrets"
    parser.add_argument("--folder", type=Path, default=folder, help=f"of the secrets ({folder})")
    parser.add_argument(
        "--no-restart", action="store_true", help="one step; you restart the services yourself"
    )
    return parser.parse_args(argv)


def _needed(name: str) -> list[str]:
    """Return the ids of the keys that the database needs, once all is sealed under the used one."""
    command = [MANAGE, "reseal" if name == "SECOND_FACTOR_KEYS" else "needed_peppers"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def _restart(options: argparse.Namespace) -> None:
    if options.no_restart:
        print("Now restart every service, on every machine.")
    else:
        subprocess.run(RESTART, check=True)


def _words(path: Path) -> list[str]:
    text = path.read_text() if path.exists() else ""
    return [word.strip() for word in text.split(",") if word.strip()]


def _replace(path: Path, keys: list[str]) -> None:
    """Replace a file, whole or not at all, for the same owner."""
    owner = path.stat() if path.exists() else path.parent.stat()
    # mkstemp gives it to its maker alone.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with open(handle, "w") as file:
        file.write(",".join(dict.fromkeys(keys)) + "\n")
        os.fchown(handle, owner.st_uid, owner.st_gid)
        file.flush()
        os.fsync(handle)
    Path(name).replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
