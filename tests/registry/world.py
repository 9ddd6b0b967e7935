"""An office with its villages and their people, and the lists that it sends, through HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.programme import area, the_programme
from backend.registry.models import Household, HouseholdTie
from tests.builders.product import (
    AUTUMN,
    AppClient,
    County,
    Someone,
    client_of,
    code_of,
    household_in,
    person_with,
    resident_of,
    small_county,
)
from tests.builders.township_lists import csv_file, id_number, row, typed

PATH, ELSEWHERE = "biomass", "solar_plus"
TABLES = ("households", "stickers", "held_rows", "household_ties", "scans")


@dataclass
class World:
    """``cadre`` and ``township`` are of the biomass village; ``other_*`` of the first solar village."""

    db: Database
    app: Flask
    county: County
    people: dict[str, Someone]
    _residents: dict[str, Someone] = field(default_factory=dict)

    def client(self, who: str | Someone | None) -> AppClient:
        return client_of(self.app, self.people[who] if isinstance(who, str) else who)

    @property
    def township(self) -> AppClient:
        return self.client("township")

    @property
    def cadre(self) -> AppClient:
        return self.client("cadre")

    @property
    def village(self) -> str:
        return self.county.villages[PATH]

    @property
    def area_code(self) -> str:
        """The township's."""
        return self.village[:9]

    def house(self, n: int = 0, path: str = PATH) -> str:
        return self.county.households[path][n]

    def code(self, house: str) -> str:
        return code_of(self.db, house)

    def row(self, house: str) -> Household:
        with self.db.reading() as session:
            return session.get_one(Household, house)

    def resident(self, house: str) -> Someone:
        if house not in self._residents:
            self._residents[house] = resident_of(self.db, house)
        return self._residents[house]

    def home(self, house: str) -> AppClient:
        return self.client(self.resident(house))

    def inbox(self, person: Someone | str) -> list[str]:
        items = self.client(person).get("/api/inbox", limit=200).expect(200)["items"]
        return [each["title"] for each in items]

    def audit(self, event: str) -> list[AuditEntry]:
        with self.db.reading() as session:
            return list(
                session.scalars(select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id))
            )

    # Lists

    def line(self, n: int, place: str = PATH, /, **cells: Any) -> list[Any]:
        """The ``n``-th row of a list for the first village of a path: a new household but for what is given."""
        return typed(line_in(self.db, self.county.villages[place], n, **cells))

    def check(self, *lines: list[Any], by: str = "township", area_code: str | None = None) -> dict[str, Any]:
        """Send a list; what the dry run says."""
        found: dict[str, Any] = self.send(csv_file(*lines), by=by, area_code=area_code).expect(201)
        return found

    def send(
        self, raw: bytes, name: str = "list.csv", by: str = "township", area_code: str | None = None
    ) -> Any:
        return self.client(by).upload(
            "/api/imports", {"file": (name, raw)}, {"area_code": area_code or self.area_code}
        )

    def commit(self, import_id: str, by: str = "township") -> dict[str, Any]:
        found: dict[str, Any] = (
            self.client(by).post(f"/api/imports/{import_id}/commit").expect(200)["counts"]["taken"]
        )
        return found

    def take_in(self, *lines: list[Any], **more: Any) -> dict[str, Any]:
        """Check and commit; rows by what became of them."""
        return self.commit(self.check(*lines, **more)["id"], by=more.get("by", "township"))

    def listed(self, address: str) -> list[dict[str, Any]]:
        answer = self.township.get("/api/households", address=address, limit=200)
        found: list[dict[str, Any]] = answer.expect(200)["items"]
        return found

    def findings(self, import_id: str) -> list[tuple[int, str, str]]:
        items = self.township.get(f"/api/imports/{import_id}/findings", limit=200).expect(200)["items"]
        return [(each["sheet_row"], each["column"], each["code"]) for each in items]

    def held(self, by: str = "township", settled: str = "false") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (
            self.client(by).get("/api/held-rows", settled=settled, limit=200).expect(200)["items"]
        )
        return items

    def settle(self, held_row_id: str, by: str = "cadre", **corrections: str) -> Any:
        body = {"outcome": "corrected", "corrections": corrections, "reason": "与本人身份证核对过"}
        return self.client(by).post(f"/api/held-rows/{held_row_id}/settlement", body)


def line_in(db: Database, village_code: str, n: int, /, **cells: Any) -> Any:
    with db.reading() as session:
        village, township = area(session, village_code), area(session, village_code[:9])
        label = next(
            path.label for path in the_programme(session).paths if village and path.code == village.path
        )
    assert village and township
    usual = {
        "township": township.name,
        "village": village.name,
        "id_number": id_number(order=500 + n),
        "phone": f"137{n:08d}",
        "police_no": f"新户{n}",
        "address": f"{village.name}新{n}号",
        "courtyard": f"新{n}",
        "path": label,
    }
    return row(n, **{**usual, **cells})


def digests(db: Database, *tables: str) -> dict[str, str]:
    """A digest of each table's rows, as they are stored."""
    found = {}
    with db.reading() as session:
        for table in tables or TABLES:
            rows = sorted(repr(tuple(each)) for each in session.execute(text(f"SELECT * FROM {table}")))
            found[table] = f"{len(rows)}:{hashlib.sha256(repr(rows).encode()).hexdigest()}"
    return found


def ties(session: Session, house: str) -> list[HouseholdTie]:
    return list(session.scalars(select(HouseholdTie).where(HouseholdTie.household_id == house)))


Peopled = tuple[County, dict[str, Someone]]


def peopled(db: Database) -> Peopled:
    """Fill an empty database with the county and its people; the clock stands in autumn."""
    with clock.pinned(AUTUMN):
        return _peopled(db)


def _peopled(db: Database) -> Peopled:
    county = small_county(db)
    here, there = county.villages[PATH], county.villages[ELSEWHERE]
    assert here[:9] != there[:9], "the other village lies in another township"
    people = {
        "cadre": person_with(db, "village_cadre", area_code=here, name="李村长"),
        "other_cadre": person_with(db, "village_cadre", area_code=there),
        "township": person_with(db, "township_officer", area_code=here[:9]),
        "other_township": person_with(db, "township_officer", area_code=there[:9]),
        "district": person_with(db, "district_officer", area_code=county.district),
    }
    return county, people


__all__ = [
    "ELSEWHERE", "PATH", "Peopled", "World", "digests", "household_in", "line_in", "peopled", "ties",
]  # fmt: skip
