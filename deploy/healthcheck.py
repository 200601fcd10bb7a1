"""Is a service alive? `python deploy/healthcheck.py SOCKET` asks at its socket; 0 if it answers."""

import http.client
import os
import socket
import sys

SECONDS = 5


class Connection(http.client.HTTPConnection):
    """HTTP over a socket that is a file."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(SECONDS)
        self.sock.connect(self.host)


def main(path: str) -> int:
    """Return 0 if `/healthz` is answered as it should be, else 1."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0]
    connection = Connection(path)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return int(connection.getresponse().status != http.HTTPStatus.OK)
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
