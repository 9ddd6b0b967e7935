"""Who stands behind a report, when is it one of a flood, and how much of a crowd at one house is kept? Pure.

Everybody's report of danger is taken and told (4.1.1.5, 8.3). Who stands behind it decides what is told again, and what is
seen to first where somebody floods an office with danger that is none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

NOBODY: Final = 0
NUMBER: Final = 1
PERSON: Final = 2
HOUSEHOLD: Final = 3
CODES: Final = ("nobody", "number", "person", "household")
LABELS: Final = ("路人匿名报告", "路人报告，留了回电号码", "路人报告，已用微信登录", "住户、代办人或干部报告")
"""By level: each stands better than the one before."""

KEPT_AN_HOUR: Final = 20
"""Reports of one fault and level that are kept whole within an hour; further ones are counted."""

FLOOD_WITHIN: Final = timedelta(minutes=10)
FLOOD_OF_ONE: Final = 10
"""Houses that passers-by of one network, or one passer-by who is signed in, report in danger within that time."""
FLOOD_OF_ALL: Final = 20
"""Houses of one district that passers-by report in danger within that time, from wherever."""


def vouched(passer_by: bool, signed_in: bool, leaves_number: bool) -> int:
    """The level of one report."""
    if not passer_by:
        return HOUSEHOLD
    if signed_in:
        return PERSON
    return NUMBER if leaves_number else NOBODY


def shown_as_flood(flooded: bool, level: int) -> bool:
    """What the household or an officer stands behind is no flood, whoever else reported it."""
    return flooded and level < HOUSEHOLD
