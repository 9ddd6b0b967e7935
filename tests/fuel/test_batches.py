"""Batches: two hands on a report, and what a quarantine does in one step."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database
from backend.fuel.actions.batches import decide_report, quarantine, register_batch, report_test
from backend.fuel.actions.deliveries import correct_delivery
from backend.fuel.errors import (
    BatchKnown,
    BatchNotPassed,
    BatchQuarantined,
    ConfirmedAlready,
    NoReportWaiting,
    ReportWaiting,
    SameHand,
    WrongStandard,
)
from backend.fuel.models import FuelDelivery, FuelOrder
from backend.fuel.queries import BatchView, fuel_batch, fuel_batches, open_orders_of
from backend.messaging.models import InboxEntry
from tests.builders.fuel_houses import (
    NOON,
    TODAY,
    House,
    Village,
    books,
    deliver,
    house,
    order,
    passed_batch,
    refused,
    reported,
)


def _fresh(session: Session, made: Village, number: str = "B-9") -> BatchView:
    return register_batch(
        session, made.manager, number=number, grade="I级", produced_on=TODAY, quantity_kg=1000
    )


def test_a_number_stands_once_a_company(db: Database, made: Village) -> None:
    with db.writing() as session:
        _fresh(session, made)
        refused(BatchKnown, lambda: _fresh(session, made))


def test_a_report_passes_only_by_a_second_hand(db: Database, made: Village) -> None:
    with db.writing() as session:
        batch = _fresh(session, made)
        refused(
            NoReportWaiting,
            lambda: decide_report(session, made.district, fuel_batch_id=batch.id, accepted=True),
        )
        reported(session, made, batch.id, "B-9")
        assert fuel_batch(session, batch.id).state == "untested"
        refused(ReportWaiting, lambda: reported(session, made, batch.id, "B-9"))
        refused(SameHand, lambda: decide_report(session, made.manager, fuel_batch_id=batch.id, accepted=True))
        passed = decide_report(session, made.district, fuel_batch_id=batch.id, accepted=True)
        assert (passed.state, passed.passed_grade) == ("passed", "I级")
        assert passed.test_report and passed.test_report.accepted


def test_an_inspector_does_not_confirm_the_report_that_he_brought(db: Database, made: Village) -> None:
    with db.writing() as session:
        batch = _fresh(session, made)
        report_test(
            session, made.inspector, fuel_batch_id=batch.id, report_number="R", passed=True, grade="I级",
            standard="T/SXERA 007-2020", tested_on=TODAY,
        )  # fmt: skip
        refused(
            SameHand, lambda: decide_report(session, made.inspector, fuel_batch_id=batch.id, accepted=True)
        )
        assert decide_report(session, made.district, fuel_batch_id=batch.id, accepted=True).state == "passed"


def test_a_rejected_report_leaves_the_batch_untested_and_another_may_follow(
    db: Database, made: Village
) -> None:
    with db.writing() as session:
        batch = _fresh(session, made)
        reported(session, made, batch.id, "B-9")
        rejected = decide_report(
            session, made.inspector, fuel_batch_id=batch.id, accepted=False, note="页码不全"
        )
        assert rejected.state == "untested"
        reported(session, made, batch.id, "B-9b")
        assert decide_report(session, made.inspector, fuel_batch_id=batch.id, accepted=True).state == "passed"


def test_a_report_names_one_of_the_plans_standards(db: Database, made: Village) -> None:
    with db.writing() as session:
        batch = _fresh(session, made)
        refusal = refused(WrongStandard, lambda: reported(session, made, batch.id, "B-9", standard="GB 1"))
        assert refusal.facts["standards"] == ["NB/T 34024-2015", "T/SXERA 007-2020"]


def test_a_failed_report_quarantines_at_once(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        batch = _fresh(session, made)
        reported(session, made, batch.id, "B-9", passed=False)
        assert fuel_batch(session, batch.id).state == "quarantined"
        placed = order(session, home, 25)
        refused(BatchQuarantined, lambda: deliver(session, made, home, placed.id, 25, fuel_batch_id=batch.id))
        decide_report(session, made.inspector, fuel_batch_id=batch.id, accepted=True)
        assert fuel_batch(session, batch.id).state == "quarantined"


def test_a_failed_report_on_a_batch_that_stands_quarantined_is_kept(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 25).id, 25)
        quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="现场抽检灰分超标")
    with db.writing() as session:
        reported(session, made, made.batch_id, "B-1-second", passed=False)
    with db.reading() as session:
        batch = fuel_batch(session, made.batch_id)
        assert batch.test_report and (batch.test_report.number, batch.test_report.passed) == (
            "R-B-1-second", False,
        )  # fmt: skip
        assert (batch.state, batch.quarantined_because) == ("quarantined", "现场抽检灰分超标")
        assert len(open_orders_of(session, home.id)) == 1, "nothing was recalled a second time"


def test_a_quarantine_tells_every_house_gives_back_and_orders_the_replacement(
    db: Database, made: Village, home: House
) -> None:
    others = [house(db, made, number) for number in (2, 3)]
    untouched = house(db, made, 4)
    with db.writing() as session:
        for number, each in enumerate([home, *others]):
            deliver(session, made, each, order(session, each, 500).id, 500 - number)
        order(session, untouched, 500)
        second = passed_batch(session, made, "B-2")
        stopped = quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        assert stopped.state == "quarantined"
        for number, each in enumerate([home, *others]):
            [replacement] = open_orders_of(session, each.id)
            assert replacement.reserved_kg == 500 - number
            assert books(session, each.id)["2022年"][:2] == (500 - number, 0)
            told = session.scalars(
                select(InboxEntry.topic).where(InboxEntry.person_id == each.resident.person_id)
            ).all()
            assert "fuel.recalled" in told
        recalled = session.scalars(select(FuelDelivery).order_by(FuelDelivery.id)).all()
        assert {each.state for each in recalled} == {"recalled"} and all(
            each.replacement_id for each in recalled
        )
        assert books(session, untouched.id)["2022年"] == (500, 0, 0, 0)
        refused(
            BatchQuarantined,
            lambda: quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="再次"),
        )
        refused(
            ConfirmedAlready,
            lambda: correct_delivery(
                session, made.township, fuel_delivery_id=recalled[0].id, kilograms=1, reason="x"
            ),
        )
        [replacement] = open_orders_of(session, home.id)
        deliver(session, made, home, replacement.id, 500, fuel_batch_id=second)
        assert books(session, home.id)["2022年"] == (0, 500, 0, 0)


def test_what_was_handed_over_before_the_quarantine_is_recorded_and_recalled(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
    with clock.pinned(NOON + timedelta(hours=5)), db.writing() as session:
        quarantine(session, made.inspector, fuel_batch_id=made.batch_id, reason="灰分超标")
        refused(BatchQuarantined, lambda: deliver(session, made, home, placed.id, 500))
        before = NOON + timedelta(hours=2)
        delivery = deliver(session, made, home, placed.id, 500, made_at=before)
        assert delivery.state == "recalled"
        assert books(session, home.id)["2022年"] == (500, 0, 0, 0)
        assert session.get_one(FuelOrder, delivery.replacement_id or "").state == "open"


def test_suppliers_see_their_own_batches_and_the_district_sees_all(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        for who in (made.manager, made.driver, made.district, made.inspector):
            assert [each.number for each in fuel_batches(session, who, after="", limit=9).items] == ["B-1"]
        assert not fuel_batches(session, home.resident, after="", limit=9).items
        assert not fuel_batches(session, made.district, state="quarantined", after="", limit=9).items
        refused(
            BatchNotPassed,
            lambda: deliver(
                session, made, home, order(session, home, 25).id, 25, fuel_batch_id=_fresh(session, made).id
            ),
        )
