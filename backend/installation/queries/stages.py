"""Reads of the network's stages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.http import Page, page_of
from backend.installation.models import NetworkStage
from backend.installation.rules.network import NetworkStanding, network_standing
from backend.programme import ProgrammeView, programme_for


@dataclass(frozen=True, slots=True)
class StageView:
    """A dated step of a village's shared work. ``id`` None: the plan knows the step, nobody has dated it yet."""

    id: str | None
    area_code: str
    path: str
    stage: str
    label: str
    owner: str | None
    owner_label: str | None
    planned_on: date | None
    done_on: date | None


def _view(programme: ProgrammeView, row: NetworkStage) -> StageView:
    known = programme.path(row.path).stage(row.stage)
    return StageView(
        row.id,
        row.area_code,
        row.path,
        row.stage,
        known.label if known else row.stage,
        row.owner,
        programme.office(row.owner).label,
        row.planned_on,
        row.done_on,
    )


def stage_with(session: Session, stage_id: str) -> StageView:
    row = session.get_one(NetworkStage, stage_id, populate_existing=True)
    return _view(programme_for(session, row.area_code), row)


def stages_of(session: Session, area_code: str, path: str) -> tuple[StageView, ...]:
    """All stages of a path in the plan's order, dated where somebody has dated them; empty without a network."""
    return stages_in_plan(session, programme_for(session, area_code), area_code, path)


def stages_in_plan(
    session: Session, programme: ProgrammeView, area_code: str, path: str
) -> tuple[StageView, ...]:
    """As ``stages_of`` for who has the plan at hand; where it knows no stage nothing is asked."""
    if not programme.path(path).stages:
        return ()
    rows = session.scalars(
        select(NetworkStage)
        .where(NetworkStage.area_code == area_code, NetworkStage.path == path)
        .execution_options(populate_existing=True)
    )
    dated = {row.stage: _view(programme, row) for row in rows}
    return tuple(
        dated.get(stage.code)
        or StageView(None, area_code, path, stage.code, stage.label, None, None, None, None)
        for stage in programme.path(path).stages
    )


def standing_of_stages(stages: tuple[StageView, ...]) -> NetworkStanding:
    done = {stage.stage: stage.done_on for stage in stages if stage.done_on is not None}
    return network_standing([stage.stage for stage in stages], done)


def network_of(session: Session, area_code: str, path: str) -> NetworkStanding:
    """Where a village's network stands: the next stage, the days of connection and of heat."""
    return standing_of_stages(stages_of(session, area_code, path))


def stages_in(
    session: Session, area_code: str, *, path: str | None = None, after: str, limit: int
) -> Page[StageView]:
    """The dated stages of an area, by id."""
    programme = programme_for(session, area_code)
    query = select(NetworkStage).where(
        NetworkStage.area_code.startswith(area_code, autoescape=True), NetworkStage.id > after
    )
    if path is not None:
        query = query.where(NetworkStage.path == path)
    rows = session.scalars(query.order_by(NetworkStage.id).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: row.id, lambda row: _view(programme, row))
