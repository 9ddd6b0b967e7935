"""Handing over at the door, the household's word on it, and setting right what was recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database
from backend.core.errors import Refusal
from backend.fuel.actions.batches import register_batch
from backend.fuel.actions.deliveries import confirm_delivery, correct_delivery
from backend.fuel.actions.orders import cancel_order
from backend.fuel.errors import (
    AboveLimit,
    AnswerContradicts,
    BatchNotPassed,
    BatchUsedUp,
    ConfirmedAlready,
    HouseholdConfirms,
    MadeAtWrong,
    OrderClosed,
    OwnDelivery,
    UnknownBatch,
    WitnessMissing,
    WrongGrade,
)
from backend.fuel.models import FuelBatch, LedgerEntry
from backend.fuel.queries import DeliveryView, fuel_batch, fuel_order
from backend.messaging.models import InboxEntry
from backend.registry import OtherHouse, UnknownCode
from backend.registry.models import Scan
from tests.builders.fuel_houses import (
    TODAY,
    House,
    Village,
    books,
    deliver,
    house,
    order,
    passed_batch,
    refused,
)

YEAR = "2022年"


def test_a_delivery_moves_what_was_reserved_and_asks_for_the_households_word(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        delivery = deliver(session, made, home, placed.id, 500)
        assert (delivery.state, delivery.kilograms, delivery.weighed_kg) == ("awaiting", 500, 500)
        assert fuel_order(session, placed.id).state == "delivered"
        assert books(session, home.id) == {YEAR: (0, 500, 0, 0)}
        assert fuel_batch(session, made.batch_id).delivered_kg == 500
        scan = session.scalars(select(Scan)).one()
        assert (scan.household_id, scan.purpose, scan.person_id) == (
            home.id,
            "delivery",
            made.driver.person_id,
        )
        titles = session.scalars(select(InboxEntry.title).where(InboxEntry.topic == "fuel.delivered"))
        assert titles.one() == "燃料送到了，请您确认"


def test_less_delivered_gives_the_rest_back_and_it_does_not_lapse(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        deliver(session, made, home, placed.id, 420)
        assert fuel_order(session, placed.id).state == "delivered"
        assert books(session, home.id) == {YEAR: (0, 420, 80, 0)}


def test_with_more_to_come_the_rest_stays_open(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        deliver(session, made, home, placed.id, 300, more_to_come=True)
        assert (fuel_order(session, placed.id).state, fuel_order(session, placed.id).reserved_kg) == (
            "open",
            200,
        )
        assert books(session, home.id) == {YEAR: (200, 300, 0, 0)}
        deliver(session, made, home, placed.id, 200, more_to_come=True)
        assert fuel_order(session, placed.id).state == "delivered"
        refused(OrderClosed, lambda: deliver(session, made, home, placed.id, 25))


def test_cancelling_what_is_still_to_come_leaves_what_was_delivered(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        deliver(session, made, home, placed.id, 300, more_to_come=True)
        cancel_order(session, home.resident, fuel_order_id=placed.id, reason="够了")
        assert books(session, home.id) == {YEAR: (0, 300, 0, 0)}


def test_more_is_delivered_only_within_what_is_left(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 2000)
        deliver(session, made, home, placed.id, 2010)
        assert books(session, home.id) == {YEAR: (0, 2010, 0, 0)}
        last = order(session, home, 975)
    with db.writing() as session:
        refusal = refused(AboveLimit, lambda: deliver(session, made, home, last.id, 991))
        assert refusal.facts == {"left_kg": 15, "more_kg": 16}
        session.rollback()
    with db.writing() as session:
        deliver(session, made, home, last.id, 990)
        assert books(session, home.id) == {YEAR: (0, 3000, 0, 0)}


def test_a_delivery_needs_the_code_of_this_very_door(db: Database, made: Village, home: House) -> None:
    other = house(db, made, 2)
    with db.writing() as session:
        placed = order(session, home, 25)
        refused(OtherHouse, lambda: deliver(session, made, home, placed.id, 25, household_code=other.code))
        refused(UnknownCode, lambda: deliver(session, made, home, placed.id, 25, household_code="2222222222"))


def test_a_batch_needs_a_passing_report_of_the_contracts_grade(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        bare = register_batch(
            session, made.manager, number="B-2", grade="I级", produced_on=TODAY, quantity_kg=400
        )
        low = passed_batch(session, made, "B-3", grade="III级")
        for batch_id, kind in [(bare.id, BatchNotPassed), (low, WrongGrade), ("0" * 26, UnknownBatch)]:
            refused(kind, deliver, session, made, home, placed.id, 25, fuel_batch_id=batch_id)


def test_no_more_leaves_a_batch_than_was_produced(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 3000)
        session.get_one(FuelBatch, made.batch_id).quantity_kg = 100
        session.flush()
        assert refused(BatchUsedUp, lambda: deliver(session, made, home, placed.id, 101)).facts == {
            "left_kg": 100
        }


def test_a_delivery_sent_late_keeps_its_own_time_and_the_servers(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
    with clock.pinned(datetime(2022, 11, 3, 4, tzinfo=UTC)), db.writing() as session:
        at = clock.now() - timedelta(days=1)
        early = clock.now() - timedelta(days=9)
        refused(MadeAtWrong, lambda: deliver(session, made, home, placed.id, 500, made_at=early))
        late = clock.now() + timedelta(hours=1)
        refused(MadeAtWrong, lambda: deliver(session, made, home, placed.id, 500, made_at=late))
        delivery = deliver(session, made, home, placed.id, 500, made_at=at)
        assert (delivery.made_at, delivery.recorded_at) == (at, clock.now())


def test_an_order_of_the_old_year_is_delivered_out_of_the_old_year(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
    with clock.pinned(datetime(2023, 1, 5, 4, tzinfo=UTC)), db.writing() as session:
        refused(AboveLimit, lambda: deliver(session, made, home, placed.id, 501))
        session.rollback()
        deliver(session, made, home, placed.id, 400)
        assert books(session, home.id) == {YEAR: (0, 400, 100, 0)}
        assert order(session, home, 100, date(2023, 1, 5)).year == YEAR


def test_the_household_agrees_on_its_own_phone_once(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 500).id, 500)
        said = confirm_delivery(
            session, home.resident, fuel_delivery_id=delivery.id, answer="agrees", received_kg=500
        )
        assert (said.state, said.received_kg) == ("agreed", 500)
        refused(
            ConfirmedAlready,
            lambda: confirm_delivery(
                session, home.resident, fuel_delivery_id=delivery.id, answer="agrees", received_kg=500
            ),
        )


def test_an_answer_that_contradicts_itself_is_asked_for_again(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 500).id, 500)
        for answer, received in (("agrees", 450), ("disputes", 500)):
            refused(
                AnswerContradicts,
                confirm_delivery,
                session,
                home.resident,
                fuel_delivery_id=delivery.id,
                answer=answer,
                received_kg=received,
            )
        bad = confirm_delivery(
            session,
            home.resident,
            fuel_delivery_id=delivery.id,
            answer="disputes",
            received_kg=500,
            note="一半是碎渣",
        )
        assert bad.state == "disputed"


def test_a_dispute_reaches_the_township(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 500).id, 500)
        confirm_delivery(
            session, home.resident, fuel_delivery_id=delivery.id, answer="disputes", received_kg=450
        )
        told = session.scalars(
            select(InboxEntry).where(InboxEntry.person_id == made.township.person_id)
        ).one()
        assert told.topic == "fuel.disputed" and "450" in told.body and "平川坡村1号" in told.body


def test_never_by_the_deliverer_alone(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 500).id, 500)
        at_home = replace(made.driver, ties=home.resident.ties)
        for speaker in (made.driver, at_home):
            refused(
                OwnDelivery,
                confirm_delivery,
                session,
                speaker,
                fuel_delivery_id=delivery.id,
                answer="agrees",
                received_kg=500,
            )


def test_a_cadre_speaks_only_for_a_house_without_a_phone_and_names_a_witness(
    db: Database, made: Village, home: House
) -> None:
    silent = house(db, made, 2, phone=False)
    with db.writing() as session:
        heard = deliver(session, made, home, order(session, home, 500).id, 500)
        unheard = deliver(session, made, silent, order(session, silent, 500, by=made.cadre).id, 500)

        def say(delivery_id: str, witness: str | None) -> DeliveryView:
            return confirm_delivery(
                session,
                made.cadre,
                fuel_delivery_id=delivery_id,
                answer="agrees",
                received_kg=500,
                witness_name=witness,
            )

        refused(HouseholdConfirms, lambda: say(heard.id, "张见证"))
        refused(WitnessMissing, lambda: say(unheard.id, None))
        said = say(unheard.id, "张见证")
        assert said.witness_name == "张见证" and said.state == "agreed"


@pytest.mark.parametrize(
    ("right", "expected"), [(450, (0, 450, 50, 0)), (520, (0, 520, 0, 0)), (0, (0, 0, 500, 0))]
)
def test_a_correction_is_a_reversal_and_a_new_entry_and_is_confirmed_anew(
    db: Database, made: Village, home: House, right: int, expected: tuple[int, ...]
) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 500).id, 500)
        confirm_delivery(
            session, home.resident, fuel_delivery_id=delivery.id, answer="disputes", received_kg=450
        )
        set_right = correct_delivery(
            session, made.township, fuel_delivery_id=delivery.id, kilograms=right, reason="现场复秤"
        )
        assert (set_right.state, set_right.kilograms, set_right.weighed_kg) == ("awaiting", right, 500)
        assert books(session, home.id) == {YEAR: expected}
        assert fuel_batch(session, made.batch_id).delivered_kg == right
        entries = session.scalars(select(LedgerEntry).order_by(LedgerEntry.position)).all()
        assert [each.kind for each in entries] == ["reserve", "deliver", "correct", "correct"]
        assert entries[2].reverses_id == entries[1].id and entries[2].delivered_kg == -500
        again = correct_delivery(
            session, made.township, fuel_delivery_id=delivery.id, kilograms=500, reason="再次复秤"
        )
        assert again.kilograms == 500 and books(session, home.id)[YEAR][:2] == (0, 500)


def test_a_correction_cannot_go_above_what_is_left(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        delivery = deliver(session, made, home, order(session, home, 2975).id, 2975)
        refusal: Refusal = refused(
            AboveLimit,
            lambda: correct_delivery(
                session, made.township, fuel_delivery_id=delivery.id, kilograms=3001, reason="多送"
            ),
        )
        assert refusal.facts == {"left_kg": 25}
