"""A county whose houses are looked at as a home screen and as a desk, and the steps they take, through HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import event, update

from backend.core import clock
from backend.core.db import Database, new_id
from backend.identity.models import LoginSession
from backend.installation.models import Booking, Contract, Installation, Slot
from backend.registry.models import Household
from backend.registry.queries import valid_code
from tests.builders.product import (
    AUTUMN,
    AppClient,
    County,
    Someone,
    client_of,
    code_of,
    company_in,
    person_with,
    proxy_of,
    resident_of,
)
from tests.installation import world
from tests.installation.world import CHECKED, World

PATH = "biomass"
GRADE, STANDARD = "I级", "NB/T 34024-2015"


@dataclass
class Homes:
    db: Database
    app: Flask
    world: World
    people: dict[str, Someone]
    _residents: dict[str, Someone] = field(default_factory=dict)
    _batch: str | None = None

    def client(self, who: str | Someone | None) -> AppClient:
        return client_of(self.app, self.people[who] if isinstance(who, str) else who)

    @property
    def village(self) -> str:
        return self.world.county.villages[PATH]

    def house(self, n: int = 0, path: str = PATH) -> str:
        return self.world.house(path, n)

    def resident(self, house: str) -> Someone:
        if house not in self._residents:
            self._residents[house] = resident_of(self.db, house)
        return self._residents[house]

    def proxy(self, house: str) -> Someone:
        return proxy_of(self.db, house, self.resident(house))

    def own(self, house: str) -> AppClient:
        return self.client(self.resident(house))

    def home(self, house: str, who: str | Someone | None = None) -> Any:
        client = self.client(who) if who else self.own(house)
        return client.get(f"/api/households/{house}/home").expect(200)

    def to_do(self, house: str, who: str | Someone | None = None) -> list[str]:
        return [each["code"] for each in self.home(house, who)["to_do"]]

    def next(self, house: str) -> tuple[str, str]:
        following = self.home(house)["next"]
        return following["code"], following["who"]

    def desk(self, who: str = "cadre", **query: Any) -> Any:
        return self.client(who).get("/api/desk", **query).expect(200)

    def counts(self, who: str = "cadre", **query: Any) -> dict[str, int]:
        found: dict[str, int] = self.desk(who, **query)["counts"]
        return found

    def listed(self, kind: str, who: str = "cadre", **query: Any) -> list[tuple[str, list[str]]]:
        """(household, codes of its reasons) of a whole list, page by page of one."""
        found, cursor = [], None
        while True:
            page = self.client(who).get("/api/desk/households", kind=kind, limit=1, cursor=cursor, **query)
            answer = page.expect(200)
            for row in answer["items"]:
                found.append((row["household"]["id"], [each["code"] for each in row["reasons"]]))
            cursor = answer["next"]
            if cursor is None:
                return found

    # Steps

    def confirm(self, house: str) -> None:
        self.own(house).post(f"/api/households/{house}/confirmation").expect(200)

    def confirm_on_site(self, house: str, **more: Any) -> Any:
        body = {"household_code": code_of(self.db, house), **more}
        return self.client("cadre").post(f"/api/households/{house}/village-confirmation", body)

    def warm_stove(self, house: str) -> None:
        """A house that may draw fuel, without the way there."""
        now = clock.now()
        with self.db.writing() as session:
            session.merge(
                Installation(
                    household_id=house,
                    installed_at=now,
                    co_alarm_tested_at=now,
                    briefing_given_at=now,
                    energised_at=now,
                )
            )

    def contract(self, house: str, **more: Any) -> None:
        with self.db.writing() as session:
            session.add(
                Contract(
                    household_id=house,
                    contractor_id="heat-co",
                    signed_on=date(2022, 9, 10),
                    own_share_fen=0,
                    summary="企业负责安装和维护。",
                    financing="none",
                    recorded_by=new_id(),
                    recorded_at=AUTUMN,
                    **more,
                )
            )

    def booked(self, house: str, day: date) -> None:
        """A booking on record, without the way there."""
        self.contract(house)
        with self.db.writing() as session:
            home = session.get_one(Household, house)
            contract = session.query(Contract).filter_by(household_id=house).one()
            slot = session.query(Slot).filter_by(area_code=home.area_code, day=day).one_or_none()
            if slot is None:
                slot = Slot(
                    contractor_id="heat-co",
                    area_code=home.area_code,
                    day=day,
                    half_day="morning",
                    capacity=9,
                    booked=0,
                    opened_by=new_id(),
                    opened_at=AUTUMN,
                )
                session.add(slot)
            slot.booked += 1
            session.flush()
            session.add(
                Booking(
                    household_id=house,
                    contract_id=contract.id,
                    slot_id=slot.id,
                    booked_by=new_id(),
                    on_behalf=False,
                    booked_at=clock.now(),
                )
            )

    def accept(self, house: str) -> None:
        body = {"outcome": "passed", "checklist": CHECKED}
        self.world.acceptor.post(f"/api/households/{house}/acceptance", body).expect(201)

    def batch(self) -> str:
        """A batch that passed its test, and who brings it to the village."""
        if self._batch is None:
            area = {"company_id": "fuel-co", "area_code": self.village, "grade": GRADE}
            self.client("district").post("/api/fuel-supply-areas", area).expect(201)
            supplier = self.client("supplier")
            lot = {"number": "B-1", "grade": GRADE, "produced_on": "2022-09-10", "quantity_kg": 90_000}
            batch: str = supplier.post("/api/fuel-batches", lot).expect(201)["id"]
            report = {
                "report_number": "R-1",
                "passed": True,
                "grade": GRADE,
                "standard": STANDARD,
                "tested_on": "2022-09-12",
            }
            supplier.post(f"/api/fuel-batches/{batch}/test-report", report).expect(200)
            decision = f"/api/fuel-batches/{batch}/test-report/decision"
            self.client("inspector").post(decision, {"accepted": True}).expect(200)
            self._batch = batch
        return self._batch

    def ordered(self, house: str, kilograms: int = 1000) -> str:
        self.batch()
        today = clock.today().isoformat()
        body = {"household_id": house, "kilograms": kilograms, "wanted_from": today, "wanted_until": today}
        order: str = self.client("cadre").post("/api/fuel-orders", body).expect(201)["id"]
        return order

    def delivered(self, house: str, kilograms: int = 1000) -> str:
        order = self.ordered(house, kilograms)
        body = {
            "household_code": code_of(self.db, house),
            "fuel_batch_id": self.batch(),
            "bags": 40,
            "kilograms": kilograms,
        }
        delivery: str = (
            self.client("driver").post(f"/api/fuel-orders/{order}/deliveries", body).expect(201)["id"]
        )
        return delivery

    def report(self, house: str, category: str = "no_heat", who: str = "cadre") -> str:
        body = {"household_id": house, "category": category}
        fault: str = self.client(who).post("/api/faults", body).expect(201)["fault"]["id"]
        return fault

    def dispatch(self, fault: str) -> None:
        body = {"person_id": self.people["repairer"].id, "company_id": "heat-co"}
        self.client("township").post(f"/api/faults/{fault}/dispatch", body).expect(201)

    def repaired(self, house: str, category: str = "no_heat") -> str:
        """A fault that the repairer says is mended."""
        self.contract(house)
        fault = self.report(house, category)
        body = {"person_id": self.people["repairer"].id}
        self.world.manager.post(f"/api/faults/{fault}/dispatch", body).expect(201)
        repairer = self.client("repairer")
        arrival = {"household_code": code_of(self.db, house)}
        repairer.post(f"/api/faults/{fault}/arrival", arrival).expect(201)
        repairer.post(f"/api/faults/{fault}/done", {"work": "换了循环泵"}).expect(201)
        return fault

    def change(self, house: str, **values: Any) -> None:
        """Set what no step sets here: a head's number, a vacant house."""
        with self.db.writing() as session:
            row = session.get_one(Household, house)
            for name, value in values.items():
                setattr(row, name, value)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Everything that the application asks of its database meanwhile."""
        heard: list[str] = []
        engine = self.app.extensions["backend.database"].engine

        def keep(_connection: Any, _cursor: Any, text: str, *_more: Any) -> None:
            if not text.lstrip().upper().startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                heard.append(text)

        event.listen(engine, "before_cursor_execute", keep)
        try:
            yield heard
        finally:
            event.remove(engine, "before_cursor_execute", keep)

    def code(self, house: str) -> str | None:
        with self.db.reading() as session:
            return valid_code(session, house)


Peopled = tuple[County, dict[str, Someone], dict[str, Someone]]


def peopled(db: Database) -> Peopled:
    """Fill an empty database with the county, who installs there, and who looks at it; the clock stands in autumn."""
    county, installing = world.peopled(db)
    with clock.pinned(AUTUMN):
        return county, installing, _looking(db, county, installing)


def _looking(db: Database, county: County, installing: dict[str, Someone]) -> dict[str, Someone]:
    village, elsewhere = county.villages[PATH], county.villages["solar_plus"]
    company_in(db, "fuel-co", "fuel_supplier", name="示范燃料公司")
    return {
        "cadre": person_with(db, "village_cadre", area_code=village, name="李村长"),
        "cadre elsewhere": person_with(db, "village_cadre", area_code=elsewhere),
        "cadre no longer": person_with(db, "village_cadre", area_code=village, until=date(2022, 9, 14)),
        "township": person_with(db, "township_officer", area_code=village[:9], name="王乡长"),
        "township elsewhere": person_with(db, "township_officer", area_code=elsewhere[:9]),
        "district": person_with(db, "district_officer", area_code=county.district),
        "inspector": person_with(db, "inspector", area_code=county.district),
        "auditor": person_with(db, "auditor", area_code=county.district),
        "acceptor": person_with(db, "acceptor", area_code=village[:9]),
        "repairer": person_with(db, "repairer", company_id="heat-co", name="李师傅"),
        "installer": installing["installer"],
        "supplier": person_with(db, "supplier_manager", company_id="fuel-co"),
        "driver": person_with(db, "driver", company_id="fuel-co"),
    }


def homes_on(
    db: Database, app: Flask, county: County, installing: dict[str, Someone], looking: dict[str, Someone]
) -> Homes:
    return Homes(db, app, world.world_on(db, app, county, installing), looking)


@contextmanager
def on(homes: Homes, text: str) -> Iterator[None]:
    """Another moment (UTC), with everybody still signed in."""
    moment = datetime.fromisoformat(f"{text}+00:00")
    with clock.pinned(moment):
        with homes.db.writing() as session:
            session.execute(update(LoginSession).values(seen_at=moment))
        yield


WINTER = "2022-12-01T02:00:00"  # ten o'clock of a Thursday in the heating season
