"""`make run`: the server on this machine, with demo data and a simulated device beside it."""

import contextlib
import errno
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
# Browsers make passkeys for a name, never for a bare address.
NAME = "localhost"
FIRST_PORT = 8000
PORTS_TO_TRY = 50
SECONDS_TO_START = 60
SECONDS_BETWEEN_SYNCS = 10
SECONDS_TO_STOP = 10

WELCOME = """
  Planner runs at  {address}

  Log in as        {username}
  Password         {password}

  A simulated device of this person syncs with it every {seconds} seconds.
  To claim another one, open {address}claim/ and type
  Serial number    {spare_serial}
  Code             {spare_code}

  Ctrl-C ends everything.
"""


def main() -> int:
    """Bring everything up, wait until one part ends or somebody asks for the end; 0 if asked."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as children:
        try:
            return _run(children)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            print("\nStopping.", flush=True)
            return 0


def _run(children: contextlib.ExitStack) -> int:
    port = _free_port(int(os.environ.get("PORT", FIRST_PORT)))
    address = f"http://{NAME}:{port}"
    environment = {"DEBUG": "on", "SITE_URL": address} | os.environ | {"PYTHONUNBUFFERED": "1"}
    _manage(environment, "migrate", "--no-input", "--verbosity", "0")
    demo = json.loads(_manage(environment, "demo"))

    server = _start(children, _server_command(port), environment)
    _wait_for_answer(server, port)
    print(WELCOME.format(address=f"{address}/", seconds=SECONDS_BETWEEN_SYNCS, **demo), flush=True)
    device = _start(children, _device_command(f"{address}/", demo), environment)
    watching = {
        name: _start(children, [sys.executable, "manage.py", command, "--watch"], environment)
        for name, command in (("The chores", "chores"), ("The sender of mails", "send_mails"))
    }
    return _wait_for_an_end({"The server": server, "The simulated device": device} | watching)


def _manage(environment: dict[str, str], *arguments: str) -> str:
    """Run manage.py and return what it wrote; its own words about an error are the last ones."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, end="", file=sys.stderr)
        raise SystemExit(done.returncode)
    return done.stdout


def _server_command(port: int) -> list[str]:
    # The process for those who wait can serve everything, so no proxy is needed here.
    options = ["--config", "deploy/gunicorn_live.conf.py", "--bind", f"{HOST}:{port}"]
    return [sys.executable, "-m", "gunicorn", *options, "planner.asgi:application"]


def _device_command(address: str, demo: dict[str, str]) -> list[str]:
    key_file = Path(demo["key_file"])
    options = {
        "--url": address,
        "--serial": demo["serial"],
        "--key-file": key_file,
        "--file": key_file.with_suffix(".sqlite3"),
        "--interval": SECONDS_BETWEEN_SYNCS,
    }
    pairs = [str(part) for pair in options.items() for part in pair]
    # README.md shows how the same device is played by hand, with the key of that file.
    return [sys.executable, "-m", "simulator", "--demo", "--keep-key", *pairs]


def _free_port(first: int) -> int:
    """Return the first port from `first` on that nobody listens at, and say so if it is another."""
    for port in range(first, first + PORTS_TO_TRY):
        if _is_free(HOST, port) and _is_free("::1", port):
            if port != first:
                print(f"Port {first} is taken; {port} it is.")
            return port
    raise SystemExit(f"No free port from {first} on; choose another one with PORT=… make run.")


def _is_free(address: str, port: int) -> bool:
    """Return whether nobody listens there; a browser tries every address that the name has."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with contextlib.closing(socket.socket(family)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        # Not every machine has the newer protocol.
        return error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    return True


def _start(
    children: contextlib.ExitStack, command: list[str], environment: dict[str, str]
) -> subprocess.Popen:
    """Start a child that ends with us. Its session is its own: Ctrl-C reaches it through us."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    children.callback(_end, child)
    return child


def _end(child: subprocess.Popen) -> None:
    child.terminate()
    try:
        child.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _wait_for_answer(server: subprocess.Popen, port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        with contextlib.closing(connection), contextlib.suppress(OSError):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.2)
    raise SystemExit("The server did not start.")


def _wait_for_an_end(children: dict[str, subprocess.Popen]) -> int:
    while True:
        for name, child in children.items():
            if child.poll() is not None:
                print(f"{name} has ended with status {child.returncode}.", flush=True)
                return 1
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
