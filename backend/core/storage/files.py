"""Where bytes are kept, by key."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from backend.core.errors import Unavailable

log = logging.getLogger("backend.storage")


class Storage(Protocol):
    """Where bytes are kept, by key: a folder here, an object store elsewhere."""

    def put(self, key: str, content: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def remove(self, key: str) -> None: ...


class StorageAway(Unavailable):
    """The disk is full, or the folder cannot be written; nothing was kept."""

    code = "photo.storage_away"
    title = "照片暂时存不下"
    next = "请稍后再发这张照片；要报告的事请先报告，不用等照片。"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, and outlives a power cut once this has returned.

    Raises OSError where the disk is full or the folder cannot be written; nothing of it stays behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    for folder in (path.parent, path.parent.parent):  # the name, too
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


class FolderStorage:
    """Files in a folder. A file appears whole or not at all, and is on the disk before its row is committed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def put(self, key: str, content: bytes) -> None:
        """Keep ``content``; raises StorageAway, and has then kept nothing."""
        path = self._path(key)
        if path.exists():
            return
        try:
            write_whole(path, content)
        except OSError as error:
            log.error("a file could not be stored", exc_info=error)
            raise StorageAway("服务器上存照片的地方满了或暂时不能用，这张照片没有存上。") from error

    def get(self, key: str) -> bytes:
        return self._path(key).read_bytes()

    def remove(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)
