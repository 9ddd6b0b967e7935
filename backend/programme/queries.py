"""Which plan holds where, and what an area is called."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.programme.areas import DISTRICT, TOWNSHIP, VILLAGE
from backend.programme.document import read_stored
from backend.programme.errors import NoProgramme
from backend.programme.models import Area, Programme
from backend.programme.plan import ProgrammeView

# Plans by content hash. What a hash stands for never changes, so an entry cannot be stale, only unused.
_read: dict[str, ProgrammeView] = {}
_MOST_READ = 64


@dataclass(frozen=True, slots=True)
class AreaView:
    """An area; ``path`` and ``households`` are what the plan means for a village, None elsewhere."""

    code: str
    parent_code: str | None
    level: str
    name: str
    path: str | None
    households: int | None
    plan_id: str

    @property
    def district_code(self) -> str:
        return self.code[:6]

    @property
    def township_code(self) -> str | None:
        return self.code[:9] if len(self.code) >= 9 else None


@dataclass(frozen=True, slots=True)
class Places:
    """A district's places by name, for whoever reads lists: townships by name, villages by (township, village)."""

    townships: Mapping[str, AreaView]
    villages: Mapping[tuple[str, str], AreaView]


def _view(area: Area) -> AreaView:
    return AreaView(
        area.code, area.parent_code, area.level, area.name, area.path, area.households, area.plan_id
    )


def _programme(session: Session, row_id: str, content_hash: str) -> ProgrammeView:
    known = _read.get(content_hash)
    if known is None:
        document = session.scalars(select(Programme.document).where(Programme.id == row_id)).one()
        known = read_stored(document)
        if len(_read) >= _MOST_READ:
            _read.clear()
        _read[content_hash] = known
    return known


def programme_for(session: Session, area_code: str, on: date | None = None) -> ProgrammeView:
    """The plan in force where ``area_code`` lies: of the latest year, or of the latest that had begun ``on`` a day.

    Raises NoProgramme where no plan covers the area (or none had begun).
    """
    containing = [area_code[:length] for length in range(2, len(area_code) + 1)]
    rows = session.execute(
        select(Programme.id, Programme.year, Programme.content_hash)
        .where(Programme.area_code.in_(containing))
        .order_by(Programme.year.desc(), Programme.version.desc())
    )
    years: set[int] = set()
    for row_id, year, content_hash in rows.all():
        if year in years:
            continue
        years.add(year)
        plan = _programme(session, row_id, content_hash)
        if on is None or plan.first_day <= on:
            return plan
    raise NoProgramme(f"行政区划 {area_code} 还没有载入方案。")


def programmes(session: Session) -> tuple[ProgrammeView, ...]:
    """The plans in force, one for each county, in the order of their area codes."""
    codes = session.scalars(select(Programme.area_code).distinct().order_by(Programme.area_code))
    return tuple(programme_for(session, code) for code in codes.all())


def the_programme(session: Session) -> ProgrammeView:
    """The plan of the only county, or of the first: for pages that nobody's area chooses. NoProgramme without any."""
    code = session.scalar(select(Programme.area_code).order_by(Programme.area_code).limit(1))
    if code is None:
        raise NoProgramme("还没有载入任何方案。")
    return programme_for(session, code)


def area(session: Session, code: str) -> AreaView | None:
    found = session.get(Area, code)
    return None if found is None else _view(found)


def areas_under(session: Session, prefix: str, level: str | None = None) -> tuple[AreaView, ...]:
    """All areas whose code begins with ``prefix`` (the area itself included), by code; of one level where given."""
    wanted = select(Area).where(Area.code.startswith(prefix, autoescape=True)).order_by(Area.code)
    if level is not None:
        wanted = wanted.where(Area.level == level)
    return tuple(_view(found) for found in session.scalars(wanted))


def area_named(session: Session, parent_code: str | None, name: str) -> AreaView | None:
    """The area of exactly this name directly under ``parent_code`` (None: a district)."""
    found = session.scalars(select(Area).where(Area.parent_code == parent_code, Area.name == name)).first()
    return None if found is None else _view(found)


def village_named(session: Session, district_code: str, township: str, village: str) -> AreaView | None:
    """The village of exactly these names; variants of spelling are the importer's affair."""
    above = area_named(session, district_code, township)
    return None if above is None else area_named(session, above.code, village)


def places_of(session: Session, district_code: str) -> Places:
    """All townships and villages of a district by name, in two queries' worth of rows: what an import needs."""
    found = areas_under(session, district_code)
    townships = {place.code: place for place in found if place.level == TOWNSHIP}
    return Places(
        townships=MappingProxyType({place.name: place for place in townships.values()}),
        villages=MappingProxyType(
            {(townships[place.code[:9]].name, place.name): place for place in found if place.level == VILLAGE}
        ),
    )


def area_label(session: Session, code: str) -> str:
    """An area's name as people say it: township and village together; the empty string for a code that is none."""
    codes = [code[:length] for length in (9, 12) if len(code) >= length] or [code]
    names = session.scalars(select(Area.name).where(Area.code.in_(codes)).order_by(Area.code))
    return "".join(names)


def area_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Names by code, in one statement; a code that is none drops out."""
    rows = session.execute(select(Area.code, Area.name).where(Area.code.in_(codes)))
    return {row.code: row.name for row in rows}


def areas_with(session: Session, codes: Collection[str]) -> tuple[AreaView, ...]:
    """The areas of these codes, by code."""
    wanted = select(Area).where(Area.code.in_(codes)).order_by(Area.code)
    return tuple(_view(found) for found in session.scalars(wanted))


def areas_below(session: Session, code: str) -> tuple[AreaView, ...]:
    """The areas directly below one, by code."""
    wanted = select(Area).where(Area.parent_code == code).order_by(Area.code)
    return tuple(_view(found) for found in session.scalars(wanted))


def areas_page(session: Session, parent_code: str | None, after: str, limit: int) -> Page[AreaView]:
    """The areas directly under ``parent_code`` (None: the districts), by code, after a cursor's code."""
    wanted = select(Area).where(Area.code > after).order_by(Area.code).limit(limit + 1)
    if parent_code is None:
        wanted = wanted.where(Area.level == DISTRICT)
    else:
        wanted = wanted.where(Area.parent_code == parent_code)
    return page_of(session.scalars(wanted).all(), limit, lambda found: found.code, _view)
