"""A fleet against the product as it is run: everything is answered, and every change is there."""

import csv
import subprocess
import sys

import pytest

from tests.e2e.servers import ROOT, Server

pytestmark = pytest.mark.e2e
DEVICES, SECONDS, OF_ONE_OWNER = 20, 6, 10


def test_a_fleet_is_served_without_an_error(server: Server, person, stock, tmp_path):
    units = []
    for _ in range(DEVICES // OF_ONE_OWNER):
        owner = person("owner")
        for _ in range(OF_ONE_OWNER):
            units.append(stock())
            owner.claim(units[-1])
    path = tmp_path / "units.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([units[0]._fields, *units])

    command = [sys.executable, "-m", "simulator", "fleet", str(DEVICES), "--url", server.url]
    options = ["--units", str(path), "--seconds", str(SECONDS), "--pace", "0.001", "--push", "0.3"]
    ended = subprocess.run(
        [*command, *options], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )

    told = {line[:22].strip(): line[22:] for line in ended.stdout.splitlines()[1:]}
    assert told["errors"] == "0"
    assert int(told["pushes acknowledged"].split()[0]) > 0
    assert int(told["304 not modified"]) > 0
