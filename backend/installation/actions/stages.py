"""Plan the stages of a village's network, and mark them done in their order."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.law import day_in_words
from backend.identity import Actor
from backend.installation.errors import (
    OwnerUnknown,
    StageAhead,
    StageDone,
    StageOrder,
    StageUnknown,
    UnknownVillage,
)
from backend.installation.models import NetworkStage
from backend.installation.queries import StageView, stage_with, stages_of
from backend.installation.rules.network import may_be_done
from backend.programme import area, programme_for


def plan_stage(
    session: Session, actor: Actor, *, area_code: str, path: str, stage: str, owner: str, planned_on: date
) -> StageView:
    """Give a stage its owner (an office of the plan) and day, or change them while it is not done.

    Raises UnknownVillage, StageUnknown, OwnerUnknown, StageDone.
    """
    village = area(session, area_code)
    if village is None or village.level != "village":
        raise UnknownVillage(f"行政区划 {area_code} 不是方案里的村（片区）。")
    programme = programme_for(session, area_code)
    if path not in programme.path_codes or programme.path(path).stage(stage) is None:
        raise StageUnknown("这条改造路径没有这个阶段。", errors={"stage": ["请从该路径的阶段中选择。"]})
    if owner not in {office.code for office in programme.offices}:
        raise OwnerUnknown("方案里没有这个单位。", errors={"owner": ["请从方案的单位中选择。"]})
    values = {
        "id": new_id(),
        "area_code": area_code,
        "path": path,
        "stage": stage,
        "owner": owner,
        "planned_on": planned_on,
        "planned_by": actor.person_id,
        "planned_at": clock.now(),
    }
    if not insert_ignoring(session, NetworkStage, values, ["area_code", "path", "stage"]):
        changed = affected(
            session,
            update(NetworkStage)
            .where(
                NetworkStage.area_code == area_code,
                NetworkStage.path == path,
                NetworkStage.stage == stage,
                NetworkStage.done_on.is_(None),
            )
            .values(
                owner=owner,
                planned_on=planned_on,
                planned_by=actor.person_id,
                planned_at=values["planned_at"],
            ),
        )
        if not changed:
            raise StageDone("这一阶段已登记完成，不能再改计划。")
    view = next(each for each in stages_of(session, area_code, path) if each.stage == stage)
    assert view.id is not None
    facts = {"path": path, "stage": stage, "owner": owner, "planned_on": planned_on.isoformat()}
    audit.record(
        session, actor.person_id, "network_stage.planned", ("network_stage", view.id), facts, area=area_code
    )
    return view


def finish_stage(session: Session, actor: Actor, *, network_stage_id: str, done_on: date) -> StageView:
    """Mark a stage done on its real day, after every earlier one. Raises StageAhead, StageOrder, StageDone."""
    view = stage_with(session, network_stage_id)
    if done_on > clock.today():
        raise StageAhead(f"完成日期{day_in_words(done_on)}还没到，今天是{day_in_words(clock.today())}。")
    stages = stages_of(session, view.area_code, view.path)
    done = {each.stage: each.done_on for each in stages if each.done_on is not None}
    open_before = may_be_done(view.stage, [each.stage for each in stages], done)
    if open_before is not None:
        label = next(each.label for each in stages if each.stage == open_before)
        raise StageOrder(f"“{label}”还没有完成，不能先登记“{view.label}”完成。", facts={"stage": open_before})
    finished = affected(
        session,
        update(NetworkStage)
        .where(NetworkStage.id == network_stage_id, NetworkStage.done_on.is_(None))
        .values(done_on=done_on, done_by=actor.person_id, done_recorded_at=clock.now()),
    )
    if not finished:
        raise StageDone("这一阶段此前已登记完成。")
    facts = {"path": view.path, "stage": view.stage, "done_on": done_on.isoformat()}
    audit.record(
        session,
        actor.person_id,
        "network_stage.done",
        ("network_stage", network_stage_id),
        facts,
        area=view.area_code,
    )
    return stage_with(session, network_stage_id)
