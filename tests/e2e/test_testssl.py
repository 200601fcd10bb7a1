"""testssl.sh on an installation: what a stranger who looks for weak TLS finds (I4)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.deployment import Deployment
from tests.e2e.nginx import NAME

TESTSSL = shutil.which("testssl")
FINE = {"OK", "INFO"}
KNOWN = {
    "engine_problem": "testssl's own OpenSSL lacks GOST",
    "DNS_CAArecord": "belongs where the name is kept",
    "secure_renego": "is asked for without a name, so nobody answers",
    "cert_revocation": "a development certificate has no authority to ask",
}
"""What docs/operations.md tells of too."""

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.nightly,
    pytest.mark.skipif(TESTSSL is None, reason="testssl is not installed"),
]


def test_testssl_finds_nothing_that_is_not_known(deployment: Deployment, tmp_path: Path):
    """I4"""
    nginx, told = deployment.nginx, tmp_path / "told.json"
    command = [TESTSSL, "--quiet", "--warnings", "off", "--color", "0", "--jsonfile", told]
    command += ["--add-ca", nginx.authority, "--ip", "127.0.0.1"]
    subprocess.run([*command, f"{NAME}:{nginx.tls_port}"], stdout=subprocess.DEVNULL)

    found = {one["id"] for one in json.loads(told.read_text()) if one["severity"] not in FINE}
    assert found == set(KNOWN)
