"""One county in one database for the whole table: in every role somebody here and somebody elsewhere."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import Database, new_id
from backend.core.http.rates import RateCount
from backend.identity import actions as identity_actions
from backend.identity.roles import (
    CADRE,
    CONTRACTOR,
    LABELS,
    OF_A_COMPANY,
    OF_A_HOUSEHOLD,
    PROXY,
    RESIDENT,
    TOWNSHIP,
)
from backend.installation.models import Installation
from backend.messaging import Notice, notify
from backend.registry.actions.doors import Printing
from backend.registry.models import Household, HouseholdTie
from scripts.wechat_standin import DEMO_OA_APPID, DEMO_OA_SECRET, Standin
from scripts.wechat_standin.push import Prepared, Push, prepare
from tests.api.digests import digests_of
from tests.builders.h5 import small_build
from tests.builders.product import (
    AppClient,
    County,
    Someone,
    app_on,
    client_of,
    code_of,
    company_in,
    give_role_to,
    small_county,
    somebody,
)
from tests.harness import FONT_DIR

HOUSES: Final = 160  # on the biomass path: each row takes fresh ones
HERE, THERE = "heat-co", "other-co"  # companies that do everything: one with the work here, one without
OTHER_DISTRICT: Final = "140699"
SIGNED_ON: Final = "2022-09-10"
GRADE: Final = "I级"
STANDARD: Final = "NB/T 34024-2015"


def photo_bytes(shade: int = 0) -> bytes:
    """A small JPEG; another ``shade``, other bytes."""
    written = io.BytesIO()
    Image.new("RGB", (8, 8), (shade % 256, 90, 120)).save(written, "JPEG")
    return written.getvalue()


@dataclass
class Scene:
    db: Database
    app: Flask
    county: County
    standin: Standin
    here: Mapping[str, Someone]
    elsewhere: Mapping[str, Someone]
    anybody: Someone
    ended: Someone
    _taken: dict[str, int] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    # Callers

    def client(self, person: Someone | None) -> AppClient:
        return client_of(self.app, person)

    def as_(self, role: str) -> AppClient:
        """The client of the one who holds a role here."""
        return self.client(self.here[role])

    def stranger(self) -> Someone:
        """Somebody new, without a role."""
        return somebody(self.db, name="新来的人")

    def number(self) -> int:
        return next(self._numbers)

    # Places

    def village(self, path: str = "biomass") -> str:
        return self.county.villages[path]

    def home(self, path: str = "biomass") -> str:
        """A household that no row has used, with its resident and its proxy."""
        taken = self._taken.get(path, 0)
        self._taken[path] = taken + 1
        household_id = self.county.households[path][taken]
        with self.db.writing() as session:
            for role in sorted(OF_A_HOUSEHOLD):
                self._tie(session, household_id, self.here[role], role)
        return household_id

    def _tie(self, session: Session, household_id: str, person: Someone, role: str) -> str:
        tie = HouseholdTie(
            id=new_id(),
            household_id=household_id,
            person_id=person.id,
            role=role,
            proven_by="cadre",
            given_by=self.here[CADRE].id,
            since=clock.now(),
        )
        session.add(tie)
        session.flush()
        return tie.id

    def tie(self, household_id: str) -> str:
        """One more resident of a household; the tie's id."""
        person = self.stranger()
        with self.db.writing() as session:
            return self._tie(session, household_id, person, RESIDENT)

    def code(self, household_id: str) -> str:
        return code_of(self.db, household_id)

    def phone_of(self, household_id: str) -> str:
        with self.db.reading() as session:
            phone = session.scalar(select(Household.phone).where(Household.id == household_id))
        assert phone
        return phone

    def known_by_phone(self) -> str:
        """The telephone of somebody whom WeChat vouched for."""
        phone = f"1370000{self.number():04d}"
        person = self.stranger()
        with self.db.writing() as session:
            identity_actions.keep_verified_phone(session, person.id, phone)
        return phone

    # Steps of a household

    def confirmed(self, path: str = "biomass") -> str:
        home = self.home(path)
        self.as_(RESIDENT).post(f"/api/households/{home}/confirmation").expect(200)
        body = {"household_code": self.code(home)}
        self.as_(CADRE).post(f"/api/households/{home}/village-confirmation", body).expect(200)
        return home

    def contract_body(self, **changes: Any) -> dict[str, Any]:
        return {
            "contractor_id": HERE,
            "signed_on": SIGNED_ON,
            "own_share_fen": 200_000,
            "summary": "企业负责安装和维护，用户自筹两千元。",
            **changes,
        }

    def contracted(self, path: str = "biomass", **changes: Any) -> str:
        home = self.confirmed(path)
        body = self.contract_body(**changes)
        self.as_(CONTRACTOR).post(f"/api/households/{home}/contract", body).expect(201)
        return home

    def slot(self, path: str = "biomass", *, days: int = 0) -> str:
        """This afternoon's places in a village; with ``days``, places on a half-day that no other row uses."""
        day = clock.today() + timedelta(days=days + self.number() if days else 0)
        body = {
            "area_code": self.village(path),
            "day": day.isoformat(),
            "half_day": "afternoon",
            "capacity": 90,
        }
        opened = self.as_(CONTRACTOR).post("/api/slots", body)
        if opened.status == 201:
            return str(opened.json()["id"])
        query = {"area_code": self.village(path), "from_day": day.isoformat(), "contractor_id": HERE}
        items = self.as_(CONTRACTOR).get("/api/slots", **query).expect(200)["items"]
        return str(next(each["id"] for each in items if each["day"] == day.isoformat()))

    def booking(self, path: str = "biomass", *, days: int = 0) -> tuple[str, str]:
        """A booked household and its booking; ``days`` from today."""
        home = self.contracted(path)
        body = {"household_id": home, "slot_id": self.slot(path, days=days)}
        return home, self.as_(RESIDENT).post("/api/bookings", body).expect(201)["id"]

    def visit(self, path: str = "biomass") -> tuple[str, str]:
        """A household with a visit under way, and the visit."""
        home, booking = self.booking(path)
        body = {"booking_id": booking, "household_code": self.code(home)}
        return home, self.as_("installer").post("/api/visits", body).expect(201)["id"]

    def serial(self) -> str:
        return f"SN-{self.number():06d}"

    def item(self, visit: str) -> str:
        body = {"kind": "biomass_stove", "serial": self.serial()}
        return str(self.as_("installer").post(f"/api/visits/{visit}/items", body).expect(201)["id"])

    def alarm(self) -> dict[str, Any]:
        return {"serial": self.serial(), "room": "堂屋", "test_beep": True}

    def installed(self) -> str:
        """A biomass household with its kit, a tested alarm and a briefing; not yet lit."""
        home, visit = self.visit()
        installer = self.as_("installer")
        self.item(visit)
        installer.post(f"/api/visits/{visit}/items", {"kind": "radiator", "quantity": 2}).expect(201)
        installer.post(f"/api/visits/{visit}/co-alarm", self.alarm()).expect(201)
        installer.post(f"/api/visits/{visit}/briefing", {"given_to": "户主"}).expect(201)
        assert installer.post(f"/api/visits/{visit}/finish", {}).expect(200)["outcome"] == "complete"
        return home

    def accepted(self) -> str:
        home = self.installed()
        body = {"outcome": "passed", "checklist": all_in_order()}
        self.as_("acceptor").post(f"/api/households/{home}/acceptance", body).expect(201)
        return home

    def warm_stove(self, path: str = "biomass") -> str:
        """A household that may draw fuel, without the way there."""
        home = self.home(path)
        with self.db.writing() as session:
            now = clock.now()
            session.add(
                Installation(
                    household_id=home, installed_at=now, co_alarm_tested_at=now, briefing_given_at=now
                )
            )
        return home

    # Fuel

    def supplied(self) -> None:
        """The biomass village has its supplier."""
        if not self._taken.get("supply"):
            self._taken["supply"] = 1
            body = {"company_id": HERE, "area_code": self.village(), "grade": GRADE}
            self.as_("district_officer").post("/api/fuel-supply-areas", body).expect(201)

    def order_body(self, home: str, **changes: Any) -> dict[str, Any]:
        today = clock.today().isoformat()
        return {
            "household_id": home,
            "kilograms": 1000,
            "wanted_from": today,
            "wanted_until": today,
            **changes,
        }

    def order(self) -> tuple[str, str]:
        """A household with an order of 1000 kg, and the order."""
        self.supplied()
        home = self.warm_stove()
        return home, self.as_(RESIDENT).post("/api/fuel-orders", self.order_body(home)).expect(201)["id"]

    def batch_body(self) -> dict[str, Any]:
        number = f"B-{self.number():05d}"
        return {"number": number, "grade": GRADE, "produced_on": SIGNED_ON, "quantity_kg": 100_000}

    def batch(self) -> str:
        """A batch on record, without a report."""
        self.supplied()
        made = self.as_("supplier_manager").post("/api/fuel-batches", self.batch_body()).expect(201)
        return str(made["id"])

    def report_body(self, **changes: Any) -> dict[str, Any]:
        return {
            "report_number": f"R-{self.number():05d}",
            "passed": True,
            "grade": GRADE,
            "standard": STANDARD,
            "tested_on": SIGNED_ON,
            **changes,
        }

    def reported_batch(self) -> str:
        batch = self.batch()
        url = f"/api/fuel-batches/{batch}/test-report"
        self.as_("supplier_manager").post(url, self.report_body()).expect(200)
        return batch

    def passed_batch(self) -> str:
        batch = self.reported_batch()
        url = f"/api/fuel-batches/{batch}/test-report/decision"
        self.as_("inspector").post(url, {"accepted": True}).expect(200)
        return batch

    def delivery_body(self, home: str, **changes: Any) -> dict[str, Any]:
        return {
            "household_code": self.code(home),
            "fuel_batch_id": self.passed_batch(),
            "bags": 40,
            "kilograms": 1000,
            **changes,
        }

    def delivery(self) -> tuple[str, str]:
        """A household with a delivery that nobody has confirmed, and the delivery."""
        home, order = self.order()
        url = f"/api/fuel-orders/{order}/deliveries"
        return home, self.as_("driver").post(url, self.delivery_body(home)).expect(201)["id"]

    # The conversation

    def card(self) -> tuple[str, Someone]:
        """A card that nobody has answered, and the resident it was made for."""
        home = self.warm_stove()
        person = self.stranger()
        with self.db.writing() as session:
            self._tie(session, home, person, RESIDENT)
        said = {"text": "没暖气", "household_id": home}
        reply = self.client(person).post("/api/conversation", said).expect(201)["reply"]
        return str(reply["card"]["id"]), person

    def push(self, kind: str, text: str = "") -> Prepared:
        """What the platform would send to the callback's address, signed."""
        return prepare(self.standin.platform, Push(openid="o-unknown", kind=kind, text=text))

    # Files and notices

    def photo(self, role: str) -> str:
        picture = photo_bytes(self.number())
        return str(self.as_(role).upload("/api/photos", {"file": ("a.jpg", picture)}).expect(201)["id"])

    def notice(self, person: Someone) -> str:
        """Something told to a person; the notice's id."""
        title = f"通知 {self.number()}"
        with self.db.writing() as session:
            notify(session, [person.id], Notice("registration.bound", title, "请查看。"), f"told:{title}")
        items = self.client(person).get("/api/inbox").expect(200)["items"]
        return str(next(each["id"] for each in items if each["title"] == title))

    # The database, as compared

    def forget_rates(self) -> None:
        """Every row begins with its tries unspent."""
        with self.db.writing() as session:
            session.execute(RateCount.__table__.delete())  # type: ignore[attr-defined]  # a Table

    def digests(self) -> dict[str, str]:
        """A digest of every table, but for what a refused request may touch."""
        return digests_of(self.db)


def all_in_order() -> dict[str, bool]:
    return {"kit_matches": True, "safely_fitted": True, "runs": True, "explained": True}


Footing = tuple[str | None, str | None]  # area code, company


def _footings(role: str, county: County) -> tuple[list[Footing], list[Footing]]:
    """Where somebody here holds a role, and where somebody elsewhere does."""
    villages = sorted(set(county.villages.values()))
    if role in OF_A_COMPANY:
        return [(None, HERE)], [(None, THERE)]
    if role == CADRE:
        return [(village, None) for village in villages], [(f"{county.villages['biomass'][:9]}998", None)]
    if role == TOWNSHIP:
        townships = sorted({village[:9] for village in villages})
        return [(code, None) for code in townships], [(f"{county.district}998", None)]
    return [(county.district, None)], [(OTHER_DISTRICT, None)]


def scene_on(db: Database, database_url: str, folder: Path, standin: Standin) -> Scene:
    """The county, its companies and its people. The clock must be pinned to the plan's autumn."""
    app = app_on(
        database_url,
        folder,
        wechat_url=standin.url,
        H5_DIR=str(small_build(folder)),
        WECHAT_OA_APPID=DEMO_OA_APPID,
        WECHAT_OA_SECRET=DEMO_OA_SECRET,
    )
    # Making the font static takes ten seconds: once for all runs.
    app.extensions["backend.printing"] = Printing("http://localhost", FONT_DIR)
    county = small_county(db, 4, biomass=HOUSES)
    for known, name in ((HERE, "示范企业"), (THERE, "另一家企业")):
        company_in(db, known, "contractor", "fuel_supplier", name=name)
    here: dict[str, Someone] = {}
    elsewhere: dict[str, Someone] = {}
    for role, label in LABELS.items():
        here[role], elsewhere[role] = somebody(db, name=label), somebody(db, name=f"外地{label}")
        if role not in OF_A_HOUSEHOLD:
            for person, footings in zip((here[role], elsewhere[role]), _footings(role, county), strict=True):
                for area_code, company_id in footings:
                    give_role_to(db, person, role, area_code=area_code, company_id=company_id)
    ended = somebody(db)
    scene = Scene(db, app, county, standin, here, elsewhere, somebody(db, name="路人"), ended)
    scene.client(ended).delete("/api/sessions/current").expect(204)
    neighbours = county.households["solar_plus"][0], county.households["solar_plus"][1]
    with db.writing() as session:
        scene._tie(session, neighbours[0], elsewhere[RESIDENT], RESIDENT)
        scene._tie(session, neighbours[1], elsewhere[PROXY], PROXY)
    scene._taken["solar_plus"] = 2
    return scene
