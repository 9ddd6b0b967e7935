"""A village whose doors are scanned, and everybody who might scan them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Flask
from PIL import Image

from backend.core import clock
from backend.core.db import Database, new_id
from backend.installation.models import Booking, Contract, InstalledItem, Slot
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
    small_county,
    somebody,
)

PATH = "heat_pump"
HERE, ELSEWHERE = "heat-co", "other-co"


@dataclass
class Houses:
    db: Database
    app: Flask
    county: County
    people: dict[str, Someone | None]

    def client(self, who: str | None) -> AppClient:
        return client_of(self.app, self.people[who] if who else None)

    @property
    def house(self) -> str:
        """The one with a contract and a booking."""
        return self.county.households[PATH][0]

    @property
    def code(self) -> str:
        return code_of(self.db, self.house)

    def scan(self, who: str | None, **more: Any) -> Any:
        return self.client(who).post("/api/scans", {"household_code": self.code, **more})

    def installed_item(self) -> str:
        with self.db.writing() as session:
            item = InstalledItem(
                household_id=self.house, kind="induction_cooker", quantity=1, serial="SN-1", serial_key="SN1", figures={},
                rooms=[], recorded_by=new_id(), recorded_at=AUTUMN,
            )  # fmt: skip
            session.add(item)
            session.flush()
            return item.id


def picture(colour: str = "red", size: tuple[int, int] = (20, 20), form: str = "PNG", **more: Any) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, form, **more)
    return written.getvalue()


Peopled = tuple[County, dict[str, Someone | None]]


def peopled(db: Database) -> Peopled:
    """Fill an empty database with the village and who scans there; the clock stands in autumn."""
    with clock.pinned(AUTUMN):
        return _peopled(db)


def _peopled(db: Database) -> Peopled:
    county = small_county(db, 2)
    home, neighbour = county.households[PATH][:2]
    village, elsewhere = county.villages[PATH], county.villages["solar_plus"]
    for company in (HERE, ELSEWHERE):
        company_in(db, company, "contractor", "fuel_supplier")
    resident = resident_of(db, home)
    people: dict[str, Someone | None] = {
        "resident": resident,
        "proxy": proxy_of(db, home, resident),
        "neighbour": resident_of(db, neighbour),
        "cadre": person_with(db, "village_cadre", area_code=village),
        "cadre elsewhere": person_with(db, "village_cadre", area_code=elsewhere),
        "township officer": person_with(db, "township_officer", area_code=village[:9]),
        "township officer elsewhere": person_with(db, "township_officer", area_code=elsewhere[:9]),
        "acceptor": person_with(db, "acceptor", area_code=village[:9]),
        "inspector": person_with(db, "inspector", area_code=county.district),
        "installer with a job": person_with(db, "installer", company_id=HERE),
        "repairer with a job": person_with(db, "repairer", company_id=HERE),
        "installer without": person_with(db, "installer", company_id=ELSEWHERE),
        "installer no longer": person_with(db, "installer", company_id=HERE, until=date(2022, 9, 14)),
        "cadre no longer": person_with(db, "village_cadre", area_code=village, until=date(2022, 9, 14)),
        "somebody": somebody(db),
    }
    _contract_and_booking(db, home, village)
    return county, people


def _contract_and_booking(db: Database, home: str, village: str) -> None:
    with db.writing() as session:
        contract = Contract(
            household_id=home, contractor_id=HERE, signed_on=AUTUMN.date(), own_share_fen=0, summary="协议",
            financing="none", recorded_by=new_id(), recorded_at=AUTUMN,
        )  # fmt: skip
        slot = Slot(
            contractor_id=HERE, area_code=village, day=AUTUMN.date(), half_day="afternoon", capacity=1, booked=1,
            opened_by=new_id(), opened_at=AUTUMN,
        )  # fmt: skip
        session.add_all((contract, slot))
        session.flush()
        booking = Booking(
            household_id=home, contract_id=contract.id, slot_id=slot.id, booked_by=new_id(), on_behalf=False,
            booked_at=AUTUMN,
        )  # fmt: skip
        session.add(booking)
