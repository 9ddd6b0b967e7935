"""What ends an installation: acceptance by another than the installer, then the resident's word that it is warm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.core.law import Decision, Reason
from backend.installation.rules.turns import NO, YES

VERSION: Final = "1"
PASSED: Final = "passed"
REWORK: Final = "rework"
OUTCOMES: Final = (PASSED, REWORK)

RUNS: Final = "runs"
CHECKLIST: Final = {
    "kit_matches": "设备与清单、编号一致",
    "safely_fitted": "安装牢固，电气、烟道安全",
    RUNS: "现场试运行正常",
    "explained": "住户会用、知道安全注意事项",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """What acceptance looks at. ``missing`` holds labels of kit that is not in the house."""

    installed: bool
    missing: Sequence[str]
    co_alarm_needed: bool
    co_alarm_tested: bool
    own_work: bool
    rework_open: bool
    energised: bool
    vacant: bool
    kit_clause: str
    checklist: Mapping[str, bool] = field(default_factory=dict)


def _open_points(facts: Ending) -> list[str]:
    """A vacant house is not heated for a check; everything else must have been seen."""
    optional = {RUNS} if facts.vacant else set()
    return [
        label
        for code, label in CHECKLIST.items()
        if not facts.checklist.get(code, False) and code not in optional
    ]


def may_accept(facts: Ending, outcome: str, old_heating_removed: bool) -> Decision:
    """May this acceptance be recorded? Sending back to rework asks for less than passing."""
    against: list[Reason] = []
    if facts.own_work:
        against.append(
            Reason("acceptance.own_work", "8.4", "您参加过这一户的安装，验收须由没有参与安装的人来做。")
        )
    warms = facts.energised or bool(facts.checklist.get(RUNS))
    if old_heating_removed and not warms:
        against.append(
            Reason("acceptance.build_first", "2", "新的取暖还没有运行供热，不能登记旧取暖设施已拆除。")
        )
    if outcome == PASSED:
        against += _against_passing(facts)
    return Decision(NO if against else YES, tuple(against), "may_accept", VERSION, {"outcome": outcome})


def _against_passing(facts: Ending) -> list[Reason]:
    against = []
    if facts.missing or not facts.installed:
        what = "还缺" + "、".join(facts.missing) if facts.missing else "还没有完工"
        against.append(Reason("acceptance.kit_incomplete", facts.kit_clause, f"安装未完成：{what}。"))
    if facts.co_alarm_needed and not facts.co_alarm_tested:
        against.append(
            Reason(
                "acceptance.co_alarm_untested",
                "4.1.1.5",
                "分户式炉具须有一氧化碳报警器并试响，这一户还没有试响记录。",
            )
        )
    if facts.rework_open:
        against.append(
            Reason("acceptance.rework_open", "8.4", "上次验收要求整改，之后还没有完成的上门记录。")
        )
    if points := _open_points(facts):
        against.append(
            Reason(
                "acceptance.checklist_open", "8.4", f"验收清单有{len(points)}项未通过：{'、'.join(points)}。"
            )
        )
    return against


def may_confirm_heat(installed: bool, accepted: bool, vacant: bool, confirmed: bool) -> Decision:
    """May "it is warm" be recorded as the household's word? Only this word counts as complete."""
    against = []
    if confirmed:
        against.append(Reason("heat.confirmed_already", "6.1.4", "这一户已经确认供热。"))
    elif vacant:
        against.append(Reason("heat.vacant", "6.1.4", "这一户登记为空置，无人取暖，等住户回来后再确认供热。"))
    elif not installed or not accepted:
        lacks = "安装" if not installed else "验收"
        against.append(
            Reason("heat.not_accepted", "6.1.4", f"这一户还没有完成{lacks}，确认供热排在验收之后。")
        )
    return Decision(NO if against else YES, tuple(against), "may_confirm_heat", VERSION, {})
