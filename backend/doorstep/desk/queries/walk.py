"""A village as one walks it, for a phone that will lose its signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.doorstep.desk.errors import NotAVillage
from backend.doorstep.desk.queries.areas import DeskArea, chosen_area
from backend.identity import Actor
from backend.registry import WalkStop, walk_through

LONGEST_WALK: Final = 600
_VILLAGE: Final = "village"


@dataclass(frozen=True, slots=True)
class Walk:
    """A village in walking order; ``left_out`` houses are beyond what one answer carries."""

    area: DeskArea
    items: tuple[WalkStop, ...]
    left_out: int


def walk_of(session: Session, actor: Actor, *, area_code: str | None) -> Walk:
    """All houses of a village by address; raises NotFound, AreaUnchosen, NotAVillage."""
    area = chosen_area(session, actor, area_code)
    if area.level != _VILLAGE:
        raise NotAVillage(f"{area.name}不是一个村。")
    stops = walk_through(session, area.code)
    return Walk(area, stops[:LONGEST_WALK], max(0, len(stops) - LONGEST_WALK))
