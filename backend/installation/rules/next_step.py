"""Where does a household stand, what is next, and who must act?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    """What comes next, whose turn it is (a role, or an office's code), and by which rung it is measured."""

    code: str
    who: str
    text: str
    rung: str


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
    stage = at.waits_for_stage
    steps = (
        (not at.confirmed_by_household, "confirm", "resident", "请确认登记", "confirmed"),
        (not at.confirmed_by_village, "confirm_village", "village_cadre", "等村委会上门确认", "confirmed"),
        (not at.contracted, "contract", "contractor_manager", "签订并登记改造协议", "contracted"),
        (at.owner_must_confirm, "owner_confirmation", "resident", "请户主再次确认贷款或租赁", "contracted"),
        (
            stage is not None,
            "network_stage",
            at.stage_owner or "district_officer",
            f"等待{stage}完成",
            "installed",
        ),
        (not at.installed and not at.booked, "book", "resident", "请预约安装", "installed"),
        (not at.installed, "visit", "installer", "等待上门安装", "installed"),
        (at.alarm_untested, "co_alarm", "installer", "一氧化碳报警器待试响", "installed"),
        (not at.briefed, "briefing", "installer", "待讲解安全使用", "installed"),
        (not at.energised, "energise", "installer", "待通电点火试运行", "energised"),
        (at.rework, "rework", "contractor_manager", "待上门整改", "accepted"),
        (not at.accepted, "accept", "acceptor", "等待验收", "accepted"),
        (at.vacant, "return", "village_cadre", "空置户，等住户回来确认供热", "heat_confirmed"),
    )
    for due, code, who, text, rung in steps:
        if due:
            return NextStep(code, who, text, rung)
    return NextStep("confirm_heat", "resident", "家里暖和了，请确认供热", "heat_confirmed")
