"""What a person does on a phone, and what others do beforehand so that there is something to do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.harness.http import Client
from tests.miniprogram.world import World

KEY = "Idempotency-Key"


def act(page: Page, name: str) -> Locator:
    """What can be tapped under this name now."""
    return page.locator(f'[data-act="{name}"]:visible')


def tap(page: Page, name: str) -> None:
    """Tap it: the element, not its words."""
    act(page, name).first.click()


def tab(page: Page, name: str) -> None:
    page.locator(f'[data-tab="{name}"]:visible').first.click()


def fill(page: Page, field: str, text: str) -> None:
    """Type into what is named so; uni puts the real input inside."""
    page.locator(f'[data-field="{field}"]:visible').locator("input, textarea").first.fill(text)


def sees(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_text(words).locator("visible=true").first).to_be_visible()


def refusal(page: Page, code: str) -> Locator:
    """The refusal on the screen, by the server's stable code; its words are for the test to look at."""
    shown = page.locator(f'[data-code="{code}"]:visible').first
    expect(shown).to_be_visible()
    return shown


def until(page: Page, question: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
    """Ask until the answer is true; the answer. The page goes on meanwhile: a plain sleep would hold up its requests too."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < end, f"{what}: not within {seconds:g} s"
        page.wait_for_timeout(100)
    return answer


def become(page: Page, person: str) -> None:
    """Choose who to be with the demo's bar."""
    tap(page, "demo")
    tap(page, f"be-{person}")
    expect(page.locator('[data-sheet="demo-people"]:visible')).to_have_count(0)


# -- what others have done


def today(world: World) -> date:
    return date.fromisoformat(world.client(None).get("/api/client-settings").expect(200)["today"])


def bound(world: World, person: str) -> Client:
    """The person, tied to the own house by the telephone number that WeChat vouches for."""
    client = world.client(person)
    if world.house(person) in {
        tie["household_id"] for tie in client.get("/api/me").expect(200)["households"]
    }:
        return client
    code = world.stand_in.get("/sandbox/phone-code", person=person).expect(200)["code"]
    client.post("/api/me/phone", {"code": code}).expect(200)
    house = world.code(world.house(person))
    client.post("/api/bindings", {"household_code": house, "proof": "phone"}).expect(201)
    return client


def confirmed(world: World, person: str, cadre: str) -> None:
    """Confirmed by the household and by its village."""
    house = world.house(person)
    bound(world, person).post(f"/api/households/{house}/confirmation").expect(200)
    word = {"household_code": world.code(house)}
    world.client(cadre).post(f"/api/households/{house}/village-confirmation", word).expect(200)


def contracted(world: World, person: str, cadre: str) -> None:
    """Confirmed, and with a contract on record."""
    confirmed(world, person, cadre)
    signed = {
        "contractor_id": "demo-contractor",
        "signed_on": today(world).isoformat(),
        "own_share_fen": 120_000,
        "summary": "装一套生物质炉具、两片暖气片，自付1200元，企业负责维修。",
    }
    path = f"/api/households/{world.house(person)}/contract"
    world.client("contractor-manager").post(path, signed).expect(201)


def slot(world: World, person: str, capacity: int = 1, days: int = 2, half_day: str = "morning") -> str:
    """A half-day opened in this person's village; its id."""
    wanted = {
        "area_code": world.village(person),
        "day": (today(world) + timedelta(days=days)).isoformat(),
        "half_day": half_day,
        "capacity": capacity,
    }
    return str(world.client("contractor-manager").post("/api/slots", wanted).expect(201)["id"])


def installed(world: World, person: str, cadre: str) -> None:
    """A stove that burns, an alarm that beeped, a briefing given: fuel may be ordered."""
    contracted(world, person, cadre)
    house = world.house(person)
    booking = {"household_id": house, "slot_id": slot(world, person, days=0, half_day="afternoon")}
    booked = world.client(person).post("/api/bookings", booking).expect(201)["id"]
    installer = world.client("installer")
    begun = {"booking_id": booked, "household_code": world.code(house)}
    works = f"/api/visits/{installer.post('/api/visits', begun).expect(201)['id']}"
    installer.post(f"{works}/items", {"kind": "biomass_stove", "serial": "STOVE-0001"}).expect(201)
    installer.post(f"{works}/items", {"kind": "radiator", "quantity": 2}).expect(201)
    alarm = {"serial": "CO-0001", "room": "正房", "test_beep": True}
    installer.post(f"{works}/co-alarm", alarm).expect(201)
    installer.post(f"{works}/briefing", {"given_to": "户主"}).expect(201)
    finished = {"energised": True, "rooms_lived_in": ["正房"]}
    installer.post(f"{works}/finish", finished).expect(200)
    supply = {"company_id": "demo-fuel", "area_code": world.village(person)[:6], "grade": "A"}
    world.client("district-officer").post("/api/fuel-supply-areas", supply).expect(201)


def batch(world: World, kilograms: int = 20_000) -> str:
    """A fuel batch whose report passed, by two hands; its id."""
    day = today(world).isoformat()
    made = {"number": "2022-09-001", "grade": "A", "produced_on": day, "quantity_kg": kilograms}
    fuel = world.client("supplier-manager").post("/api/fuel-batches", made).expect(201)["id"]
    plan = world.client(None).get("/api/programme").expect(200)
    standard = next(each for each in plan["standards"] if each["subject"] == "pellets")["accepts"][0]["code"]
    report = {"report_number": "R-1", "passed": True, "grade": "A", "standard": standard, "tested_on": day}
    world.client("supplier-manager").post(f"/api/fuel-batches/{fuel}/test-report", report).expect(200)
    decision = f"/api/fuel-batches/{fuel}/test-report/decision"
    world.client("inspector").post(decision, {"accepted": True}).expect(200)
    return str(fuel)


def day(world: World, ahead: int) -> str:
    return (today(world) + timedelta(days=ahead)).isoformat()
