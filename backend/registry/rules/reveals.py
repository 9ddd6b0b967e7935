"""How many telephone numbers one person is shown in a day, and from when on others are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from backend.identity.roles import CADRE, CONTRACTOR, DISTRICT, REPAIRER, TOWNSHIP

# A call takes some four minutes with dialling and notes: who does nothing else all day calls about 120 houses, at one or
# two numbers each. A village has 160 houses on average. So no limit stops somebody's work, and whoever copies a county's
# numbers needs half a year instead of an afternoon. Repairers call the houses they go to.
NUMBERS_A_DAY: Final = {CADRE: 200, TOWNSHIP: 200, DISTRICT: 200, CONTRACTOR: 100, REPAIRER: 60}
FEWEST: Final = min(NUMBERS_A_DAY.values())

# Half the limit, and the limit itself.
_TOLD_AT: Final = (2, 1)


def numbers_a_day(roles: Iterable[str]) -> int:
    """The limit of somebody with these roles: the widest of them."""
    return max((NUMBERS_A_DAY.get(role, FEWEST) for role in roles), default=FEWEST)


def worth_telling(before: int, after: int, limit: int) -> int | None:
    """The mark (half the limit, the limit) that a person reached just now, the higher one; None for none."""
    marks = (limit // part for part in _TOLD_AT)
    return max((mark for mark in marks if before < mark <= after), default=None)
