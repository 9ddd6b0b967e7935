"""What a list may leave out for the village to complete, and which of an entry's flags that answers (8.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

_ANSWERED: Final[Mapping[str, tuple[str, ...]]] = {
    "id_number": ("id.", "head.minor"),
    "phone": ("phone.",),
    "people": ("people.",),
    "floor_area_m2": ("area.",),
}
COMPLETED_LATER: Final = tuple(_ANSWERED)
"""Fields in which the village's word stands where a newer list has nothing."""


def flags_without(flags: Iterable[str], *fields: str) -> list[str]:
    """The flags that stay once these fields have been completed."""
    answered = tuple(start for name in fields for start in _ANSWERED.get(name, ()))
    return sorted(flag for flag in flags if not (answered and flag.startswith(answered)))
