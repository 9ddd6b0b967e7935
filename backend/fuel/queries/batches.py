"""Batches with their reports, and who brings fuel where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core.errors import NotFound
from backend.core.http import Page, page_of
from backend.fuel.models import FuelBatch, SupplyArea, TestReport
from backend.fuel.queries.reach import within
from backend.identity import Actor, Place


@dataclass(frozen=True, slots=True)
class TestReportView:
    """A laboratory's report and what the second hand said of it (None: not yet)."""

    number: str
    passed: bool
    grade: str
    standard: str
    tested_on: date
    accepted: bool | None
    note: str | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """A lot, from the gate (``quantity_kg``) to the doors (``delivered_kg``), with its newest report."""

    id: str
    company_id: str
    number: str
    grade: str
    produced_on: date
    quantity_kg: int
    delivered_kg: int
    state: str
    passed_grade: str | None
    quarantined_because: str | None
    test_report: TestReportView | None


def fuel_batch(session: Session, fuel_batch_id: str) -> BatchView:
    row = session.get(FuelBatch, fuel_batch_id, populate_existing=True)
    if row is None:
        raise NotFound()
    return _batch_view(session, row)


def _report_view(row: TestReport) -> TestReportView:
    return TestReportView(
        row.number, row.passed, row.grade, row.standard, row.tested_on, row.accepted, row.note
    )


def _batch_view(session: Session, row: FuelBatch) -> BatchView:
    newest = session.scalars(
        select(TestReport).where(TestReport.batch_id == row.id).order_by(TestReport.id.desc()).limit(1)
    ).first()
    return BatchView(
        id=row.id,
        company_id=row.company_id,
        number=row.number,
        grade=row.grade,
        produced_on=row.produced_on,
        quantity_kg=row.quantity_kg,
        delivered_kg=row.delivered_kg,
        state=row.state,
        passed_grade=row.passed_grade,
        quarantined_because=row.quarantined_because,
        test_report=_report_view(newest) if newest else None,
    )


def fuel_batches(
    session: Session, actor: Actor, *, state: str | None = None, after: str, limit: int
) -> Page[BatchView]:
    """Batches of the actor's company, or of the suppliers in the actor's district."""
    covered = within(actor.reach("fuel.see_batches"), FuelBatch.area_code, FuelBatch.company_id)
    wanted = select(FuelBatch).where(covered, FuelBatch.id > after).order_by(FuelBatch.id).limit(limit + 1)
    if state is not None:
        wanted = wanted.where(FuelBatch.state == state)
    rows = session.scalars(wanted).all()
    return page_of(rows, limit, lambda row: row.id, lambda row: _batch_view(session, row))


@dataclass(frozen=True, slots=True)
class SupplyAreaView:
    """Who brings fuel where, at which grade."""

    id: str
    company_id: str
    area_code: str
    grade: str
    set_at: datetime


def supply_area_view(row: SupplyArea) -> SupplyAreaView:
    return SupplyAreaView(row.id, row.company_id, row.area_code, row.grade, row.set_at)


def supply_area_of(session: Session, area_code: str) -> SupplyAreaView | None:
    """Who brings fuel to a village: the assignment of the closest area above it."""
    containing = [area_code[:length] for length in range(2, len(area_code) + 1)]
    row = session.scalars(
        select(SupplyArea)
        .where(SupplyArea.area_code.in_(containing), SupplyArea.ended_at.is_(None))
        .order_by(func.length(SupplyArea.area_code).desc())
        .limit(1)
    ).first()
    return supply_area_view(row) if row else None


def supply_areas(session: Session, actor: Actor, *, after: str, limit: int) -> Page[SupplyAreaView]:
    """Standing assignments within the actor's areas or for the actor's company."""
    rows = session.scalars(
        select(SupplyArea)
        .where(
            within(actor.reach("fuel.see_batches"), SupplyArea.area_code, SupplyArea.company_id),
            SupplyArea.ended_at.is_(None),
            SupplyArea.id > after,
        )
        .order_by(SupplyArea.id)
        .limit(limit + 1)
    ).all()
    return page_of(rows, limit, lambda row: row.id, supply_area_view)


def place_of_fuel_batch(session: Session, fuel_batch_id: str) -> Place | None:
    row = session.get(FuelBatch, fuel_batch_id)
    return Place(row.area_code, company_ids=(row.company_id,)) if row else None
