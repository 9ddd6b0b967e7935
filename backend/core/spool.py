"""Room on the disk that is taken beforehand, for what must be kept when there is no other.

One file of fixed slots, shared by the processes of a machine. Its blocks are the file's from the start, so that a full
disk refuses none of them. A slot holds one record under its name: written in one piece with its checksum and on the disk
before ``put`` returns; one that a power cut tore counts as free. Only sealed bytes belong here.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

log = logging.getLogger("backend.spool")

SLOT_BYTES: Final = 16 * 1024
_HEAD: Final = struct.Struct(">4sI120s32s")  # mark, length, name, checksum of name and content
_MARK: Final = b"KEPT"
_FREE: Final = bytes(_HEAD.size)
CONTENT_MAX: Final = SLOT_BYTES - _HEAD.size


class SpoolFull(OSError):
    """No slot is free, or what was given fits none."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.ENOSPC, why)


class Spool:
    """``megabytes``: its size from the start. Two thirds are for danger alone: ``put(…, rest=True)`` leaves them free."""

    def __init__(self, path: Path, megabytes: int) -> None:
        self._path = path
        self._slots = megabytes * 1024 * 1024 // SLOT_BYTES
        self._mutex = threading.Lock()
        self._handle: int | None = None

    def prepare(self) -> bool:
        """Take the room, at the start of a process; False where there was none, which is tried again when it is needed."""
        try:
            with self._locked() as handle:
                self._take_room(handle)
                return True
        except OSError:
            log.exception("no room for the spool: when the disk is full nothing can be kept")
            return False

    def close(self) -> None:
        with self._mutex:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None

    def put(self, name: str, content: bytes, *, rest: bool = False, share: str = "") -> None:
        """Keep ``content`` under a new name (ASCII, at most 120). Raises SpoolFull, or OSError where the disk is gone.

        ``share``: what names of one origin have in common; they take half of the slots at most.
        """
        label = name.encode("ascii")
        if len(content) > CONTENT_MAX or len(label) > 120:
            raise SpoolFull("it fits no slot")
        head = _HEAD.pack(_MARK, len(content), label, _checksum(label, content))
        with self._locked() as handle:
            slots = self._take_room(handle)
            heads = [self._head(handle, slot) for slot in range(slots)]
            if share and sum(head is not None and share in head[0] for head in heads) >= slots // 2:
                raise SpoolFull("too much of one origin")
            free = [slot for slot, taken in enumerate(heads) if taken is None]
            if not free or (rest and len(free) <= 2 * slots // 3):
                raise SpoolFull("no slot is free")
            self._write(handle, free[0], head + content)

    def names(self, start: str = "") -> list[str]:
        """Of all that is kept and begins with ``start``, sorted."""
        if not self._path.exists():
            return []
        with self._locked() as handle:
            found = (self._head(handle, slot) for slot in range(self._slots))
            return sorted(head[0] for head in found if head is not None and head[0].startswith(start))

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        if self._path.exists():
            with self._locked() as handle:
                for slot in self._where(handle, name):
                    return self._content(handle, slot)
        raise FileNotFoundError(name)

    def remove(self, name: str) -> None:
        """That it is gone already is no error."""
        if self._path.exists():
            with self._locked() as handle:
                for slot in self._where(handle, name):
                    self._write(handle, slot, _FREE)

    def rename(self, name: str, other: str) -> None:
        """Keep it under another name, in its slot. Raises FileNotFoundError."""
        with self._locked() as handle:
            for slot in self._where(handle, name):
                content, label = self._content(handle, slot), other.encode("ascii")
                head = _HEAD.pack(_MARK, len(content), label, _checksum(label, content))
                self._write(handle, slot, head)
                return
        raise FileNotFoundError(name)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The open file, which nobody else touches meanwhile: neither another thread nor another process."""
        with self._mutex:
            if self._handle is None:
                self._handle = self._opened()
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            try:
                yield self._handle
            finally:
                fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _opened(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _take_room(self, handle: int) -> int:
        """Take all that is not the file's yet, under the lock; how many slots it has. Raises OSError where there is none.

        Whoever only looks needs no room: a file without any holds nothing.
        """
        had, size = os.fstat(handle).st_size, self._slots * SLOT_BYTES
        if had < size:
            try:
                os.posix_fallocate(handle, 0, size)
                os.fsync(handle)
            except OSError:
                os.ftruncate(handle, had)  # what was promised in part is given back
                if had < SLOT_BYTES:
                    raise
                log.exception("no room for a larger spool")
        return min(os.fstat(handle).st_size, size) // SLOT_BYTES

    def _where(self, handle: int, name: str) -> list[int]:
        heads = ((slot, self._head(handle, slot)) for slot in range(self._slots))
        return [slot for slot, head in heads if head is not None and head[0] == name]

    def _head(self, handle: int, slot: int) -> tuple[str, int] | None:
        """Name and length of what a slot holds; None for a free one."""
        raw = os.pread(handle, _HEAD.size, slot * SLOT_BYTES)
        if len(raw) < _HEAD.size or raw[:4] != _MARK:
            return None
        _, length, label, checksum = _HEAD.unpack(raw)
        label = label.rstrip(b"\0")
        if _checksum(label, os.pread(handle, length, slot * SLOT_BYTES + _HEAD.size)) != checksum:
            return None
        return label.decode("ascii"), length

    def _content(self, handle: int, slot: int) -> bytes:
        head = self._head(handle, slot)
        assert head is not None
        return os.pread(handle, head[1], slot * SLOT_BYTES + _HEAD.size)

    def _write(self, handle: int, slot: int, record: bytes) -> None:
        written = os.pwrite(handle, record, slot * SLOT_BYTES)
        if written != len(record):
            raise OSError(errno.ENOSPC, "a slot was not written whole")
        os.fdatasync(handle)


def _checksum(label: bytes, content: bytes) -> bytes:
    return hashlib.sha256(label + b"\0" + content).digest()
