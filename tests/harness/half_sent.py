"""Somebody who opens connections, sends half of something and waits: a bad signal, or a bad person."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EIGHT_MEGABYTES = 8 * 1024 * 1024
_FORM = b"Content-Type: multipart/form-data; boundary=part\r\nIdempotency-Key: half-sent-photo\r\n"
_FIRST_BYTES = b'--part\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'


def photo(_number: int) -> bytes:
    """The head of a photo of 8 MB, and its first bytes."""
    length = b"Content-Length: %d\r\n" % EIGHT_MEGABYTES
    return b"POST /api/photos HTTP/1.1\r\nHost: here\r\n" + _FORM + length + b"\r\n" + _FIRST_BYTES


def photo_in_pieces(_number: int) -> bytes:
    """The same without its length."""
    piece = b"%x\r\n%s\r\n" % (len(_FIRST_BYTES), _FIRST_BYTES)
    return (
        b"POST /api/photos HTTP/1.1\r\nHost: here\r\n" + _FORM + b"Transfer-Encoding: chunked\r\n\r\n" + piece
    )


def photo_either_way(number: int) -> bytes:
    return photo_in_pieces(number) if number % 2 else photo(number)


def head(_number: int) -> bytes:
    """Half of a request's head."""
    return b"POST /api/photos HTTP/1.1\r\nHost: here\r\nContent-"


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def _literal(name: bytes, value: bytes) -> bytes:
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def over_http2(_number: int) -> bytes:
    """A photo over HTTP/2 without TLS, by prior knowledge: its head, and the first bytes of its body."""
    fields = {
        b":method": b"POST",
        b":scheme": b"http",
        b":path": b"/api/photos",
        b":authority": b"here",
        b"content-type": b"multipart/form-data; boundary=part",
        b"content-length": b"%d" % EIGHT_MEGABYTES,
        b"idempotency-key": b"half-sent-photo",
    }
    headers = b"".join(_literal(name, value) for name, value in fields.items())
    return (
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + _frame(4, 0, 0, b"")  # settings
        + _frame(1, 4, 1, headers)  # the whole head
        + _frame(0, 0, 1, _FIRST_BYTES)  # of the body, the stream stays open
    )


@contextmanager
def half_sent(port: int, count: int, sends: Callable[[int], bytes]) -> Iterator[list[socket.socket]]:
    """So many connections to this machine's ``port``, each having sent its half; closed at the end."""
    lines = []
    try:
        for number in range(count):
            line = socket.create_connection(("127.0.0.1", port), timeout=30)
            lines.append(line)
            line.sendall(sends(number))
        yield lines
    finally:
        for line in lines:
            line.close()


def still_open(line: socket.socket) -> bool:
    """Whether the server has neither answered nor closed."""
    line.setblocking(False)
    try:
        line.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        line.settimeout(30)
    return False


def all_that_comes(line: socket.socket, seconds: float = 30.0) -> bytes:
    """What the server sends until it closes."""
    got, until = b"", time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        line.settimeout(left)
        try:
            piece = line.recv(65536)
        except OSError:
            break
        if not piece:
            break
        got += piece
    return got
