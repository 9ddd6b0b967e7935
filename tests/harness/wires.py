"""What a killed process had written stays in its connections for a while; a judge waits until all of it was read."""

from __future__ import annotations

import threading

import psutil

_OPEN = (psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT)


def wires_of(process_id: int, port: int) -> set[int]:
    """The ports of a process's own ends of its connections to ``port``; ask before it is killed."""
    connections = psutil.Process(process_id).net_connections("tcp")
    return {each.laddr.port for each in connections if each.raddr and each.raddr.port == port}


def wait_until_read(port: int, wires: set[int], seconds: float = 30.0) -> None:
    """Return when the server at ``port``, which runs in this process, has read those connections to their end."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        still = psutil.Process().net_connections("tcp")
        if not any(
            each.status in _OPEN and each.laddr.port == port and each.raddr and each.raddr.port in wires
            for each in still
        ):
            return
        pause.wait(0.01)
    raise AssertionError(f"connections of a dead process still open after {seconds:g} s")
