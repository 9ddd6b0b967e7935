"""What was promised and could not be done yet, on the disk until it is done: sealed, under a name that sorts by time.

Each is a file of a folder; where the disk takes no file, a slot of the spool.
"""

from __future__ import annotations

import logging
import time
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

    def put(self, rest_of_name: str, sealed: bytes) -> str:
        """Keep it behind all that wait; the name it waits under. Raises OSError where nothing can be kept."""
        name = f"{time.time_ns():020d}-{rest_of_name}"
        try:
            write_whole(self._folder / name, sealed)
        except OSError:
            log.exception("the disk takes no file; what comes is kept in the spool")
            self._spool.put(self._start + name, sealed, rest=self._rest)
        return name

    def names(self) -> list[str]:
        """Of all that wait, in the order in which they came; neither what is half written nor what was set aside."""
        files = [path.name for path in self._folder.glob("[0-9]*-*") if path.suffix != _ASIDE]
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
        except FileNotFoundError:
            return self._spool.get(self._start + name)

    def remove(self, name: str) -> None:
        """It waits no longer; that it is gone already is no error."""
        (self._folder / name).unlink(missing_ok=True)
        self._spool.remove(self._start + name)

    def set_aside_names(self) -> list[str]:
        """Of all that was set aside, in the order in which they came."""
        return sorted(path.name.removesuffix(_ASIDE) for path in self._folder.glob(f"[0-9]*-*{_ASIDE}"))

    def get_aside(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return (self._folder / f"{name}{_ASIDE}").read_bytes()

    def take_back(self, name: str) -> None:
        """What was set aside waits again, in its old place. Raises FileNotFoundError."""
        (self._folder / f"{name}{_ASIDE}").rename(self._folder / name)

    def set_aside(self, name: str) -> None:
        """Leave it on the disk for a person to look at."""
        path = self._folder / name
        aside = path.with_name(f"{name}{_ASIDE}")
        if path.exists():
            path.replace(aside)
            return
        try:
            write_whole(aside, self._spool.get(self._start + name))
        except FileNotFoundError:
            return
        self._spool.remove(self._start + name)
