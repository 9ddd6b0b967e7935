"""Nothing in a test run, nor in the product while it is tested, connects beyond this machine."""

from __future__ import annotations

import ipaddress
import sys


class ConnectionBeyondThisMachine(RuntimeError):
    """Something tried to reach another machine."""


def _is_local(host: str) -> bool:
    if host in ("localhost", ""):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a path is a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    if not _is_local(name):
        raise ConnectionBeyondThisMachine(f"{event} to {name}")


def only_loopback() -> None:
    """From here on, for good, this process connects to loopback addresses and Unix sockets only."""
    sys.addaudithook(_judge)
