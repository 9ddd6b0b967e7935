"""Ordering, cancelling, and what did not arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.core.errors import NotFound, Problem
from backend.core.http import after
from backend.fuel.actions.orders import cancel_order, order_fuel, report_failure
from backend.fuel.actions.supply import assign_supplier
from backend.fuel.errors import (
    AboveLimit,
    FuelNotOpen,
    GoesToBoiler,
    NoCoAlarm,
    NoSupplier,
    NotASupplier,
    NotInBags,
    NotInstalled,
    NotOnThisPath,
    OrderClosed,
    TakesNoPart,
    WindowPast,
    WorksElsewhere,
)
from backend.fuel.models import FuelOrder, SupplyArea
from backend.fuel.queries import (
    LedgerEntryView,
    entitlement_of,
    fuel_orders,
    ledger_of,
    open_orders_of,
    suppliers_of,
)
from backend.identity import Actor
from backend.installation.models import Installation
from backend.messaging.models import InboxEntry
from backend.programme import load_programme
from backend.registry.models import Household
from backend.supervision import register_company
from tests.builders.fuel_houses import (
    PLAN,
    SEASON_PLAN,
    SUPPLIER,
    TODAY,
    VILLAGE,
    House,
    Village,
    books,
    deliver,
    house,
    order,
    refused,
)
from tests.harness.databases import statements_of
from tests.harness.races import race
from tests.sizes import SIZES


def test_an_order_sets_kilograms_aside_and_says_what_is_left(db: Database, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 1000)
        assert (placed.state, placed.reserved_kg, placed.company_id, placed.on_behalf) == (
            "open", 1000, SUPPLIER, False,
        )  # fmt: skip
        view = entitlement_of(session, home.id)
        assert (view.year, view.limit_kg, view.reserved_kg, view.left_kg) == ("2022年", 3000, 1000, 2000)
        assert view.open and view.next_begins == date(2023, 1, 1) and view.limit_clause == "4.1.1.5"
        assert [each.id for each in open_orders_of(session, home.id)] == [placed.id]
        assert suppliers_of(session, home.id) == (SUPPLIER,)
        assert books(session, home.id) == {"2022年": (1000, 0, 0, 0)}


def test_refuses_an_order_above_what_is_left_of_the_year_and_says_what_is_left(
    db: Database, home: House
) -> None:
    with db.writing() as session:
        order(session, home, 2975)
        order(session, home, 25)
    with db.writing() as session:
        refusal = refused(AboveLimit, lambda: order(session, home, 25))
        assert (refusal.code, refusal.cited) == ("fuel.above_limit", "4.1.1.5")
        assert refusal.facts["left_kg"] == 0 and refusal.facts["next_begins"] == "2023-01-01"
        assert "第四部分（一）1（5）" in refusal.detail and "2023年1月1日" in refusal.next_step
        assert books(session, home.id) == {"2022年": (3000, 0, 0, 0)}


@pytest.mark.parametrize("kilograms", [1, 24, 26, 999])
def test_kilograms_come_in_whole_bags(db: Database, home: House, kilograms: int) -> None:
    with db.writing() as session:
        assert refused(NotInBags, lambda: order(session, home, kilograms)).facts == {"bag_kg": 25}


def test_the_window_lies_ahead(db: Database, home: House) -> None:
    def wants(first: date, last: date) -> None:
        order_fuel(
            session, home.resident, household_id=home.id, kilograms=25, wanted_from=first, wanted_until=last
        )

    with db.writing() as session:
        refused(WindowPast, lambda: wants(TODAY - timedelta(days=1), TODAY))
        refused(WindowPast, lambda: wants(TODAY, TODAY - timedelta(days=1)))
        wants(TODAY, TODAY)


def test_who_has_no_right_of_its_own_is_told_why_and_shown_nothing_to_draw(
    db: Database, made: Village
) -> None:
    houses: list[tuple[dict[str, Any], type[FuelNotOpen], str]] = [
        ({"participates": False}, TakesNoPart, "5.4"),
        ({"path": "heat_pump", "arrangement": None}, NotOnThisPath, "4.1.1.5"),
        ({"arrangement": "distributed"}, GoesToBoiler, "4.1.1.5"),
        ({"arrangement": "central"}, GoesToBoiler, "4.1.1.5"),
    ]
    for number, (changes, kind, clause) in enumerate(houses):
        other = house(db, made, number + 10, **changes)
        with db.writing() as session:
            refusal = refused(kind, order, session, other, 25)
            assert refusal.cited == clause and not refusal.facts["cold_house"]
            view = entitlement_of(session, other.id)
            assert (view.limit_kg, view.left_kg, view.open) == (0, 0, False)
            assert view.reasons[0].code == refusal.code


def test_fuel_opens_with_stove_alarm_and_briefing_and_not_with_acceptance(
    db: Database, made: Village
) -> None:
    bare = house(db, made, 2, done=False)
    with db.writing() as session:
        refusal = refused(NotInstalled, lambda: order(session, bare, 25))
        assert refusal.facts["reasons"] == ["fuel.not_installed", "fuel.no_co_alarm", "fuel.no_briefing"]
        now = clock.now()
        session.add(Installation(household_id=bare.id, installed_at=now, briefing_given_at=now))
    with db.writing() as session:
        refusal = refused(NoCoAlarm, lambda: order(session, bare, 25))
        assert "配送员" in refusal.next_step and "不必等验收" in refusal.next_step
        session.get_one(Installation, bare.id).co_alarm_tested_at = clock.now()
    with db.writing() as session:
        assert order(session, bare, 25).state == "open"
        assert session.get_one(Installation, bare.id).accepted_at is None


def test_in_the_cold_season_a_refusal_offers_the_way_to_warmth(db: Database, made: Village) -> None:
    bare = house(db, made, 2, done=False)
    with db.writing() as session:
        cold = refused(FuelNotOpen, lambda: order(session, bare, 25))
        assert cold.facts["cold_house"] and "电暖器" in cold.next_step and "暖房" in cold.next_step
        with clock.pinned(datetime(2022, 10, 24, 4, tzinfo=UTC)):
            mild = refused(FuelNotOpen, lambda: order(session, bare, 25))
        assert not mild.facts["cold_house"] and "电暖器" not in mild.next_step


def test_a_cadre_orders_for_the_household_which_is_told(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 500, by=made.cadre)
        assert placed.on_behalf
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "fuel.ordered")).one()
        assert (entry.by, entry.behalf_of) == (made.cadre.person_id, home.id)
        told = session.scalars(
            select(InboxEntry).where(InboxEntry.person_id == home.resident.person_id)
        ).one()
        assert "村干部替您" in told.title and "500" in told.body


def test_cancelling_gives_the_kilograms_back_once(db: Database, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 500)
        cancelled = cancel_order(session, home.resident, fuel_order_id=placed.id, reason="不需要了")
        assert (cancelled.state, cancelled.reserved_kg, cancelled.closed_reason) == (
            "cancelled",
            0,
            "不需要了",
        )
        assert books(session, home.id) == {"2022年": (0, 0, 0, 0)}
        refused(
            OrderClosed,
            lambda: cancel_order(session, home.resident, fuel_order_id=placed.id, reason="再来一次"),
        )


def test_what_the_supplier_did_not_bring_does_not_lapse_with_the_year(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        placed = order(session, home, 1000)
        failed = report_failure(session, made.driver, fuel_order_id=placed.id, cause="road", note="大雪封路")
        assert failed.state == "failed"
        view = entitlement_of(session, home.id)
        assert (view.left_kg, view.owed_kg) == (3000, 1000)
    with clock.pinned(datetime(2023, 1, 1, 4, tzinfo=UTC)), db.writing() as session:
        view = entitlement_of(session, home.id)
        assert (view.year, view.left_kg, view.owed_earlier_kg) == ("2023年", 3000, 1000)
        again = order(session, home, 1000, date(2023, 1, 2))
        assert again.year == "2022年"
        third = order(session, home, 3000, date(2023, 1, 2))
        assert third.year == "2023年"
        assert books(session, home.id) == {"2022年": (1000, 0, 0, 0), "2023年": (3000, 0, 0, 0)}
        cancel_order(session, home.resident, fuel_order_id=again.id, reason="改天")
        assert books(session, home.id)["2022年"] == (0, 0, 1000, 0)


def test_what_was_ordered_again_in_the_same_year_is_no_longer_owed(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        first = order(session, home, 1000)
        report_failure(session, made.driver, fuel_order_id=first.id, cause="supplier", note=None)
        order(session, home, 600)
        assert books(session, home.id) == {"2022年": (600, 0, 400, 0)}


def test_what_was_not_asked_for_lapses_with_the_year(db: Database, home: House) -> None:
    with db.writing() as session:
        order(session, home, 1000)
    with clock.pinned(datetime(2023, 1, 1, 4, tzinfo=UTC)), db.writing() as session:
        order(session, home, 3000, date(2023, 1, 1))
        refusal = refused(AboveLimit, lambda: order(session, home, 25, date(2023, 1, 1)))
        assert refusal.facts["left_kg"] == 0
        assert books(session, home.id) == {"2022年": (1000, 0, 0, 0), "2023年": (3000, 0, 0, 0)}


def test_with_a_season_as_fuel_year_one_winter_cannot_draw_twice(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        load_programme(session, SEASON_PLAN, None)
        assert order(session, home, 3000).year == "2022—2023采暖年度"
    with clock.pinned(datetime(2023, 1, 1, 4, tzinfo=UTC)), db.writing() as session:
        refusal = refused(AboveLimit, lambda: order(session, home, 25, date(2023, 1, 1)))
        assert refusal.facts["next_begins"] == "2023-10-01"


def test_a_later_limit_of_the_same_year_holds_from_its_day_on(
    db: Database, made: Village, home: House
) -> None:
    raised = (
        b'  - {value: 3000, since: 2022-05-13, clause: "4.1.1.5"}\n'
        b'  - {value: 3500, since: 2022-11-02, clause: "4.1.1.5"}\n'
    )
    with db.writing() as session:
        load_programme(session, PLAN.replace(raised.splitlines(True)[0], raised), None)
        order(session, home, 3000)
        refused(AboveLimit, lambda: order(session, home, 25))
    with clock.pinned(datetime(2022, 11, 2, 4, tzinfo=UTC)), db.writing() as session:
        order(session, home, 500, date(2022, 11, 2))
        refused(AboveLimit, lambda: order(session, home, 25, date(2022, 11, 2)))
        assert entitlement_of(session, home.id).limit_kg == 3500


def test_a_village_without_a_supplier_cannot_order_yet_and_the_closest_assignment_wins(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        refused(
            NotASupplier,
            lambda: assign_supplier(
                session, made.district, company_id="nobody", area_code=VILLAGE, grade="I级"
            ),
        )
        register_company(
            session, id="fuel-two", name="乙燃料", kinds=["fuel_supplier"], area_code="140602", by=None
        )
        assign_supplier(session, made.district, company_id="fuel-two", area_code=VILLAGE[:9], grade="II级")
        placed = order(session, home, 25)
        assert (placed.company_id, placed.grade) == ("fuel-two", "II级")
        for row in session.scalars(select(SupplyArea)):
            row.ended_at = clock.now()
    with db.writing() as session:
        assert "区级" in refused(NoSupplier, lambda: order(session, home, 25)).next_step


def test_a_supplier_is_given_only_areas_in_which_it_works(db: Database, made: Village) -> None:
    with db.writing() as session:
        register_company(
            session, id="fuel-far", name="远方燃料", kinds=["fuel_supplier"], area_code=VILLAGE, by=None
        )
        for area_code in (VILLAGE[:6], VILLAGE[:9], "140602005002"):
            refusal = refused(
                WorksElsewhere, assign_supplier, session, made.district,
                company_id="fuel-far", area_code=area_code, grade="I级",
            )  # fmt: skip
            assert "远方燃料" in refusal.detail
        assign_supplier(session, made.district, company_id="fuel-far", area_code=VILLAGE, grade="I级")


def test_of_many_who_assign_an_area_at_once_all_are_answered_and_one_supplier_stands(
    db: Database, made: Village
) -> None:
    for round_ in range(SIZES.race_rounds):
        area_code = f"{VILLAGE[:9]}{round_ + 2:03d}"

        def act(index: int, area_code: str = area_code) -> str:
            with db.writing() as session:
                return assign_supplier(
                    session, made.district, company_id=SUPPLIER, area_code=area_code, grade=f"{index}级"
                ).id

        done = race(SIZES.racers, act)
        assert not done.errors, done.errors
        with db.reading() as session:
            rows = session.scalars(select(SupplyArea).where(SupplyArea.area_code == area_code)).all()
        assert {row.id for row in rows} == set(done.values) and len(rows) == SIZES.racers
        assert sum(row.ended_at is None for row in rows) == 1


@pytest.mark.parametrize(
    ("kind", "kilograms"), [(NoSupplier, 25), (AboveLimit, 3025)], ids=["no supplier", "above the limit"]
)
def test_whatever_refuses_fuel_in_the_cold_season_offers_the_way_to_warmth(
    db: Database, home: House, kind: type[Problem], kilograms: int
) -> None:
    with db.writing() as session:
        if kind is NoSupplier:
            for row in session.scalars(select(SupplyArea)):
                row.ended_at = clock.now()
        cold = refused(kind, order, session, home, kilograms)
        assert cold.facts["cold_house"] and "电暖器" in cold.next_step and kind.next[:4] in cold.next_step
        with clock.pinned(datetime(2022, 10, 24, 4, tzinfo=UTC)):
            mild = refused(kind, order, session, home, kilograms, date(2022, 10, 24))
        assert not mild.facts["cold_house"] and "电暖器" not in mild.next_step


def test_only_the_plans_own_words_for_an_arrangement_say_where_fuel_goes(db: Database, made: Village) -> None:
    plain = house(db, made, 20, arrangement="household")
    unknown = house(db, made, 21, arrangement="shared_boiler")
    with db.writing() as session:
        for each in (plain, unknown):
            assert order(session, each, 25).state == "open"


def test_who_brings_fuel_to_a_household_is_asked_without_reading_its_deliveries(
    db: Database, made: Village, home: House
) -> None:
    with db.writing() as session:
        deliver(session, made, home, order(session, home, 25).id, 25)
        for _ in range(2):
            order(session, home, 25)
    with statements_of(db) as asked, db.reading() as session:
        assert suppliers_of(session, home.id) == (SUPPLIER,)
    reads = [statement for statement in asked if "SELECT" in statement]
    assert len(reads) == 1 and "fuel_deliveries" not in reads[0]


def test_a_household_that_ended_is_not_found(db: Database, home: House) -> None:
    with db.writing() as session:
        session.get_one(Household, home.id).ended_at = clock.now()
        session.flush()
        refused(NotFound, lambda: order(session, home, 25))


def test_lists_show_what_is_within_reach_page_by_page(db: Database, made: Village, home: House) -> None:
    other = house(db, made, 2)
    with db.writing() as session:
        ids = [order(session, each, 25).id for each in (home, other, home)]
        stranger = Actor("0" * 26, None)
        for who, expected in [
            (home.resident, {ids[0], ids[2]}),
            (made.cadre, set(ids)),
            (made.driver, set(ids)),
            (stranger, set()),
        ]:
            page = fuel_orders(session, who, after="", limit=50)
            assert {each.id for each in page.items} == expected
        first = fuel_orders(session, made.district, area_code=VILLAGE, state="open", after="", limit=2)
        assert first.next and len(first.items) == 2
        last = fuel_orders(session, made.district, after=first.items[-1].id, limit=2)
        assert last.next is None and {each.id for each in (*first.items, *last.items)} == set(ids)


def test_the_ledger_of_a_household_can_be_read_page_by_page(db: Database, made: Village, home: House) -> None:
    with db.writing() as session:
        placed = order(session, home, 100)
        deliver(session, made, home, placed.id, 75)
        order(session, home, 50)
        seen: list[LedgerEntryView] = []
        cursor: str | None = None
        while True:
            page = ledger_of(session, home.id, after=after(cursor), limit=2)
            seen += page.items
            if (cursor := page.next) is None:
                break
        assert [(each.position, each.kind) for each in seen] == [
            (1, "reserve"), (2, "deliver"), (3, "release"), (4, "reserve"),
        ]  # fmt: skip
        assert sum(each.reserved_kg for each in seen) == 50 and sum(each.delivered_kg for each in seen) == 75
        assert session.get_one(FuelOrder, placed.id).state == "delivered"
