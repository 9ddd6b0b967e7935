"""A fault's whole file: its reports, history, parts and heaters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.crypto import mask_phone
from backend.core.storage import photos_of
from backend.faults.models import FaultPart, FaultReport, FaultStep, LentHeater
from backend.faults.queries.faults import row_of
from backend.faults.queries.views import FaultView, Names, fault_view
from backend.faults.rules.advice import Step, safety_advice

STEP_LABELS = {
    "reported": "报修",
    "joined": "再次报告，并入本件",
    "raised": "升为更急",
    "dispatched": "派单",
    "arrived": "上门签到",
    "done": "修完",
    "confirmed": "住户确认修好",
    "reopened": "重新报修",
    "paused": "时限顺延",
    "heater_lent": "借出电暖器",
    "heater_returned": "收回电暖器",
    "climbed": "超时上报",
    "outage": "并入成片故障",
    "closed": "办结",
    "vouched": "有更可靠的人报告",
    "crowded": "一小时内报告太多，再报的只计数",
    "called_false": "核实为误报，办结",
    "moved": "随并户转到现在的户",
    "phone_revealed": "查看回电号码",
}


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report. A passer-by is nobody: neither name nor id is shown, the phone only masked."""

    id: str
    at: datetime
    via: str
    on_behalf: bool
    by_name: str | None
    description: str | None
    indoor_temperature_c: Decimal | None
    photo_ids: tuple[str, ...]
    phone_masked: str | None


def report_view(row: FaultReport, names: Names) -> ReportView:
    return ReportView(
        row.id,
        row.at,
        row.via,
        row.on_behalf,
        names.person(row.person_id) if row.via != "passer_by" else None,
        row.description,
        row.indoor_temperature_c,
        tuple(row.photo_ids),
        mask_phone(row.phone),
    )


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of the history; ``on_behalf``: done for the household by somebody else."""

    kind: str
    label: str
    round: int
    at: datetime
    by_name: str | None
    on_behalf: bool
    note: str | None
    facts: Mapping[str, Any]


def step_view(row: FaultStep, names: Names) -> StepView:
    return StepView(
        row.kind,
        STEP_LABELS.get(row.kind, row.kind),
        row.round,
        row.at,
        names.person(row.by),
        row.on_behalf,
        row.note,
        row.facts,
    )


@dataclass(frozen=True, slots=True)
class PartView:
    """A part put in, by serial."""

    kind: str
    serial: str
    at: datetime


def part_view(row: FaultPart) -> PartView:
    return PartView(row.kind, row.serial, row.at)


@dataclass(frozen=True, slots=True)
class HeaterView:
    """A heater lent to the house, and whether it came back."""

    serial: str
    lent_at: datetime
    returned_at: datetime | None


def heater_view(row: LentHeater) -> HeaterView:
    return HeaterView(row.serial, row.lent_at, row.returned_at)


@dataclass(frozen=True, slots=True)
class FaultFile:
    """A fault with everything that was said and done, and what to do first and tonight."""

    fault: FaultView
    reports: tuple[ReportView, ...]
    steps: tuple[StepView, ...]
    parts: tuple[PartView, ...]
    heaters: tuple[HeaterView, ...]
    photo_ids: tuple[str, ...]
    advice: tuple[Step, ...]


def fault_file(session: Session, fault_id: str) -> FaultFile:
    """A fault with its whole history; raises NotFound."""
    row, names = row_of(session, fault_id), Names(session)
    reports = session.scalars(
        select(FaultReport).where(FaultReport.fault_id == fault_id).order_by(FaultReport.id)
    )
    steps = session.scalars(
        select(FaultStep).where(FaultStep.fault_id == fault_id).order_by(FaultStep.position, FaultStep.id)
    )
    parts = session.scalars(
        select(FaultPart)
        .where(FaultPart.fault_id == fault_id)
        .order_by(FaultPart.at, FaultPart.kind, FaultPart.serial)
    )
    heaters = session.scalars(
        select(LentHeater)
        .where(LentHeater.fault_id == fault_id)
        .order_by(LentHeater.id)
        .execution_options(populate_existing=True)
    )
    return FaultFile(
        fault=fault_view(row, names),
        reports=tuple(report_view(each, names) for each in reports),
        steps=tuple(step_view(each, names) for each in steps),
        parts=tuple(part_view(each) for each in parts),
        heaters=tuple(heater_view(each) for each in heaters),
        photo_ids=tuple(each.id for each in photos_of(session, ("fault", fault_id))),
        advice=safety_advice(row.category),
    )
