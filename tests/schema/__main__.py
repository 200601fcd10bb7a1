"""Every promise of the OpenAPI document, tried by schemathesis: `make schema-test`.

Starts the product on the PostgreSQL of `DATABASE_URL` as it is deployed, gives schemathesis a
person and a device, and ends with its exit status. Log-out, release and reset end what other calls
need, so they are tried last.
"""

import argparse
import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.servers import ROOT, Server

CONFIG = ROOT / "tests/schema/schemathesis.toml"
ENDS = "^(token_logout|device_release|own_reset)$"
PLANS = ("--include-tag=Sync", "--include-tag=Plans, one entry at a time")
RUNS = (
    ("device", (f"--exclude-operation-id-regex={ENDS}",)),
    ("member", PLANS),
    ("device", (f"--include-operation-id-regex={ENDS}", "--phases=coverage,fuzzing")),
)
"""Whose token calls plans, and what is called: everything, plans alone, what ends things."""

LOG_SHOWN = 8_000
MANY = 100
"""From so many examples on, each run tries others; below, a gate must not fail by chance."""

SHOW_TOKENS = "from tests.schema import callers; callers.show()"


def main() -> int:
    """Run schemathesis for each kind of caller; 0 when it found nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.schema", description=__doc__)
    parser.add_argument("--program", default="st", help="schemathesis' own command")
    parser.add_argument("--examples", type=int, default=20, help="cases for each operation")
    parser.add_argument("--only", type=int, choices=range(len(RUNS)), help="one of the runs")
    options, more = parser.parse_known_args()
    runs = RUNS if options.only is None else RUNS[options.only : options.only + 1]
    with tempfile.TemporaryDirectory(prefix="planner-schema-") as folder:
        server = Server(os.environ["DATABASE_URL"], Path(folder))
        server.environment |= _deployed(folder)
        document = Path(folder) / "openapi.json"
        server.manage("migrate", "--no-input", "--verbosity", "0")
        server.manage("collectstatic", "--no-input", "--verbosity", "0")
        server.manage("spectacular", "--format", "openapi-json", "--file", str(document))
        command = [options.program, f"--config-file={CONFIG}", "run", str(document)]
        command += [f"--url={server.url}", f"--max-examples={options.examples}", *more]
        if options.examples < MANY:
            command.append("--generation-deterministic")
        server.start()
        try:
            status = max([_run(server, [*command, *flags], who) for who, flags in runs])
            if status:
                sys.stderr.write(server.log.read_text()[-LOG_SHOWN:])
            return status
        finally:
            server.stop()


def _deployed(folder: str) -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(48)).decode()
    rings = ("USER_TOKEN_KEYS", "DEVICE_TOKEN_KEYS", "CLAIM_PEPPERS", "SECOND_FACTOR_KEYS")
    keys = dict.fromkeys(rings, f"k:{key}")
    rest = {"SECRET_KEY": key, "ALLOWED_HOSTS": "127.0.0.1", "STATIC_ROOT": f"{folder}/static"}
    return keys | rest | {"DEBUG": "off"}


def _run(server: Server, command: list[str], caller: str) -> int:
    tokens = json.loads(server.manage("shell", "--no-imports", "-v", "0", "-c", SHOW_TOKENS))
    environment = os.environ | {"USER_TOKEN": tokens["user"], "DEVICE_TOKEN": tokens[caller]}
    return subprocess.run(command, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
