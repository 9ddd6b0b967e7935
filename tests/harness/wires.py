"""What a killed process had written stays in its connections for a while; a judge waits until all of it was read."""

from __future__ import annotations

import threading

import psutil


def wait_until_read(port: int, seconds: float = 30.0) -> None:
    """Return when the server at ``port`` of this machine has read to its end all that processes now dead had written.

    Also what lies in connections that it has not accepted yet: they belong to no process, so that all are looked at
    where that needs no rights.
    """
    connections = psutil.net_connections if psutil.LINUX else psutil.Process().net_connections
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        # The other end is closed, this one is not: there may be something left to read.
        if not any(
            each.laddr and each.laddr.port == port and each.status == psutil.CONN_CLOSE_WAIT
            for each in connections("tcp")
        ):
            return
        pause.wait(0.01)
    raise AssertionError(f"connections of a dead process still open after {seconds:g} s")
