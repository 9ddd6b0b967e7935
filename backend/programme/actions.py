"""Loading a plan and its areas. What contradicts itself is refused whole; what is already there changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import insert_ignoring, insert_many_ignoring, new_id
from backend.programme.areas import (
    DISTRICT,
    AreaPreview,
    AreaRow,
    ListedVillage,
    area_contradictions,
    areas_from_list,
    read_area_file,
)
from backend.programme.document import read_programme
from backend.programme.errors import AreasContradictory, LoadedMeanwhile, ProgrammeContradictory
from backend.programme.located import Contradiction
from backend.programme.models import Area, Programme
from backend.programme.plan import ProgrammeView
from backend.programme.queries import programme_for

FROM_FILE = "file"
FROM_LIST = "list"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading a plan did; ``changed`` is False where this content was in force already."""

    id: str
    plan_id: str
    area_code: str
    year: int
    version: int
    changed: bool
    content_hash: str


@dataclass(frozen=True, slots=True)
class AreasReport:
    """What loading areas did. ``differences`` (by a list only) are the places where it does not add up to the plan."""

    added: int
    updated: int
    townships: int
    villages: int
    households: Mapping[str, int]
    differences: tuple[Contradiction, ...] = ()

    @property
    def changed(self) -> bool:
        return self.added + self.updated > 0


def load_programme(session: Session, raw: bytes, by: str | None) -> LoadReport:
    """Load a programme file (YAML); a different content becomes the version in force.

    Raises ProgrammeContradictory with every contradiction and its place, LoadedMeanwhile if somebody was faster.
    """
    read = read_programme(raw)
    plan = read.plan
    if plan is None:
        raise ProgrammeContradictory(read.contradictions)
    latest = session.execute(
        select(Programme.id, Programme.version, Programme.content_hash)
        .where(Programme.area_code == plan.area_code, Programme.year == plan.year)
        .order_by(Programme.version.desc())
        .limit(1)
    ).first()
    if latest is not None and latest.content_hash == plan.content_hash:
        return _report(plan, latest.id, latest.version, changed=False)
    row_id, version = new_id(), 1 if latest is None else latest.version + 1
    inserted = insert_ignoring(
        session,
        Programme,
        {
            "id": row_id,
            "plan_id": plan.id,
            "area_code": plan.area_code,
            "year": plan.year,
            "version": version,
            "content_hash": plan.content_hash,
            "document": read.document,
            "loaded_at": clock.now(),
            "loaded_by": by,
        },
        ["area_code", "year", "version"],
    )
    if not inserted:
        raise LoadedMeanwhile(f"{plan.title}的第{version}版刚由别人载入。")
    audit.record(
        session,
        by,
        "programme.loaded",
        ("programme", row_id),
        {"plan_id": plan.id, "version": version, "content_hash": plan.content_hash},
        area=plan.area_code,
    )
    return _report(plan, row_id, version, changed=True)


def _report(plan: ProgrammeView, row_id: str, version: int, *, changed: bool) -> LoadReport:
    return LoadReport(row_id, plan.id, plan.area_code, plan.year, version, changed, plan.content_hash)


def load_areas(session: Session, raw: bytes, by: str | None) -> AreasReport:
    """Load the area file (CSV) of a plan that was loaded before; it must add up to the plan (3, 4.1.1).

    Raises AreasContradictory with everything that does not fit, NoProgramme where no plan covers its district.
    """
    rows, found = read_area_file(raw)
    if found or not rows:
        raise AreasContradictory(found)
    district = next((row.code for row in rows if row.level == DISTRICT), rows[0].code)
    plan = _plan_to_itself(session, district)
    found = (*area_contradictions(rows, plan), *_against_standing(rows, _standing(session, plan)))
    if found:
        raise AreasContradictory(found)
    added, updated = _store(session, plan, rows, FROM_FILE)
    sums = {path.code: path.households for path in plan.paths}
    report = AreasReport(added, updated, plan.township_count, plan.villages, sums)
    _record_areas(session, plan, report, FROM_FILE, by)
    return report


def preview_areas_from_list(
    session: Session, listed: Iterable[ListedVillage], district_code: str
) -> AreaPreview:
    """What ``load_areas_from_list`` would add; nothing is changed."""
    return areas_from_list(listed, district_code, _standing(session, programme_for(session, district_code)))


def load_areas_from_list(
    session: Session, listed: Iterable[ListedVillage], district_code: str, by: str | None
) -> AreasReport:
    """Add the townships and villages that a list of households names and that are not there yet.

    What stands is left as it is. Raises NoProgramme where no plan covers the district, AreasContradictory for paths
    that the plan does not have.
    """
    plan = _plan_to_itself(session, district_code)
    standing = _standing(session, plan)
    preview = areas_from_list(listed, plan.area_code, standing)
    unknown = [path for path in preview.households if path not in plan.path_codes]
    if unknown:
        raise AreasContradictory(Contradiction("path", None, f"方案里没有：{path}") for path in unknown)
    rows = preview.added
    if not any(row.level == DISTRICT for row in standing):
        rows = (AreaRow(plan.area_code, DISTRICT, plan.county), *rows)
    added, updated = _store(session, plan, rows, FROM_LIST)
    differences = area_contradictions(_standing(session, plan), plan)
    report = AreasReport(added, updated, preview.townships, preview.villages, preview.households, differences)
    _record_areas(session, plan, report, FROM_LIST, by)
    return report


def _plan_to_itself(session: Session, district_code: str) -> ProgrammeView:
    """The plan, with all other loaders of its areas kept waiting: two would give one code to two villages."""
    plan = programme_for(session, district_code)
    session.execute(
        select(Programme.id)
        .where(Programme.area_code == plan.area_code, Programme.version == 1)
        .order_by(Programme.year)
        .with_for_update()
    ).all()
    return plan


def _standing(session: Session, plan: ProgrammeView) -> tuple[AreaRow, ...]:
    stored = session.execute(
        select(Area.code, Area.level, Area.name, Area.path, Area.households)
        .where(Area.code.startswith(plan.area_code, autoescape=True))
        .order_by(Area.code)
    )
    return tuple(AreaRow(*row) for row in stored.all())


def _against_standing(rows: Iterable[AreaRow], standing: Iterable[AreaRow]) -> Iterable[Contradiction]:
    """A code never changes its meaning: households hang on it."""
    by_code, by_name = {}, {}
    for row in standing:
        by_code[row.code] = row.name
        by_name[row.parent_code, row.name] = row.code
    for row in rows:
        if by_code.get(row.code, row.name) != row.name:
            yield Contradiction(
                "code", row.line, f"代码{row.code}已是{by_code[row.code]}，不能改作{row.name}"
            )
        elif by_name.get((row.parent_code, row.name), row.code) != row.code:
            known = by_name[row.parent_code, row.name]
            yield Contradiction("code", row.line, f"{row.name}已有代码{known}，不能改为{row.code}")


def _store(session: Session, plan: ProgrammeView, rows: Iterable[AreaRow], source: str) -> tuple[int, int]:
    """Insert what is new, bring what the plan means for a standing village up to date; (added, updated)."""
    rows = tuple(rows)
    stored = {
        area.code: area
        for area in session.scalars(select(Area).where(Area.code.startswith(plan.area_code, autoescape=True)))
    }
    updated = 0
    for row in rows:
        known = stored.get(row.code)
        meant = (row.path, row.households, plan.id, source)
        if known is not None and (known.path, known.households, known.plan_id, known.source) != meant:
            known.path, known.households, known.plan_id, known.source = meant
            updated += 1
    new = sorted((row for row in rows if row.code not in stored), key=lambda row: len(row.code))
    inserted = 0
    for start in range(0, len(new), 500):
        inserted += insert_many_ignoring(
            session, Area, [_values(row, plan, source) for row in new[start : start + 500]], ["code"]
        )
    if inserted != len(new):
        raise LoadedMeanwhile("部分行政区划刚由别人载入。")
    return len(new), updated


def _values(row: AreaRow, plan: ProgrammeView, source: str) -> dict[str, Any]:
    return {
        "code": row.code,
        "parent_code": row.parent_code,
        "level": row.level,
        "name": row.name,
        "path": row.path,
        "households": row.households,
        "plan_id": plan.id,
        "source": source,
    }


def _record_areas(
    session: Session, plan: ProgrammeView, report: AreasReport, source: str, by: str | None
) -> None:
    if not report.changed:
        return
    audit.record(
        session,
        by,
        "programme.areas_loaded",
        ("area", plan.area_code),
        {"plan_id": plan.id, "source": source, "added": report.added, "updated": report.updated},
        area=plan.area_code,
    )
