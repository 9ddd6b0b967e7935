"""Files of the product are for the account that runs it alone. Standard library only: scripts/run.py uses it as well."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
UMASK: Final = OTHERS
_ROOT: Final = Path(__file__).resolve().parent.parent


def keep_to_owner(data_dir: Path) -> str | None:
    """Make files for the owner alone from now on, DATA_DIR among them; what was done about an older one, in words.

    What an older start left readable for others is closed, the folder itself last, so that a broken-off start goes on
    next time. A folder that is not ours, or more than ours, is left as it is and told.
    """
    os.umask(UMASK)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = data_dir.stat()
    if not found.st_mode & OTHERS:
        return None
    mode = stat.filemode(found.st_mode)
    shared = found.st_mode & stat.S_ISVTX or data_dir in (_ROOT, *_ROOT.parents, Path.home())
    if shared or found.st_uid != os.geteuid():
        return (
            f"DATA_DIR: {data_dir} is open to others ({mode}) and not this account's alone, and is left as it is; "
            "give the product a folder of its own"
        )
    closed = _close_below(data_dir)
    data_dir.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
    return f"DATA_DIR: {data_dir} was open to others ({mode}); it and what is in it ({closed} files and folders) are the owner's alone now"


def _close_below(folder: Path) -> int:
    """Take group's and others' rights from all that is ours below ``folder``; follows no link."""
    closed = 0
    for entry in os.scandir(folder):
        if entry.is_symlink():
            continue
        try:
            if entry.is_dir():
                closed += _close_below(Path(entry.path))
            mode = entry.stat(follow_symlinks=False).st_mode
            if mode & OTHERS:
                os.chmod(entry.path, stat.S_IMODE(mode) & ~OTHERS)
                closed += 1
        except (FileNotFoundError, PermissionError):
            continue  # it went meanwhile, or is somebody else's
    return closed


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, also in place of one that others could read."""
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # not for /dev/stdout
            os.fchmod(file.fileno(), 0o600)
        file.write(content)
