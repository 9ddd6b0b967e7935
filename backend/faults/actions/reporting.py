"""Report a fault, from home or at the door. No missing paper stops a report (2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.core.errors import Problem
from backend.faults.actions.intake import OFFICER, PASSER_BY, Told, take
from backend.faults.actions.pictures import PhotoNotKept
from backend.faults.queries import FaultView, fault
from backend.faults.rules.advice import Step, safety_advice
from backend.identity import Actor
from backend.programme import programme_for
from backend.registry import HouseholdView, household_of_code, household_or_refuse


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What to do first and tonight, then the fault. ``joined``: it was open already; photos that did not arrive."""

    advice: tuple[Step, ...]
    tonight: tuple[Step, ...]
    hotline: str
    report_id: str
    joined: bool
    photos_left_out: int
    photos_not_kept: tuple[PhotoNotKept, ...]
    fault: FaultView
    kept: bool = True


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """What anybody at the door is told: nothing about the house, nothing about its other reports.

    ``kept`` is for the route alone: whether the report has a row of its own, or was one too many and counted.
    """

    advice: tuple[Step, ...]
    tonight: tuple[Step, ...]
    hotline: str
    report_id: str
    photos_left_out: int
    photos_not_kept: tuple[PhotoNotKept, ...]
    message: str
    kept: bool = True


def report_fault(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    category: str,
    description: str | None = None,
    photo_ids: Sequence[str | None] = (),
    indoor_temperature_c: Decimal | None = None,
) -> ReportAnswer:
    """Report for one's own household, or as an officer on its behalf (marked). Raises NotFound."""
    home = household_or_refuse(session, household_id)
    programme = programme_for(session, home.area_code)
    told = Told(category, _via(actor, home), actor, description, indoor_temperature_c, photo_ids)
    taken = take(session, home, programme, told)
    return ReportAnswer(
        advice=safety_advice(category),
        tonight=taken.judged.tonight,
        hotline=programme.hotline.number,
        report_id=taken.report_id,
        joined=taken.joined,
        photos_left_out=taken.pictures.left_out,
        photos_not_kept=taken.pictures.not_kept,
        fault=fault(session, taken.fault_id),
        kept=taken.kept,
    )


def report_as_anybody(
    session: Session,
    *,
    household_id: str,
    category: str,
    description: str | None = None,
    photo_ids: Sequence[str | None] = (),
    indoor_temperature_c: Decimal | None = None,
    origin: str | None = None,
) -> str:
    """Report danger at a household as a passer-by's word, for a sender who could not be asked who they are and turned out
    to be nobody there; the report's id. Raises NotFound."""
    home = household_or_refuse(session, household_id)
    programme = programme_for(session, home.area_code)
    told = Told(category, PASSER_BY, None, description, indoor_temperature_c, photo_ids, origin=origin)
    return take(session, home, programme, told).report_id


def report_at_the_door(
    session: Session,
    actor: Actor | None,
    *,
    household_code: str,
    category: str,
    description: str | None = None,
    photo_ids: Sequence[str | None] = (),
    phone: str | None = None,
    origin: str | None = None,
) -> DoorAnswer:
    """Report what cannot wait with nothing but the code on the sticker, known or not.

    A replaced or revoked sticker still leads to its house. ``phone``: to be called back, kept encrypted. ``origin``: the
    network or person it came from, by which a flood is seen. Raises UnknownCode, with what to do first in ``next`` and ``facts``: a bad code must not keep anybody from it.
    """
    try:
        home = household_of_code(session, household_code, any_sticker=True)
    except Problem as problem:
        raise with_advice(problem, category) from problem
    programme = programme_for(session, home.area_code)
    via = _via(actor, home) if actor else PASSER_BY
    told = Told(category, via, actor, description, None, photo_ids, phone, household_code, origin)
    taken = take(session, home, programme, told)
    return DoorAnswer(
        advice=safety_advice(category),
        tonight=taken.judged.tonight,
        hotline=programme.hotline.number,
        report_id=taken.report_id,
        photos_left_out=taken.pictures.left_out,
        photos_not_kept=taken.pictures.not_kept,
        message="已报告，正在通知负责维修的人和村干部。有危险请先离开屋子。",
        kept=taken.kept,
    )


def with_advice(problem: Problem, category: str) -> Problem:
    """The same refusal, with what to do first in ``next`` and ``facts``."""
    steps = safety_advice(category)
    spoken = "".join(f"{step.number}. {step.text}" for step in steps)
    advice = [{"number": step.number, "text": step.text} for step in steps]
    facts = {**problem.facts, "advice": advice} if advice else problem.facts
    urgent = "报告没有送到，请马上拨打服务热线。"
    return type(problem)(problem.detail, next=f"{spoken}{urgent}{problem.next_step}", facts=facts)


def _via(actor: Actor, home: HouseholdView) -> str:
    for tie in actor.ties:
        if tie.household_id == home.id:
            return tie.role
    return OFFICER if actor.reach("fault.report").covers_area(home.area_code) else PASSER_BY
