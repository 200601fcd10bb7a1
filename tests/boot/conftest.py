"""One machine for all tests of this folder: set up by the script, and switched off in the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boot.machine import HERE, Machine
from tests.boot.network import private_network
from tests.e2e.servers import ROOT

BASE = ROOT / ".local" / "boot"
UNSHARE = ["unshare", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup", "--fork"]


def why_not() -> str:
    """What is missing for a machine inside this one, or nothing."""
    if os.geteuid() != 0:
        return "needs root"
    if shutil.which("mmdebstrap") is None:
        return "needs Debian's mmdebstrap"
    if " cgroup2 " not in Path("/proc/mounts").read_text():
        return "needs control groups, version 2"
    if subprocess.run(
        [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True
    ).returncode:
        return "needs namespaces and mounts of its own"
    return ""


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A machine with the code in /opt/planner, switched on, with no network but its loopback."""
    if reason := why_not():
        pytest.skip(reason)
    subprocess.run([HERE / "base.sh", ROOT, BASE], check=True)
    machine = Machine(BASE / "root", tmp_path_factory.mktemp("machine"))
    machine.put_code("/opt/planner")
    with private_network():
        try:
            machine.start()
            yield machine
        finally:
            machine.cut_power()
            shutil.rmtree(machine.place)


@pytest.fixture(scope="session")
def machine(bare: Machine) -> Machine:
    """The same, set up; those who ask it trust its certificate."""
    bare.said = bare.install()
    os.environ["SSL_CERT_FILE"] = str(bare.disk / "etc/planner/tls/authority.pem")
    return bare
