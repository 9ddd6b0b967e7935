"""The hotline's number as it was known last, for whoever must be told it while the database is away."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

from backend.core.storage import write_whole

log = logging.getLogger("backend.programme")

_NUMBER: Final = re.compile(r"[0-9 -]{3,20}")


class KnownHotline:
    """Known to this process from what it told people, and through ``file`` to those that start without a database."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number: str | None = None

    def remember(self, number: str) -> None:
        if number == self._number:
            return
        self._number = number
        try:
            write_whole(self._file, number.encode())
        except OSError:
            log.warning("the hotline's number could not be kept in a file", exc_info=True)

    @property
    def number(self) -> str:
        """Empty where it is not known."""
        if self._number is None:
            try:
                found = self._file.read_text("utf-8")
            except (OSError, UnicodeDecodeError):
                return ""
            self._number = found if _NUMBER.fullmatch(found) else None
        return self._number or ""
