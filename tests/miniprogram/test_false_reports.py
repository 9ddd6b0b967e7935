"""A stranger's report that turned out false: who is offered to end it on the phone, after what, and what is left of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.miniprogram import steps
from tests.miniprogram.marks import IN_THE_BROWSER
from tests.miniprogram.steps import act, fill, refusal, sees, tap
from tests.miniprogram.world import Phones, World

pytestmark = IN_THE_BROWSER
WHO, CADRE, TOWNSHIP = "resident-biomass", "cadre-biomass", "township-officer"


def reported_by_a_stranger(world: World, category: str = "co") -> str:
    """Somebody at the door whom nobody knows reports danger; the fault's id."""
    code = world.code(world.house(WHO))
    report = {"household_code": code, "category": category}
    world.client(None).post("/api/fault-reports", report).expect(201)
    return the_fault(world)


def the_fault(world: World) -> str:
    """The id of the only fault of the house."""
    api = world.client(CADRE)
    (fault,) = api.get("/api/faults", household_id=world.house(WHO)).expect(200)["items"]
    return str(fault["id"])


def ended(world: World, fault: str) -> tuple[str, str | None, str]:
    """Where it stands, as what it was closed, and what its last step was."""
    told = world.client(CADRE).get(f"/api/faults/{fault}").expect(200)
    return told["fault"]["state"], told["fault"]["closed_as"], told["steps"][-1]["kind"]


def type_code(page: Page, code: str) -> None:
    fill(page, "code", code)
    tap(page, "open-code")


def give_reason(page: Page, number: int = 0) -> None:
    tap(page, f"reason-{number}")
    tap(page, "give-reason")


def look(page: Page, name: str) -> None:
    """A picture of the screen as it stands, at both widths; only where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder) / f"{name}-{width}.png")
        page.set_viewport_size({"width": 390, "height": 844})


def test_a_cadre_ends_a_strangers_false_report_after_calling_and_the_desk_is_empty_of_it(
    world: World, phones: Phones
) -> None:
    fault = reported_by_a_stranger(world)
    page = phones(CADRE).page
    page.goto("/pages/home/index")
    expect(act(page, "danger")).to_be_visible()
    tap(page, "desk-faults")
    tap(page, f"fault-{fault}")
    expect(act(page, "call-false")).to_be_visible()
    act(page, "call-false").scroll_into_view_if_needed()
    look(page, "false-page")
    tap(page, "call-false")
    expect(act(page, "false-called-back")).to_be_visible()
    look(page, "false-how")
    tap(page, "false-called-back")
    tap(page, "give-reason")
    sees(page, "请点一个原因")
    look(page, "false-why")
    give_reason(page)
    expect(act(page, "done")).to_contain_text("已办结")
    look(page, "false-done")
    expect(act(page, "call-false")).to_have_count(0)
    assert ended(world, fault) == ("closed", "false_report", "called_false")
    sees(page, "打过电话")
    page.goto("/pages/home/index")
    sees(page, "共2户改造户")
    expect(act(page, "danger")).to_have_count(0)
    expect(act(page, "desk-faults")).to_have_count(0)


def test_at_the_door_it_takes_this_house_s_code_and_another_s_is_refused_in_words(
    world: World, phones: Phones
) -> None:
    fault = reported_by_a_stranger(world)
    page = phones(CADRE).page
    page.goto(f"/pages/fault/index?fault={fault}")
    tap(page, "call-false")
    tap(page, "false-on-site")
    look(page, "false-door")
    type_code(page, world.code(world.house("resident-heat-pump")))
    give_reason(page)
    refusal(page, "code.other_house")
    look(page, "false-refused")
    assert ended(world, fault) == ("reported", None, "reported")
    type_code(page, world.code(world.house(WHO)))
    give_reason(page)
    expect(act(page, "done")).to_be_visible()
    sees(page, "到过现场")
    assert ended(world, fault) == ("closed", "false_report", "called_false")


def test_a_household_that_reports_meanwhile_is_believed_and_the_phone_says_why(
    world: World, phones: Phones
) -> None:
    fault = reported_by_a_stranger(world)
    page = phones(TOWNSHIP).page
    page.goto(f"/pages/fault/index?fault={fault}")
    tap(page, "call-false")
    tap(page, "false-called-back")
    house = {"household_id": world.house(WHO), "category": "co"}
    steps.bound(world, WHO).post("/api/faults", house).expect(201)
    give_reason(page)
    refusal(page, "fault.vouched_for")
    tap(page, "close-sheet")
    expect(act(page, "call-false")).to_have_count(0)
    assert ended(world, fault)[0] == "reported"


@pytest.mark.parametrize("who", [CADRE, TOWNSHIP, WHO])
def test_a_household_s_own_report_offers_no_such_button(world: World, phones: Phones, who: str) -> None:
    house = {"household_id": world.house(WHO), "category": "co"}
    steps.bound(world, WHO).post("/api/faults", house).expect(201)
    page = phones(who).page
    page.goto(f"/pages/fault/index?fault={the_fault(world)}")
    expect(act(page, "fault-state")).to_be_visible()
    expect(act(page, "call-false")).to_have_count(0)


def test_the_household_is_not_offered_to_call_a_strangers_report_false(world: World, phones: Phones) -> None:
    fault = reported_by_a_stranger(world)
    steps.bound(world, WHO)
    page = phones(WHO).page
    page.goto(f"/pages/fault/index?fault={fault}")
    expect(act(page, "fault-state")).to_be_visible()
    expect(act(page, "call-false")).to_have_count(0)
