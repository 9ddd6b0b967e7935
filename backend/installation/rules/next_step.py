"""Where does a household stand, what is next, and who must act?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

RUNGS: Final = ("listed", "confirmed", "contracted", "installed", "energised", "accepted", "heat_confirmed")
RUNG_LABELS: Final = {
    "listed": "已列入清单",
    "confirmed": "已确户",
    "contracted": "已签协议",
    "installed": "已安装",
    "energised": "已通电（点火）",
    "accepted": "已验收",
    "heat_confirmed": "住户确认供热",
}


def rung_of(reached: Mapping[str, bool]) -> str:
    """The highest rung with every rung below it reached: acceptance without installation climbs nowhere."""
    rung = RUNGS[0]
    for name in RUNGS[1:]:
        if not reached.get(name, False):
            break
        rung = name
    return rung


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next, whose turn it is (a role, or an office's code), by which rung it is measured, and why (clause)."""

    code: str
    who: str
    text: str
    rung: str
    clause: str


_STEPS: Final = {
    step.code: step
    for step in (
        NextStep("confirm", "resident", "请确认登记", "confirmed", "8.1"),
        NextStep("confirm_village", "village_cadre", "等村委会上门确认", "confirmed", "8.1"),
        NextStep("contract", "contractor_manager", "等施工企业来签订并登记改造协议", "contracted", "2"),
        NextStep("owner_confirmation", "resident", "请户主再次确认贷款或租赁", "contracted", "4.2.2"),
        NextStep("network_stage", "district_officer", "等待{stage}完成", "installed", "2"),
        NextStep("book", "resident", "请预约安装", "installed", "2"),
        NextStep("visit", "installer", "等待上门安装", "installed", "2"),
        NextStep("co_alarm", "installer", "等安装人员装好一氧化碳报警器并试响", "installed", "4.1.1.5"),
        NextStep("briefing", "installer", "等安装人员当面讲解安全使用", "installed", "8.3"),
        NextStep("energise", "installer", "等安装人员通电点火试运行", "energised", "2"),
        NextStep("rework", "contractor_manager", "等施工企业上门整改", "accepted", "8.4"),
        NextStep("accept", "acceptor", "等待验收", "accepted", "8.4"),
        NextStep("return", "village_cadre", "空置户，等住户回来确认供热", "heat_confirmed", "6.1.4"),
        NextStep("confirm_heat", "resident", "家里暖和了，请确认供热", "heat_confirmed", "6.1.4"),
    )
}


def step(code: str) -> NextStep:
    """A step in its words, wherever it is told of."""
    return _STEPS[code]


@dataclass(frozen=True, slots=True)
class Progress:
    """A household's facts, as the next step depends on them."""

    participates: bool
    confirmed_by_household: bool
    confirmed_by_village: bool
    contracted: bool
    owner_must_confirm: bool
    waits_for_stage: str | None
    stage_owner: str | None
    booked: bool
    installed: bool
    alarm_untested: bool
    briefed: bool
    energised: bool
    rework: bool
    accepted: bool
    vacant: bool
    heat_confirmed: bool


def next_step(at: Progress) -> NextStep | None:
    """None where nothing is left to do: heat confirmed, or the household takes no part."""
    if not at.participates or at.heat_confirmed:
        return None
    if at.waits_for_stage is not None and _due_before_works(at) is None:
        waits = _STEPS["network_stage"]
        return replace(
            waits, who=at.stage_owner or waits.who, text=waits.text.format(stage=at.waits_for_stage)
        )
    return _STEPS[_due_before_works(at) or _due_after(at)]


def _due_before_works(at: Progress) -> str | None:
    due = (
        (not at.confirmed_by_household, "confirm"),
        (not at.confirmed_by_village, "confirm_village"),
        (not at.contracted, "contract"),
        (at.owner_must_confirm, "owner_confirmation"),
    )
    return next((code for waits, code in due if waits), None)


def _due_after(at: Progress) -> str:
    due = (
        (not at.installed and not at.booked, "book"),
        (not at.installed, "visit"),
        (at.alarm_untested, "co_alarm"),
        (not at.briefed, "briefing"),
        (not at.energised, "energise"),
        (at.rework, "rework"),
        (not at.accepted, "accept"),
        (at.vacant, "return"),
    )
    return next((code for waits, code in due if waits), "confirm_heat")
