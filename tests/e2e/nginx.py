"""nginx with the project's files, on free ports of the loopback."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import ExitStack, closing
from pathlib import Path

from tests.e2e.servers import HOST, ROOT

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
NAME = "localhost"
SECONDS_TO_START = 10
LONG = 25
PATIENCE = 300
"""Seconds for what takes as long as the machine is busy."""
MAIN = """
daemon off;
{user}
pid nginx.pid;
error_log error.log;
events {{ }}
http {{
    types {{ text/css css; text/javascript js; image/svg+xml svg; }}
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include planner.conf;
}}
"""


class Nginx:
    """nginx in front of `upstreams`: the address of each of sync, pages and live.

    It answers as localhost at `tls_port`, in clear at `clear_port`, and at `port` in clear as if
    it were TLS, for clients that trust no certificate of ours.
    """

    def __init__(self, folder: Path, upstreams: dict[str, str], static: Path | None = None) -> None:
        self.folder = folder
        self.port, self.tls_port, self.clear_port, self.metrics_port = _free_ports(4)
        self.url = f"http://{HOST}:{self.port}/"
        shutil.copytree(ROOT / "nginx", folder, dirs_exist_ok=True)
        tls = folder / "tls"
        subprocess.run([ROOT / "deploy" / "certificate.sh", tls, NAME], check=True)
        self.authority = tls / "authority.pem"
        self._settle(upstreams, static or folder / "static", tls)
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(MAIN.format(user=user))
        self.command = [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]

    def _settle(self, upstreams: dict[str, str], static: Path, tls: Path) -> None:
        """Put what is here in place of what an installation has."""
        places = {
            "planner.example": NAME,
            "listen 80 default": f"listen {HOST}:{self.clear_port} default",
            "listen 443 ssl http2 default": f"listen {HOST}:{self.tls_port} ssl http2 default",
            "listen 80;": f"listen {HOST}:{self.clear_port};",
            "listen 443 ssl http2;": f"listen {HOST}:{self.tls_port} ssl http2; "
            f"listen {HOST}:{self.port};",
            "127.0.0.1:9199": f"{HOST}:{self.metrics_port}",
            "/etc/planner/tls": str(tls),
            "proxy_read_timeout 30s": f"proxy_read_timeout {PATIENCE}s",
            "/var/lib/planner/static": str(static),
            "/var/www/letsencrypt": str(self.folder / "letsencrypt"),
            "/var/log/nginx/": f"{self.folder}/",
        }
        places |= {f"unix:/run/planner/{one}.sock": where for one, where in upstreams.items()}
        files = [self.folder / "planner.conf", *(self.folder / "planner").iterdir()]
        texts = {file: file.read_text() for file in files}
        for place, here in places.items():
            assert any(place in text for text in texts.values())
            texts = {file: text.replace(place, here) for file, text in texts.items()}
        for file, text in texts.items():
            file.write_text(re.sub(r" *listen \[::\].*\n", "", text))

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError((self.folder / "error.log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple:
        """Return the answer's status, headers and body."""
        return self.over(http.client.HTTPConnection(HOST, self.port), method, path, body, headers)

    def ask_in_clear(self, method: str, path: str, **headers: str) -> tuple:
        """The same where only the way to TLS is shown."""
        connection = http.client.HTTPConnection(HOST, self.clear_port)
        return self.over(connection, method, path, None, {"Host": NAME} | headers)

    def ask_by_tls(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple:
        """The same over TLS."""
        context = ssl.create_default_context(cafile=self.authority)
        connection = http.client.HTTPSConnection(NAME, self.tls_port, context=context)
        return self.over(connection, method, path, body, headers)

    @staticmethod
    def over(
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: bytes | None,
        headers: dict[str, str],
    ) -> tuple:
        """Ask over this connection and close it."""
        connection.timeout = PATIENCE
        with closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]
