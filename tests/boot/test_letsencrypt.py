"""Certificates as Let's Encrypt gives them, with Debian's pebble in its place."""

import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.boot.load import fleet
from tests.boot.machine import SECONDS, Machine

HOST, TLS = "planner.example", "/etc/planner/tls"
ACME, ROOTS = "localhost:14000", "localhost:15000"
AUTHORITY = {
    "listenAddress": ACME,
    "managementListenAddress": ROOTS,
    "certificate": "/srv/tls/fullchain.pem",
    "privateKey": "/srv/tls/privkey.pem",
    "httpPort": 80,
    "tlsPort": 443,
}
BEFORE = f"""cp -a {TLS} /srv/tls
echo 127.0.0.1 localhost {HOST} >> /etc/hosts
sed -i s/^ALLOWED_HOSTS=.*/ALLOWED_HOSTS=localhost,{HOST}/ /etc/planner/environment
install -D /dev/stdin /root/.config/letsencrypt/cli.ini <<< server=https://{ACME}/dir
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends pebble
install /dev/stdin /srv/pebble.json <<< '{json.dumps({"pebble": AUTHORITY})}'
systemd-run -q --unit=authority -E PEBBLE_VA_NOSLEEP=1 -E PEBBLE_WFE_NONCEREJECT=0 \
    pebble -config /srv/pebble.json
"""
AFTER = f"""systemctl stop authority
rm -r {TLS} && mv /srv/tls {TLS}
sed -i s/^ALLOWED_HOSTS=.*/ALLOWED_HOSTS=localhost/ /etc/planner/environment
"""
TRUSTING = "export REQUESTS_CA_BUNDLE=/srv/tls/authority.pem; "
INSTALL = f"/opt/planner/deploy/install.sh {HOST} --letsencrypt you@example.org"

pytestmark = [pytest.mark.e2e, pytest.mark.nightly, pytest.mark.boot]


@pytest.fixture
def named(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The machine with a name of its own and an authority beside it, both known here."""
    found = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: found("127.0.0.1" if host == HOST else host, *rest, **more),
    )
    machine.shell(BEFORE)
    machine.wait_for("ACME directory available", "--unit=authority")
    with urlopen(f"https://{ROOTS}/roots/0") as answer:
        root = answer.read()
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes((machine.disk / "srv/tls/authority.pem").read_bytes() + root)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    yield machine
    machine.shell(AFTER)
    machine.install()


def shown(host: str = HOST) -> str:
    """Return the certificate that nginx shows."""
    return ssl.get_server_certificate((host, 443))


def test_no_request_fails_while_certificates_come_and_change(named: Machine):
    first = shown("localhost")
    said = named.shell(TRUSTING + INSTALL).splitlines()
    assert said[-1] == "got a certificate from Let's Encrypt"
    assert named.shell(INSTALL).splitlines() == ["Nothing had to be changed."]

    certificates = [first, another_than(first)]
    units = named.claimed(20)
    with fleet(units, f"https://{HOST}/") as seen:
        for _ in range(3):
            before = seen.acknowledged
            named.shell(f"{TRUSTING} certbot renew --force-renewal --no-random-sleep-on-renew")
            certificates.append(another_than(certificates[-1]))
            while seen.acknowledged < before + len(units):
                time.sleep(0.1)

    assert (seen.errors, named.failed()) == ({}, "")
    assert len(set(certificates)) == 5
    assert "certificate: well" in named.tell("/opt/planner/deploy/manage", "doctor").stdout


def another_than(certificate: str) -> str:
    """Wait until nginx shows another certificate, and return it."""
    deadline = time.monotonic() + SECONDS
    while (now := shown()) == certificate:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return now
