"""A village in the heating season with everybody who has a hand in a fault, and the steps they take, through HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from backend.core import clock
from backend.core.db import Database, new_id
from backend.installation.models import Contract
from backend.messaging.models import InboxEntry
from tests.builders.product import (
    AppClient,
    County,
    Someone,
    client_of,
    code_of,
    company_in,
    person_with,
    resident_of,
    small_county,
)

WINTER = datetime(2022, 12, 1, 2, 0, tzinfo=UTC)  # a Thursday, 10:00 for people
PATH = "biomass"


@dataclass
class World:
    db: Database
    app: Flask
    county: County
    people: dict[str, Someone]

    def client(self, who: str | Someone | None) -> AppClient:
        return client_of(self.app, self.people[who] if isinstance(who, str) else who)

    @property
    def village(self) -> str:
        return self.county.villages[PATH]

    def house(self, n: int = 0) -> str:
        return self.county.households[PATH][n]

    def code(self, house: str) -> str:
        return code_of(self.db, house)

    def resident(self, house: str) -> Someone:
        """The one resident of a house, the same each time."""
        if house not in self.people:
            self.people[house] = resident_of(self.db, house)
        return self.people[house]

    def home(self, house: str) -> AppClient:
        return self.client(self.resident(house))

    def contract(self, house: str, company_id: str = "heat-co") -> None:
        with self.db.writing() as session:
            session.add(
                Contract(
                    id=new_id(),
                    household_id=house,
                    contractor_id=company_id,
                    signed_on=date(2022, 9, 10),
                    own_share_fen=0,
                    summary="企业负责安装和维护。",
                    financing="none",
                    recorded_by=self.people["manager"].id,
                    recorded_at=WINTER,
                )
            )

    def report(self, house: str, category: str = "no_heat", **more: Any) -> Any:
        return (
            self.home(house)
            .post("/api/faults", {"household_id": house, "category": category, **more})
            .expect(201)
        )

    def reported(self, n: int = 0, category: str = "no_heat", **more: Any) -> tuple[str, str]:
        """A house under contract with a fault: (house, fault id)."""
        house = self.house(n)
        self.contract(house)
        fault: str = self.report(house, category, **more)["fault"]["id"]
        return house, fault

    def act(self, who: str | Someone, fault: str, verb: str, body: dict[str, Any] | None = None) -> Any:
        return self.client(who).post(f"/api/faults/{fault}/{verb}", body or {})

    def dispatched(self, n: int = 0, category: str = "no_heat") -> tuple[str, str]:
        house, fault = self.reported(n, category)
        self.act("manager", fault, "dispatch", {"person_id": self.people["repairer"].id}).expect(201)
        return house, fault

    def arrived(self, n: int = 0, category: str = "no_heat") -> tuple[str, str]:
        house, fault = self.dispatched(n, category)
        self.act("repairer", fault, "arrival", {"household_code": self.code(house)}).expect(201)
        return house, fault

    def done(self, n: int = 0, category: str = "no_heat") -> tuple[str, str]:
        house, fault = self.arrived(n, category)
        self.act("repairer", fault, "done", {"work": "换了循环泵"}).expect(201)
        return house, fault

    def file(self, fault: str, who: str | Someone = "district") -> Any:
        return self.client(who).get(f"/api/faults/{fault}").expect(200)

    def history(self, fault: str) -> list[str]:
        return [step["kind"] for step in self.file(fault)["steps"]]

    def inbox(self, who: str | Someone) -> list[tuple[str, str]]:
        """(topic, title) of what somebody was told, in the order of telling."""
        person = self.people[who] if isinstance(who, str) else who
        with self.db.reading() as session:
            rows = session.execute(
                select(InboxEntry.topic, InboxEntry.title)
                .where(InboxEntry.person_id == person.id, InboxEntry.topic.startswith("fault."))
                .order_by(InboxEntry.id)
            )
            return [(topic, title) for topic, title in rows]


Peopled = tuple[County, dict[str, Someone]]


def peopled(db: Database) -> Peopled:
    """Fill an empty database with the village and its people; the clock stands in winter."""
    with clock.pinned(WINTER):
        return _peopled(db)


def _peopled(db: Database) -> Peopled:
    county = small_county(db, households_each=6)
    company_in(db, "heat-co", "contractor", name="示范取暖公司")
    company_in(db, "other-co", "contractor", name="另一家公司")
    village = county.villages[PATH]
    people = {
        "manager": person_with(db, "contractor_manager", company_id="heat-co"),
        "other_manager": person_with(db, "contractor_manager", company_id="other-co"),
        "repairer": person_with(db, "repairer", company_id="heat-co", name="李师傅"),
        "second_repairer": person_with(db, "repairer", company_id="heat-co"),
        "other_repairer": person_with(db, "repairer", company_id="other-co"),
        "cadre": person_with(db, "village_cadre", area_code=village, name="张支书"),
        "elsewhere": person_with(db, "village_cadre", area_code=county.villages["heat_pump"]),
        "township": person_with(db, "township_officer", area_code=village[:9]),
        "district": person_with(db, "district_officer", area_code=county.district),
    }
    return county, people
