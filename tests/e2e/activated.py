"""Run a command as a service of systemd is run: `python -m tests.e2e.activated SOCKET COMMAND…`.

It gets a listening socket as its third file (sd_listen_fds(3)) and can neither write what it runs
nor run what it wrote (`MemoryDenyWriteExecute`), where the kernel knows of that (Linux 6.3).
"""

import ctypes
import os
import sys

PR_SET_MDWE = 65
PR_MDWE_REFUSE_EXEC_GAIN = 1
FIRST = 3


def main(listener: str, *command: str) -> None:
    """Become the command."""
    os.dup2(int(listener), FIRST)
    os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    ctypes.CDLL(None).prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
    os.execv(command[0], command)  # noqa: S606 - the test's own command


if __name__ == "__main__":
    main(*sys.argv[1:])
