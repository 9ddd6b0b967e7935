"""Acceptance, the household's word, the network's order and the next step, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.installation.rules.ending import CHECKLIST, Ending, may_accept, may_confirm_heat
from backend.installation.rules.network import may_be_done, network_standing, waits_for_network
from backend.installation.rules.next_step import Progress, next_step, rung_of
from backend.installation.rules.warmth import way_to_warmth

ALL = dict.fromkeys(CHECKLIST, True)
READY = Ending(
    installed=True,
    missing=(),
    co_alarm_needed=True,
    co_alarm_tested=True,
    own_work=False,
    rework_open=False,
    energised=True,
    vacant=False,
    kit_clause="4.1.1.5",
    checklist=ALL,
)


def codes(facts: Ending, outcome: str = "passed", removed: bool = False) -> list[str]:
    return [reason.code for reason in may_accept(facts, outcome, removed).reasons]


def test_a_complete_house_passes() -> None:
    assert codes(READY) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"installed": False}, "acceptance.kit_incomplete"),
        ({"missing": ("暖气片1件",)}, "acceptance.kit_incomplete"),
        ({"co_alarm_tested": False}, "acceptance.co_alarm_untested"),
        ({"own_work": True}, "acceptance.own_work"),
        ({"rework_open": True}, "acceptance.rework_open"),
        ({"checklist": {**ALL, "safely_fitted": False}}, "acceptance.checklist_open"),
        ({"checklist": {**ALL, "runs": False}}, "acceptance.checklist_open"),
    ],
)
def test_each_gap_refuses_passing(change: dict[str, object], code: str) -> None:
    assert codes(replace(READY, **change)) == [code]  # type: ignore[arg-type]  # one field each


def test_without_a_stove_of_its_own_no_alarm_is_asked_for() -> None:
    assert codes(replace(READY, co_alarm_needed=False, co_alarm_tested=False)) == []


def test_a_vacant_house_is_not_heated_for_the_check() -> None:
    assert codes(replace(READY, vacant=True, energised=False, checklist={**ALL, "runs": False})) == []


def test_rework_asks_for_less_but_never_from_ones_own_installer() -> None:
    assert codes(replace(READY, installed=False, checklist={}), "rework") == []
    assert codes(replace(READY, own_work=True), "rework") == ["acceptance.own_work"]


def test_old_heating_is_not_removed_before_the_new_one_runs() -> None:
    cold = replace(READY, energised=False, checklist={**ALL, "runs": False})
    assert codes(cold, "rework", removed=True) == ["acceptance.build_first"]
    assert codes(replace(READY, energised=False), removed=True) == []


def test_only_an_accepted_lived_in_house_confirms_heat_and_only_once() -> None:
    def answered(**facts: bool) -> list[str]:
        given = {"installed": True, "accepted": True, "vacant": False, "confirmed": False, **facts}
        return [reason.code for reason in may_confirm_heat(**given).reasons]

    assert answered() == []
    assert answered(accepted=False) == ["heat.not_accepted"]
    assert answered(vacant=True) == ["heat.vacant"]
    assert answered(confirmed=True) == ["heat.confirmed_already"]


def test_the_way_to_warmth_is_told_in_the_season_only() -> None:
    assert way_to_warmth(False, "0349") == ""
    told = way_to_warmth(True, "0349-0000000")
    assert all(words in told for words in ("电暖器", "清洁煤", "取暖点", "0349-0000000"))


STAGES = ["station", "pipes", "connection", "commissioning"]
DAY = date(2022, 9, 1)


def test_a_network_connects_before_it_heats() -> None:
    done = {"station": DAY, "pipes": DAY}
    assert network_standing(STAGES, done).next_stage == "connection"
    connected = network_standing(STAGES, {**done, "connection": date(2022, 9, 9)})
    assert (connected.connected_on, connected.heat_on) == (date(2022, 9, 9), None)
    warm = network_standing(STAGES, {**done, "connection": DAY, "commissioning": date(2022, 10, 9)})
    assert (warm.next_stage, warm.heat_on) == (None, date(2022, 10, 9))


def test_district_heat_never_has_a_slot_and_a_station_comes_before_its_houses() -> None:
    assert waits_for_network(False, STAGES, dict.fromkeys(STAGES, DAY))
    assert waits_for_network(True, STAGES, {})
    assert not waits_for_network(True, STAGES, {"station": DAY})
    assert not waits_for_network(True, [], {})


def test_stages_are_done_in_order() -> None:
    assert may_be_done("station", STAGES, {}) is None
    assert may_be_done("connection", STAGES, {"station": DAY}) == "pipes"


def test_a_rung_is_reached_only_over_all_below_it() -> None:
    assert rung_of({}) == "listed"
    assert rung_of({"confirmed": True, "accepted": True, "heat_confirmed": True}) == "confirmed"


def test_the_next_step_names_who_must_act() -> None:
    at = Progress(
        participates=True,
        confirmed_by_household=True,
        confirmed_by_village=True,
        contracted=True,
        owner_must_confirm=False,
        waits_for_stage=None,
        stage_owner=None,
        booked=False,
        installed=False,
        alarm_untested=True,
        briefed=False,
        energised=False,
        rework=False,
        accepted=False,
        vacant=False,
        heat_confirmed=False,
    )

    def step(**changes: object) -> str | None:
        found = next_step(replace(at, **changes))  # type: ignore[arg-type]  # one or two fields each
        return found.code if found else None

    assert step() == "book"
    assert step(booked=True) == "visit"
    assert step(confirmed_by_household=False) == "confirm"
    assert step(owner_must_confirm=True) == "owner_confirmation"
    assert step(waits_for_stage="热源站") == "network_stage"
    assert step(installed=True) == "co_alarm"
    done = {"installed": True, "alarm_untested": False, "briefed": True, "energised": True}
    assert step(**done) == "accept"
    assert step(**done, rework=True) == "rework"
    assert step(**done, accepted=True) == "confirm_heat"
    assert step(**done, accepted=True, vacant=True) == "return"
    assert step(heat_confirmed=True) is None
    assert step(participates=False) is None
