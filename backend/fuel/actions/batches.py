"""Register a batch, have its test report judged by a second hand, take from it, recall it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring, new_id
from backend.core.storage import attach_photos
from backend.fuel.actions.ledger import About, Account, locked_account, move, standing_entitlement
from backend.fuel.actions.orders import Wish, place
from backend.fuel.errors import (
    BatchKnown,
    BatchNotPassed,
    BatchQuarantined,
    BatchUsedUp,
    NoReportWaiting,
    NoSupplier,
    ReportWaiting,
    SameHand,
    UnknownBatch,
    WrongGrade,
    WrongStandard,
)
from backend.fuel.models import FuelBatch, FuelDelivery, FuelOrder, SupplyArea, TestReport
from backend.fuel.notices import recall_for_supplier, recalled_notice, replacement_notice
from backend.fuel.queries import BatchView, delivery_view, fuel_batch
from backend.fuel.rules import giving_back
from backend.identity import Actor
from backend.identity.roles import DISTRICT, DRIVER, SUPPLIER
from backend.messaging import notify_role
from backend.programme import programme_for
from backend.registry import household, tell_household

FUEL = "pellets"  # the plan's standard that a batch is held against


def register_batch(
    session: Session, actor: Actor, *, number: str, grade: str, produced_on: date, quantity_kg: int
) -> BatchView:
    """Put a production lot of the actor's company on record, untested. Raises NoSupplier, BatchKnown."""
    company_id = actor.company_of(SUPPLIER)
    assigned = session.scalar(
        select(SupplyArea.area_code)
        .where(SupplyArea.company_id == company_id, SupplyArea.ended_at.is_(None))
        .order_by(SupplyArea.area_code)
        .limit(1)
    )
    if company_id is None or assigned is None:
        raise NoSupplier("贵公司还没有被指定供应任何区域。", next="请联系区级工作人员指定供应区域。")
    values = {
        "id": new_id(),
        "company_id": company_id,
        "area_code": assigned[:6],
        "number": number,
        "grade": grade,
        "produced_on": produced_on,
        "quantity_kg": quantity_kg,
        "delivered_kg": 0,
        "state": "untested",
        "registered_by": actor.person_id,
        "registered_at": clock.now(),
    }
    if not insert_ignoring(session, FuelBatch, values, ["company_id", "number"]):
        raise BatchKnown(f"批次 {number} 已经登记过。")
    batch = fuel_batch(session, str(values["id"]))
    _record(session, actor, batch, "fuel.batch_registered", {"number": number, "quantity_kg": quantity_kg})
    return batch


def report_test(
    session: Session,
    actor: Actor,
    *,
    fuel_batch_id: str,
    report_number: str,
    passed: bool,
    grade: str,
    standard: str,
    tested_on: date,
    photo_ids: Sequence[str] = (),
) -> BatchView:
    """Bring a laboratory's report (4.1.1.5). A failed one quarantines the batch at once; a passed one awaits a second hand.

    On a batch that is quarantined already a failed one is kept on record. Raises WrongStandard, ReportWaiting.
    """
    batch = session.get_one(FuelBatch, fuel_batch_id, populate_existing=True, with_for_update=True)
    accepted = programme_for(session, batch.area_code, clock.today()).standard(FUEL).accepts
    if standard not in (code for code, _title in accepted):
        listed = "、".join(code for code, _title in accepted)
        raise WrongStandard(
            f"方案认可的标准是：{listed}。", facts={"standards": [code for code, _title in accepted]}
        )
    waiting = select(TestReport.id).where(TestReport.batch_id == batch.id, TestReport.decided_at.is_(None))
    if session.scalar(waiting) is not None:
        raise ReportWaiting(f"批次 {batch.number} 有一份报告还没有确认。")
    report = TestReport(
        id=new_id(),
        batch_id=batch.id,
        number=report_number,
        passed=passed,
        grade=grade,
        standard=standard,
        tested_on=tested_on,
        recorded_by=actor.person_id,
        recorded_at=clock.now(),
    )
    session.add(report)
    session.flush()
    attach_photos(session, photo_ids, ("fuel_batch", batch.id), actor.person_id)
    view = fuel_batch(session, batch.id)
    _record(
        session,
        actor,
        view,
        "fuel.test_reported",
        {"report": report_number, "passed": passed, "grade": grade},
    )
    if not passed and batch.state != "quarantined":
        return quarantine(session, actor, fuel_batch_id=batch.id, reason=f"检测报告 {report_number} 不合格")
    return view


def decide_report(
    session: Session, actor: Actor, *, fuel_batch_id: str, accepted: bool, note: str | None = None
) -> BatchView:
    """The second hand on the waiting report: from its acceptance on the batch may be delivered.

    Raises NoReportWaiting, SameHand.
    """
    batch = session.get_one(FuelBatch, fuel_batch_id, populate_existing=True, with_for_update=True)
    report = session.scalars(
        select(TestReport).where(TestReport.batch_id == batch.id, TestReport.decided_at.is_(None))
    ).first()
    if report is None:
        raise NoReportWaiting(f"批次 {batch.number} 没有等待确认的报告。")
    if report.recorded_by == actor.person_id:
        raise SameHand("这份报告是您自己上传的。")
    report.decided_by, report.decided_at, report.accepted, report.note = (
        actor.person_id,
        clock.now(),
        accepted,
        note,
    )
    if accepted and report.passed and batch.state == "untested":
        batch.state, batch.passed_grade = "passed", report.grade
    session.flush()
    view = fuel_batch(session, batch.id)
    _record(session, actor, view, "fuel.test_decided", {"report": report.number, "accepted": accepted})
    return view


def take_from_batch(
    session: Session, fuel_batch_id: str, order: FuelOrder, kilograms: int, made: datetime
) -> FuelBatch:
    """Count kilograms as handed over out of a batch that may be: the order's company's, passed, of the contract's grade.

    What was handed over before a quarantine (``made``) is still recorded. Raises UnknownBatch, BatchNotPassed,
    BatchQuarantined, WrongGrade, BatchUsedUp.
    """
    batch = session.get(FuelBatch, fuel_batch_id, populate_existing=True, with_for_update=True)
    if batch is None or batch.company_id != order.company_id:
        raise UnknownBatch("这不是本单供应商登记的批次。", errors={"fuel_batch_id": ["没有这个批次。"]})
    if batch.quarantined_at is not None and (made >= batch.quarantined_at or batch.passed_grade is None):
        raise BatchQuarantined(f"批次 {batch.number} 已封存：{batch.quarantined_because}。")
    if batch.passed_grade is None:
        raise BatchNotPassed(f"批次 {batch.number} 没有确认合格的检测报告。")
    if batch.passed_grade != order.grade:
        raise WrongGrade(f"合同等级是 {order.grade}，批次 {batch.number} 检测为 {batch.passed_grade}。")
    if batch.delivered_kg + kilograms > batch.quantity_kg:
        left = batch.quantity_kg - batch.delivered_kg
        raise BatchUsedUp(f"批次 {batch.number} 只剩 {left} 公斤。", facts={"left_kg": left})
    batch.delivered_kg += kilograms
    session.flush()
    return batch


def quarantine(session: Session, actor: Actor, *, fuel_batch_id: str, reason: str) -> BatchView:
    """Stop a batch: every house that has some of it is told, gets its kilograms back and a replacement is ordered.

    Raises BatchQuarantined where it stands already.
    """
    stopped = affected(
        session,
        update(FuelBatch)
        .where(FuelBatch.id == fuel_batch_id, FuelBatch.state != "quarantined")
        .values(state="quarantined", quarantined_at=clock.now(), quarantined_because=reason[:300]),
    )
    batch = session.get_one(FuelBatch, fuel_batch_id, populate_existing=True)
    if not stopped:
        raise BatchQuarantined(f"批次 {batch.number} 此前已经封存。", next="无需再次封存。")
    deliveries = session.scalars(
        select(FuelDelivery)
        .join(FuelOrder, FuelOrder.id == FuelDelivery.order_id)
        .where(FuelDelivery.batch_id == batch.id, FuelDelivery.state != "recalled")
        .order_by(FuelDelivery.id)
    ).all()
    for delivery in sorted(deliveries, key=lambda delivery: _place_in_line(session, delivery)):
        give_back(session, actor, delivery, batch)
    view = fuel_batch(session, batch.id)
    households = sorted({delivery.household_id for delivery in deliveries})
    _record(session, actor, view, "fuel.batch_quarantined", {"reason": reason, "households": households})
    notice = recall_for_supplier(batch.number, len(households), reason, batch.id)
    key = f"fuel.quarantined:{batch.id}"
    notify_role(session, (SUPPLIER, DRIVER), notice, key, company_id=batch.company_id)
    notify_role(session, (DISTRICT,), notice, key, area_code=batch.area_code)
    return view


def _place_in_line(session: Session, delivery: FuelDelivery) -> tuple[str, str]:
    """Entitlements are locked in the order of their ids; that of a household that was merged is the other's now."""
    order = session.get_one(FuelOrder, delivery.order_id)
    return standing_entitlement(session, order.entitlement_id), delivery.id


def give_back(session: Session, actor: Actor, delivery: FuelDelivery, batch: FuelBatch) -> None:
    """A recalled delivery does not count: its kilograms are owed again, and a replacement is on its way at once."""
    order = session.get_one(FuelOrder, delivery.order_id)
    account = locked_account(session, order.entitlement_id)
    session.refresh(delivery, with_for_update=True)
    because = f"批次 {batch.number} 封存：{batch.quarantined_because}"[:300]
    if delivery.kilograms:
        about = About(actor.person_id, order.id, delivery.id, because)
        account = move(session, account, "recredit", giving_back(account.balance, delivery.kilograms), about)
    delivery.state = "recalled"
    session.flush()
    notice = recalled_notice(delivery_view(delivery), batch.quarantined_because or "")
    tell_household(session, account.household_id, notice, f"fuel.recalled:{delivery.id}")
    _replace(session, actor, delivery, order, account)


def _replace(
    session: Session, actor: Actor, delivery: FuelDelivery, order: FuelOrder, account: Account
) -> None:
    home = household(session, account.household_id)
    kilograms = min(delivery.kilograms, account.balance.owed_kg)
    if home is None or not home.active or account.closed or not kilograms:
        return
    window = order.wanted_until - order.wanted_from
    wish = Wish(kilograms, clock.today(), clock.today() + window)
    replacement = place(session, actor, home, account, wish, company_id=order.company_id, grade=order.grade)
    delivery.replacement_id = replacement.id
    tell_household(session, home.id, replacement_notice(replacement), f"fuel.ordered:{replacement.id}")


def _record(session: Session, actor: Actor, batch: BatchView, event: str, facts: dict[str, object]) -> None:
    audit.record(session, actor.person_id, event, ("fuel_batch", batch.id), facts)
