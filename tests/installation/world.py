"""A county in its autumn with everybody who has a hand in an installation, and the steps they take, through HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask

from backend.core import clock
from backend.core.db import Database
from tests.builders.product import (
    AUTUMN,
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

TODAY, TOMORROW = date(2022, 9, 15), date(2022, 9, 16)
CHECKED = {"kit_matches": True, "safely_fitted": True, "runs": True, "explained": True}
KITS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "heat_pump": (
        {"kind": "heat_pump_water", "figures": {"heat_output_w": 6000}},
        {"kind": "induction_cooker"},
        {"kind": "heated_kang", "figures": {"area_m2": 5}},
        {"kind": "wiring"},
    ),
    "heat_pump_station": (
        {"kind": "induction_cooker"},
        {"kind": "heated_kang", "figures": {"area_m2": 5}},
    ),
    "biomass": ({"kind": "biomass_stove"}, {"kind": "radiator", "quantity": 2}),
}
WITHOUT_SERIAL = ("wiring", "radiator")


@dataclass
class World:
    db: Database
    app: Flask
    county: County
    manager: AppClient
    installer: AppClient
    second_installer: AppClient
    acceptor: AppClient
    district: AppClient
    people: dict[str, Someone]
    serials: int = 0

    def client(self, person: Someone) -> AppClient:
        return client_of(self.app, person)

    def house(self, path: str, n: int = 0) -> str:
        return self.county.households[path][n]

    def cadre(self, path: str) -> AppClient:
        return self.client(person_with(self.db, "village_cadre", area_code=self.county.villages[path]))

    def resident(self, household_id: str) -> AppClient:
        return self.client(resident_of(self.db, household_id))

    def confirmed(self, path: str, n: int = 0) -> tuple[str, AppClient]:
        """A household confirmed by itself and its village, and its resident's client."""
        house = self.house(path, n)
        resident = self.resident(house)
        resident.post(f"/api/households/{house}/confirmation").expect(200)
        self.cadre(path).post(
            f"/api/households/{house}/village-confirmation", {"household_code": code_of(self.db, house)}
        ).expect(200)
        return house, resident

    def contract(self, house: str, **changes: Any) -> Any:
        body = {
            "contractor_id": "heat-co",
            "signed_on": "2022-09-10",
            "own_share_fen": 200_000,
            "summary": "企业负责安装和维护，用户自筹两千元。",
            **changes,
        }
        return self.manager.post(f"/api/households/{house}/contract", body)

    def slot(self, path: str, capacity: int = 2, day: date = TODAY, half_day: str = "afternoon") -> str:
        body = {
            "area_code": self.county.villages[path],
            "day": day.isoformat(),
            "half_day": half_day,
            "capacity": capacity,
        }
        slot: str = self.manager.post("/api/slots", body).expect(201)["id"]
        return slot

    def contracted(self, path: str, n: int = 0) -> tuple[str, AppClient]:
        house, resident = self.confirmed(path, n)
        self.contract(house).expect(201)
        return house, resident

    def booked(self, path: str, n: int = 0) -> tuple[str, AppClient, str]:
        """A house with a booking for this afternoon."""
        house, resident = self.contracted(path, n)
        slot = self.manager.get("/api/slots", area_code=self.county.villages[path]).expect(200)["items"]
        slot_id = slot[0]["id"] if slot else self.slot(path)
        booking = resident.post("/api/bookings", {"household_id": house, "slot_id": slot_id}).expect(201)
        return house, resident, booking["id"]

    def visit(self, booking: str, house: str, client: AppClient | None = None) -> str:
        body = {"booking_id": booking, "household_code": code_of(self.db, house)}
        visit: str = (client or self.installer).post("/api/visits", body).expect(201)["id"]
        return visit

    def serial(self) -> str:
        self.serials += 1
        return f"SN-{self.serials:06d}"

    def install(self, visit: str, path: str) -> None:
        for item in KITS[path]:
            numbered = {} if item["kind"] in WITHOUT_SERIAL else {"serial": self.serial()}
            self.installer.post(f"/api/visits/{visit}/items", {**item, **numbered}).expect(201)

    def standing(self, house: str) -> Any:
        return self.district.get(f"/api/households/{house}/installation").expect(200)["standing"]

    def installed(self, path: str, n: int = 0) -> tuple[str, AppClient]:
        """A house with its whole kit, alarm (biomass) and briefing, not yet energised."""
        house, resident, booking = self.booked(path, n)
        visit = self.visit(booking, house)
        self.install(visit, path)
        if path == "biomass":
            alarm = {"serial": self.serial(), "room": "堂屋", "test_beep": True}
            self.installer.post(f"/api/visits/{visit}/co-alarm", alarm).expect(201)
        self.installer.post(f"/api/visits/{visit}/briefing", {"given_to": "户主"}).expect(201)
        ended = self.installer.post(f"/api/visits/{visit}/finish", {}).expect(200)
        assert ended["outcome"] == "complete", ended
        return house, resident


Peopled = tuple[County, dict[str, Someone]]


def peopled(db: Database) -> Peopled:
    """Fill an empty database with the county, the companies and their people; the clock stands in autumn."""
    with clock.pinned(AUTUMN):
        return _peopled(db)


def _peopled(db: Database) -> Peopled:
    county = small_county(db)
    company_in(db, "heat-co", "contractor", name="示范取暖公司")
    company_in(db, "other-co", "contractor", name="另一家公司")
    people = {
        "manager": person_with(db, "contractor_manager", company_id="heat-co"),
        "installer": person_with(db, "installer", company_id="heat-co"),
        "second_installer": person_with(db, "installer", company_id="heat-co"),
        "acceptor": person_with(db, "acceptor", area_code=county.district),
        "district": person_with(db, "district_officer", area_code=county.district),
    }
    return county, people


def world_on(db: Database, app: Flask, county: County, people: dict[str, Someone]) -> World:
    return World(
        db,
        app,
        county,
        manager=client_of(app, people["manager"]),
        installer=client_of(app, people["installer"]),
        second_installer=client_of(app, people["second_installer"]),
        acceptor=client_of(app, people["acceptor"]),
        district=client_of(app, people["district"]),
        people=people,
    )
