"""A village on the biomass path: houses that may draw fuel, their people, a supplier with a batch that passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database, new_id
from backend.fuel.actions.batches import decide_report, register_batch, report_test
from backend.fuel.actions.deliveries import record_delivery
from backend.fuel.actions.orders import order_fuel
from backend.fuel.actions.supply import assign_supplier
from backend.fuel.models import Entitlement, LedgerEntry
from backend.fuel.notices import TOPICS
from backend.fuel.queries import DeliveryView, OrderView
from backend.identity import Actor, give_role
from backend.identity.models import Person
from backend.identity.queries import actor_for
from backend.identity.rules import Tie
from backend.installation.models import Installation
from backend.messaging import define_topics
from backend.programme import load_areas, load_programme
from backend.registry.actions.taking_in import issue_codes
from backend.registry.models import Household, HouseholdTie, ListImport
from backend.registry.notices import TOPICS as REGISTRY_TOPICS
from backend.registry.queries import valid_code
from backend.supervision import register_company
from tests.harness import ROOT

DATA = ROOT / "backend" / "programme" / "data"
PLAN = (DATA / "shuocheng-2022.yaml").read_bytes()
AREAS = (DATA / "shuocheng-2022-areas.csv").read_bytes()
SEASON_PLAN = PLAN.replace(b"    value: calendar\n", b"    value: season\n").replace(
    b"  unsubsidised_orders:\n",
    "  fuel_year_first_day:\n    value: 10-01\n    label: 燃料年度首日\n    choice: true\n    why: 一个冬天不领两次\n"
    "  unsubsidised_orders:\n".encode(),
)

VILLAGE = "140602005001"
NOON = datetime(2022, 11, 1, 4, tzinfo=UTC)  # noon in Asia/Shanghai, within the heating season
TODAY = date(2022, 11, 1)
MORE_THAN_ALL_NEED = (
    100_000_000  # the most that a batch may have: no test ends because another has used it up
)
GRADE = "I级"
SUPPLIER = "fuel-one"


@dataclass(frozen=True)
class Village:
    """Everybody who is needed; ``batch_id`` passed at the contract's grade and holds 100 tons."""

    import_id: str
    cadre: Actor
    township: Actor
    district: Actor
    inspector: Actor
    manager: Actor
    driver: Actor
    batch_id: str


@dataclass(frozen=True)
class House:
    id: str
    code: str
    resident: Actor


def person(session: Session, name: str, role: str | None = None, **footing: str) -> Actor:
    """A person, with one role where one is given."""
    row = Person(id=new_id(), name=name, created_at=NOON)
    session.add(row)
    session.flush()
    if role:
        give_role(
            session,
            row.id,
            role=role,
            area_code=footing.get("area_code"),
            company_id=footing.get("company_id"),
            by=None,
        )
    return actor_for(session, row.id)


def topics_defined() -> None:
    """What is told in these tests; topics belong to the process."""
    define_topics((*TOPICS, *REGISTRY_TOPICS))


def at_noon(db: Database) -> Village:
    """Fill an empty database with the village, at noon."""
    with clock.pinned(NOON):
        return village(db)


def village(db: Database, plan: bytes = PLAN) -> Village:
    """The plan, its areas, the officials of one village, and its supplier. The clock must be pinned."""
    topics_defined()
    with db.writing() as session:
        load_programme(session, plan, None)
        load_areas(session, AREAS, None)
        register_company(
            session, id=SUPPLIER, name="甲燃料", kinds=["fuel_supplier"], area_code="140602", by=None
        )
        row = ListImport(
            id=new_id(), area_code=VILLAGE[:9], programme_id="p", filename="f", sha256="0" * 64, storage_key="k",
            state="committed", rows=1, counts={}, checked_at=NOON,
        )  # fmt: skip
        session.add(row)
        made = Village(
            import_id=row.id,
            cadre=person(session, "干部", "village_cadre", area_code=VILLAGE),
            township=person(session, "乡镇", "township_officer", area_code=VILLAGE[:9]),
            district=person(session, "区里", "district_officer", area_code=VILLAGE[:6]),
            inspector=person(session, "检查", "inspector", area_code=VILLAGE[:6]),
            manager=person(session, "经理", "supplier_manager", company_id=SUPPLIER),
            driver=person(session, "司机", "driver", company_id=SUPPLIER),
            batch_id="",
        )
        assign_supplier(session, made.district, company_id=SUPPLIER, area_code=VILLAGE[:6], grade=GRADE)
        return replace(made, batch_id=passed_batch(session, made, "B-1"))


def passed_batch(session: Session, made: Village, number: str, grade: str = GRADE) -> str:
    """A batch whose report the inspector accepted."""
    batch = register_batch(
        session, made.manager, number=number, grade=grade, produced_on=TODAY, quantity_kg=MORE_THAN_ALL_NEED
    )
    reported(session, made, batch.id, number, grade=grade)
    decide_report(session, made.inspector, fuel_batch_id=batch.id, accepted=True)
    return batch.id


def reported(session: Session, made: Village, batch_id: str, number: str, **changes: Any) -> None:
    """A report brought by the supplier, passed unless said otherwise."""
    told = {"report_number": f"R-{number}", "passed": True, "grade": GRADE, "standard": "NB/T 34024-2015"}
    report_test(session, made.manager, fuel_batch_id=batch_id, tested_on=TODAY, **{**told, **changes})


def house(
    db: Database, made: Village, number: int = 1, *, phone: bool = True, done: bool = True, **changes: Any
) -> House:
    """A house that may draw: stove, alarm and briefing on record (``done``), a resident bound (``phone``)."""
    with db.writing() as session:
        values: dict[str, Any] = {
            "programme_id": "p", "area_code": VILLAGE, "path": "biomass", "head_name": "王建国", "people": 3,
            "address": f"平川坡村{number}号", "arrangement": "household", "entry_key": f"k{number}",
            "fingerprint": f"f{number}", "import_id": made.import_id, "sheet_row": number, "created_at": NOON,
        }  # fmt: skip
        row = Household(id=new_id(), **{**values, **changes})
        session.add(row)
        session.flush()
        issue_codes(session, [row.id])
        if done:
            when = datetime(2022, 5, 13, 4, tzinfo=UTC)
            session.add(
                Installation(
                    household_id=row.id, installed_at=when, co_alarm_tested_at=when, briefing_given_at=when
                )
            )
        who = person(session, f"居民{number}")
        if phone:
            session.add(
                HouseholdTie(
                    household_id=row.id,
                    person_id=who.person_id,
                    role="resident",
                    proven_by="cadre",
                    given_by=made.cadre.person_id,
                    since=NOON,
                )
            )
        ties = (Tie(row.id, "resident"),) if phone else ()
        code = valid_code(session, row.id)
        assert code
        return House(row.id, code, replace(who, ties=ties))


def order(
    session: Session, home: House, kilograms: int, day: date = TODAY, by: Actor | None = None
) -> OrderView:
    """An order that wants its fuel on ``day``."""
    return order_fuel(
        session,
        by or home.resident,
        household_id=home.id,
        kilograms=kilograms,
        wanted_from=day,
        wanted_until=day,
    )


def deliver(
    session: Session, made: Village, home: House, order_id: str, kilograms: int, **changes: Any
) -> DeliveryView:
    """A delivery at the right door, from the batch that passed."""
    told = {"household_code": home.code, "fuel_batch_id": made.batch_id, "bags": -(-kilograms // 25)}
    return record_delivery(
        session, made.driver, fuel_order_id=order_id, kilograms=kilograms, **{**told, **changes}
    )


Buckets = tuple[int, int, int, int]


def books(session: Session, household_id: str) -> dict[str, Buckets]:
    """By fuel year (reserved, delivered, owed, excess), after a check that counters and ledger say the same."""
    found: dict[str, Buckets] = {}
    for row in session.scalars(select(Entitlement).where(Entitlement.household_id == household_id)):
        sums = session.execute(
            select(
                *(
                    func.coalesce(func.sum(column), 0)
                    for column in (
                        LedgerEntry.reserved_kg,
                        LedgerEntry.delivered_kg,
                        LedgerEntry.owed_kg,
                        LedgerEntry.excess_kg,
                    )
                ),
                func.count(),
                func.coalesce(func.max(LedgerEntry.position), 0),
            ).where(LedgerEntry.entitlement_id == row.id)
        ).one()
        counters = (row.reserved_kg, row.delivered_kg, row.owed_kg, row.excess_kg)
        assert tuple(sums) == (*counters, row.entries, row.entries), "the ledger and the balance differ"
        assert row.reserved_kg + row.delivered_kg + row.owed_kg <= row.limit_kg
        found[row.fuel_year] = counters
    return found


def refused(kind: type[Exception], call: Callable[..., object], *args: Any, **named: Any) -> Any:
    """The refusal that a call ends in."""
    try:
        call(*args, **named)
    except kind as refusal:
        return refusal
    raise AssertionError(f"{kind.__name__} was not raised")
