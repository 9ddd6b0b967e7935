"""Many people at the same moment, through two web processes: the limit, the last place, one key, and a power cut."""

from __future__ import annotations

import http.client
import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.core import clock
from backend.core.clock import SHANGHAI
from backend.core.db import Database, new_id
from backend.core.idempotency import StoredAnswer
from backend.fuel.models import FuelOrder
from backend.identity import open_session
from backend.installation.models import Booking, Contract, Slot
from backend.registry.models import Household
from tests.builders.fuel_houses import House, Village, books, deliver, house, order, village
from tests.builders.product import company_in, resident_of, small_county
from tests.harness.databases import Databases
from tests.harness.day import at, now_with
from tests.harness.http import Answer
from tests.harness.races import race
from tests.harness.served import Served
from tests.harness.served import serve as start_serving
from tests.sizes import SIZES

Serve = Callable[..., Served]

RACERS, LIMIT_KG, YEAR = 32, 3_000, "2022年"
DAY = date(2022, 11, 1)  # within the plan's year and the heating season; the product lives on this day
WINDOW = {"wanted_from": "2022-11-05", "wanted_until": "2022-11-12"}
GONE = (OSError, http.client.HTTPException)  # what a client sees of a killed server


# Taken once, so that what is prepared here and what the product is asked happen on one day.
SHIFTED = at(datetime.combine(DAY, time(10), SHANGHAI))


@pytest.fixture
def at_product_time() -> Iterator[None]:
    """What is prepared here happens in the same year as what the product is asked then."""
    with clock.pinned(now_with(SHIFTED)):
        yield


# Two web processes on the chosen day; nobody sends messages.
PARTS: dict[str, Any] = {"worker": False, "stand_in": False, "web_processes": 2}


@dataclass
class Product:
    """A village and the product that serves it; each race has houses of its own there."""

    db: Database
    made: Village
    served: Served
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def home(self) -> House:
        return house(self.db, self.made, next(self._numbers))

    def count(self, what: type) -> int:
        with self.db.reading() as session:
            return session.scalar(select(func.count()).select_from(what)) or 0


@pytest.fixture(scope="module")
def one_product(
    databases: Databases, keys: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    url = databases.fresh()
    db = Database(url)
    with clock.pinned(now_with(SHIFTED)):
        made = village(db)
    served = start_serving(url, tmp_path_factory.mktemp("product"), env=SHIFTED, **PARTS)
    yield Product(db, made, served)
    served.stop()
    db.close()
    databases.drop(url)


@pytest.fixture
def product(one_product: Product, at_product_time: None) -> Iterator[Product]:
    """One product for the races that leave it running. On failure the ends of its logs are shown."""
    yield one_product
    print(one_product.served.logs())


def tokens_of(db: Database, person_ids: Iterable[str]) -> list[str]:
    """A session for each: nobody waits for another's row of the session table."""
    with db.writing() as session:
        return [open_session(session, person_id).token for person_id in person_ids]


def wish(home: House, kilograms: int) -> dict[str, Any]:
    return {"household_id": home.id, "kilograms": kilograms, **WINDOW}


@pytest.mark.parametrize("delivered_kg", [0, 1_000])
def test_however_many_order_for_one_house_it_never_gets_more_than_the_year_allows(
    product: Product, delivered_kg: int
) -> None:
    db, made, served, home = product.db, product.made, product.served, product.home()
    if delivered_kg:
        with db.writing() as session:
            deliver(session, made, home, order(session, home, delivered_kg, DAY).id, delivered_kg)
    tokens = tokens_of(db, [home.resident.person_id] * RACERS)

    result = race(
        RACERS, lambda n: served.client(tokens[n]).post("/api/fuel-orders", wish(home, 200)), seconds=120
    )
    assert not result.errors
    granted = [answer for answer in result.values if answer.status == 201]
    refused = [answer for answer in result.values if answer.status != 201]
    assert len(granted) == (LIMIT_KG - delivered_kg) // 200
    assert {answer.expect(409)["code"] for answer in refused} == {"fuel.above_limit"}
    assert result.overlapped == RACERS
    with db.reading() as session:
        # The counters, the ledger's sums and the limit are compared in there.
        assert books(session, home.id) == {YEAR: (LIMIT_KG - delivered_kg, delivered_kg, 0, 0)}
        stand = session.scalars(
            select(FuelOrder.id).where(FuelOrder.household_id == home.id, FuelOrder.state == "open")
        )
        assert set(stand) == {answer.json()["id"] for answer in granted}


def contracted(db: Database, houses: Iterable[str]) -> None:
    """Confirmed by both and under contract: what is raced for is the place alone."""
    with db.writing() as session:
        for each in houses:
            home = session.get_one(Household, each)
            home.confirmed_by_household_at = home.confirmed_by_village_at = clock.now()
            session.add(
                Contract(
                    household_id=each,
                    contractor_id="heat-co",
                    signed_on=DAY - timedelta(days=30),
                    own_share_fen=0,
                    summary="协议",
                    financing="none",
                    recorded_by=new_id(),
                    recorded_at=clock.now(),
                )
            )


def slot_with_one_place_left(db: Database, area_code: str) -> str:
    with db.writing() as session:
        slot = Slot(
            contractor_id="heat-co",
            area_code=area_code,
            day=DAY + timedelta(days=3),
            half_day="morning",
            capacity=5,
            booked=4,
            opened_by=new_id(),
            opened_at=clock.now(),
        )
        session.add(slot)
        session.flush()
        return slot.id


def test_the_last_place_of_a_slot_goes_to_one_of_many_houses(product: Product) -> None:
    db, served, before = product.db, product.served, product.count(Booking)
    county = small_county(db, households_each=0, heat_pump=RACERS)
    company_in(db, "heat-co", "contractor")
    homes = county.households["heat_pump"]
    contracted(db, homes)
    slot_id = slot_with_one_place_left(db, county.villages["heat_pump"])
    tokens = [resident_of(db, each).token for each in homes]

    def book(n: int) -> Answer:
        body = {"household_id": homes[n], "slot_id": slot_id}
        return served.client(tokens[n]).post("/api/bookings", body)

    result = race(RACERS, book, seconds=120)
    assert not result.errors
    assert Counter(answer.status for answer in result.values) == {201: 1, 409: RACERS - 1}
    assert {answer.json()["code"] for answer in result.values if answer.status == 409} == {"slot.full"}
    assert result.overlapped == RACERS
    with db.reading() as session:
        assert session.get_one(Slot, slot_id).booked == 5
    assert product.count(Booking) - before == 1


def test_one_tap_that_arrives_many_times_at_once_has_one_effect_and_one_answer(product: Product) -> None:
    db, served, home, before = product.db, product.served, product.home(), product.count(FuelOrder)
    tokens = tokens_of(db, [home.resident.person_id] * 16)

    def tap(n: int) -> Answer:
        return served.client(tokens[n]).post("/api/fuel-orders", wish(home, 200), key="one-tap-of-many")

    result = race(16, tap, seconds=120)
    assert not result.errors
    assert {(answer.status, answer.body) for answer in result.values} == {(201, result.values[0].body)}
    replayed = Counter("idempotent-replay" in answer.headers for answer in result.values)
    assert replayed == {False: 1, True: 15}
    assert result.overlapped == 16
    with db.reading() as session:
        assert books(session, home.id) == {YEAR: (200, 0, 0, 0)}
    assert product.count(FuelOrder) - before == 1


@dataclass
class Tap:
    """One order that a phone sends until it knows the answer."""

    home: House
    token: str
    key: str
    answer: Answer | None = None


class PowerCut:
    """Phones that order at the same time until the server is gone, and the moment at which it goes."""

    def __init__(self, served: Served, taps: list[Tap], kilograms: int) -> None:
        self.served, self.taps, self.kilograms = served, taps, kilograms
        self.answered = 0
        self._changed = threading.Condition()

    def _send(self, tap: Tap) -> None:
        client = self.served.client(tap.token)
        try:
            answer = client.post("/api/fuel-orders", wish(tap.home, self.kilograms), key=tap.key)
        except GONE:
            return
        tap.answer = answer
        with self._changed:
            self.answered += 1
            self._changed.notify_all()

    def order_until_killed_after(self, answers: int, seconds: float) -> None:
        """SIGKILL to both web processes ``seconds`` after so many answers have come; others are under way then."""
        with ThreadPoolExecutor(8) as phones:
            sent: list[Future[None]] = [phones.submit(self._send, tap) for tap in self.taps]
            with self._changed:
                assert self._changed.wait_for(lambda: self.answered >= answers, 60)
            threading.Event().wait(seconds)  # an answer is not the only moment at which the power goes
            self.served.kill_web()
        for each in sent:
            each.result()


def taps_for(db: Database, made: Village, numbers: range, each: int, seed: int) -> list[Tap]:
    homes = [house(db, made, number) for number in numbers]
    tokens = tokens_of(db, [home.resident.person_id for home in homes])
    return [
        Tap(home, token, f"cut-{seed}-{number}-{turn}")
        for turn in range(each)
        for number, (home, token) in enumerate(zip(homes, tokens, strict=True))
    ]


def orders_of(db: Database, homes: Iterable[str]) -> list[str]:
    with db.reading() as session:
        wanted = select(FuelOrder.id).where(FuelOrder.household_id.in_(tuple(homes)))
        return list(session.scalars(wanted))


def test_what_was_answered_before_a_power_cut_stands_once_and_a_repeat_completes_the_rest(
    db: Database, serve: Serve, at_product_time: None
) -> None:
    houses, each, kilograms = 8, 5, 100
    made = village(db)
    served = serve(env=SHIFTED, **PARTS)
    for seed in range(SIZES.kills):
        chance = random.Random(seed)
        taps = taps_for(db, made, range(houses * seed, houses * (seed + 1)), each, seed)
        homes = {tap.home.id for tap in taps}
        cut = PowerCut(served, taps, kilograms)
        cut.order_until_killed_after(chance.randint(1, len(taps) // 4), chance.uniform(0, 0.02))
        served.start_web()

        known = {tap.answer.expect(201)["id"] for tap in taps if tap.answer}
        stand = orders_of(db, homes)
        assert len(known) == cut.answered < len(taps)
        assert known <= set(stand)
        with db.reading() as session:
            keys = session.scalars(
                select(StoredAnswer.key).where(StoredAnswer.key.startswith(f"cut-{seed}-"))
            ).all()
            balances = [sum(sum(kept) for kept in books(session, home).values()) for home in homes]
        assert len(keys) == len(stand)
        assert sum(balances) == kilograms * len(stand)
        print(
            f"seed {seed}: cut after {cut.answered} of {len(taps)} orders were answered; "
            f"{len(stand) - len(known)} more stood without an answer"
        )

        for tap in taps:
            again = served.client(tap.token).post("/api/fuel-orders", wish(tap.home, kilograms), key=tap.key)
            assert again.status == 201, again.text
            assert ("idempotent-replay" in again.headers) == (again.json()["id"] in stand)
            if tap.answer:
                assert again.body == tap.answer.body
        with db.reading() as session:
            assert all(books(session, home) == {YEAR: (each * kilograms, 0, 0, 0)} for home in homes)
        assert len(orders_of(db, homes)) == len(taps)
