"""The scripts of an installation: what shellcheck says of them, and what they refuse."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SHELLCHECK = shutil.which("shellcheck")
OTHERS = ("backup", "drill", "manage", "restore", "unseal")
SCRIPTS = [*sorted(DEPLOY.glob("*.sh")), *(DEPLOY / name for name in OTHERS)]
SCRIPTS += [ROOT / ".ci" / "run", Path(__file__).with_name("machine.sh")]
SCRIPTS += sorted((ROOT / "tests" / "boot").glob("*.sh"))


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing():
    told = subprocess.run([SHELLCHECK, *SCRIPTS], capture_output=True, text=True)

    assert told.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_may_be_run(script):
    assert script.stat().st_mode & 0o111 == 0o111


@pytest.mark.parametrize(
    "arguments",
    [[], ["Planner Example"], ["planner.example", "other.example"], ["planner.example", "--help"]],
    ids=["no host", "a host with a space", "two hosts", "something unknown"],
)
def test_the_installation_refuses_what_it_does_not_understand(arguments, tmp_path):
    told = subprocess.run(
        [DEPLOY / "install.sh", "--root", tmp_path, *arguments], capture_output=True, text=True
    )

    assert told.returncode == 2
    assert "usage: " in told.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_is_for_its_names_and_made_once(tmp_path):
    folder = tmp_path / "tls"
    make = [DEPLOY / "certificate.sh", folder, "planner.example", "localhost"]
    subprocess.run(make, check=True, stderr=subprocess.DEVNULL)
    first = (folder / "fullchain.pem").read_bytes()
    subprocess.run(make, check=True)

    verify = [
        shutil.which("openssl"),
        "verify",
        "-CAfile",
        folder / "authority.pem",
        "-verify_hostname",
    ]
    verified = [
        subprocess.run([*verify, name, folder / "fullchain.pem"], capture_output=True).returncode
        for name in ("planner.example", "localhost", "evil.example")
    ]
    assert verified[:2] == [0, 0]
    assert verified[2] != 0
    assert (folder / "fullchain.pem").read_bytes() == first
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        "authority.pem": "0o644",
        "fullchain.pem": "0o644",
        "privkey.pem": "0o600",
    }
