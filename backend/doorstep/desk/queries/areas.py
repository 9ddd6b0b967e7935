"""Whose desk it is: the areas that a caller may look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from backend.core.errors import NotFound
from backend.doorstep.desk.errors import AreaUnchosen
from backend.identity import Actor
from backend.programme import AreaView, areas_with

ACT: Final = "desk.see"


@dataclass(frozen=True, slots=True)
class DeskArea:
    code: str
    name: str
    level: str


def _shown(area: AreaView) -> DeskArea:
    return DeskArea(area.code, area.name, area.level)


def own_areas(session: Session, actor: Actor) -> tuple[DeskArea, ...]:
    """The areas that a caller holds a role for; one that lies in another of them is not named again."""
    held = actor.reach(ACT).areas
    widest = [code for code in held if not any(code != each and code.startswith(each) for each in held)]
    return tuple(_shown(area) for area in areas_with(session, widest))


def area_within(session: Session, actor: Actor, area_code: str) -> DeskArea:
    """An area within the caller's reach; raises NotFound."""
    found = areas_with(session, [area_code]) if actor.reach(ACT).covers_area(area_code) else ()
    if not found:
        raise NotFound("没有找到这个地区，或不在您的辖区内。")
    return _shown(found[0])


def chosen_area(session: Session, actor: Actor, area_code: str | None) -> DeskArea:
    """The area asked for, or the caller's only one; raises NotFound, AreaUnchosen."""
    if area_code is not None:
        return area_within(session, actor, area_code)
    own = own_areas(session, actor)
    if len(own) != 1:
        raise AreaUnchosen("您负责几个地区，请先选择其中一个。" if own else "没有您负责的地区。")
    return own[0]
