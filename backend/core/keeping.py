"""What was promised and could not be done yet, on the disk until it is done: sealed, under a name that sorts by time.

Each is a file of a folder; where the disk takes no file, a slot of the spool.
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from backend.core.spool import Spool
from backend.core.storage import write_whole

log = logging.getLogger("backend.keeping")

_ASIDE: Final = ".aside"


class Keeping:
    """One kind of things that wait; ``folder`` and ``spool`` are shared by the processes of a machine.

    ``first``: these are reports of danger. Two thirds of the spool's slots are for them alone.
    """

    def __init__(self, folder: Path, spool: Spool, *, first: bool = False) -> None:
        self._folder = folder
        self._spool = spool
        self._start = f"{folder.name}/"
        self._rest = not first

    def put(self, rest_of_name: str, sealed: bytes, *, rest: bool = False, share: str = "") -> str:
        """Keep it behind all that wait; the name it waits under. Raises OSError where nothing can be kept.

        ``rest``, ``share``: as the spool has them.
        """
        name = f"{time.time_ns():020d}-{rest_of_name}"
        try:
            write_whole(self._folder / name, sealed)
        except OSError:
            log.exception("the disk takes no file; what comes is kept in the spool")
            self._spool.put(self._start + name, sealed, rest=rest or self._rest, share=share)
        return name

    def names(self) -> list[str]:
        """Of all that wait, in the order in which they came; neither what is half written nor what was set aside."""
        return [name for name in self._all() if not name.endswith(_ASIDE)]

    def _all(self) -> list[str]:
        files = [path.name for path in self._folder.glob("[0-9]*-*")]
        return sorted({*files, *(name.removeprefix(self._start) for name in self._spool.names(self._start))})

    def may_hold_something(self) -> bool:
        """Whether a look is worth while; also where the disk refuses one now."""
        try:
            return bool(self.names())
        except OSError:
            log.exception("what waits cannot be looked at now")
            return True

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError for one that was taken meanwhile."""
        try:
            return (self._folder / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return self._spool.get(self._start + name)

    def remove(self, name: str) -> None:
        """It waits no longer; that it is gone already is no error."""
        (self._folder / name).unlink(missing_ok=True)
        self._spool.remove(self._start + name)

    def set_aside_names(self) -> list[str]:
        """Of all that was set aside, in the order in which they came."""
        return [name.removesuffix(_ASIDE) for name in self._all() if name.endswith(_ASIDE)]

    def get_aside(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return self.get(f"{name}{_ASIDE}")

    def take_back(self, name: str) -> None:
        """What was set aside waits again, in its old place. Raises FileNotFoundError."""
        self._rename(f"{name}{_ASIDE}", name)

    def set_aside(self, name: str) -> None:
        """Leave it on the disk for a person to look at; that it is gone already is no error."""
        aside = f"{name}{_ASIDE}"
        try:
            if not (self._folder / name).exists():
                write_whole(self._folder / aside, self._spool.get(self._start + name))
                self._spool.remove(self._start + name)
                return
        except FileNotFoundError:
            return
        except OSError:
            log.exception("the disk takes no file; what is set aside stays in the spool")
        with suppress(FileNotFoundError):
            self._rename(name, aside)

    def _rename(self, name: str, other: str) -> None:
        try:
            (self._folder / name).rename(self._folder / other)
        except (FileNotFoundError, NotADirectoryError):
            self._spool.rename(self._start + name, self._start + other)
