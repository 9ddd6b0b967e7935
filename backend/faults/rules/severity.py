"""How grave is a report? By its category, by the season, by how cold it is indoors (2, 4.1.1.5, 4.2.2, 8.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from backend.core.law import Decision, Reason
from backend.faults.rules.categories import CO, DANGERS, ELECTRIC_SHOCK, EQUIPMENT, LEAKING, NO_HEAT, SMOKE

RULE: Final = "fault_severity"
VERSION: Final = "1"

CRITICAL: Final = "critical"
URGENT: Final = "urgent"
ORDINARY: Final = "ordinary"
SEVERITIES: Final = (CRITICAL, URGENT, ORDINARY)
"""The gravest first."""

LABELS: Final = {CRITICAL: "紧急", URGENT: "较急", ORDINARY: "一般"}


@dataclass(frozen=True, slots=True)
class SeverityFacts:
    """A report and the plan's cold: degrees Celsius; the season is the one that the day lies in, or else the next."""

    category: str
    indoor_temperature_c: Decimal | None
    cold_below_c: Decimal
    season_first: date
    season_last: date


def severity_of(facts: SeverityFacts, on: date) -> Decision:
    """``critical``, ``urgent`` or ``ordinary``; a low temperature raises any report, a high one lowers none."""
    in_season = facts.season_first <= on <= facts.season_last
    graver = tuple(_critical(facts, in_season))
    if graver:
        return _decision(CRITICAL, graver, facts, on)
    if facts.category == NO_HEAT:
        return _decision(URGENT, (_NO_HEAT_OFF_SEASON,), facts, on)
    if facts.category == LEAKING:
        return _decision(URGENT, (_LEAKING,), facts, on)
    if facts.category == EQUIPMENT and in_season:
        return _decision(URGENT, (_EQUIPMENT_IN_SEASON,), facts, on)
    return _decision(ORDINARY, (_ORDINARY,), facts, on)


def graver(one: str, other: str) -> str:
    """The graver of two severities."""
    return min(one, other, key=SEVERITIES.index)


def _critical(facts: SeverityFacts, in_season: bool) -> Iterator[Reason]:
    if facts.category in DANGERS:
        yield _DANGER[facts.category]
    if facts.category == NO_HEAT and in_season:
        yield Reason("fault.no_heat_in_season", "2", "采暖期内没有暖气，不能让人受冻，按最急的时限办理。")
    if facts.indoor_temperature_c is not None and facts.indoor_temperature_c < facts.cold_below_c:
        text = f"室内只有 {facts.indoor_temperature_c}℃，低于 {facts.cold_below_c}℃，按最急的时限办理。"
        yield Reason("fault.cold_indoors", "2", text)


_DANGER: Final = {
    CO: Reason("fault.co", "4.1.1.5", "可能是一氧化碳中毒，危及生命，按最急的时限办理。"),
    SMOKE: Reason("fault.smoke", "8.3", "冒烟、焦糊可能起火，危及生命，按最急的时限办理。"),
    ELECTRIC_SHOCK: Reason("fault.electric_shock", "8.3", "漏电危及生命，按最急的时限办理。"),
}
_NO_HEAT_OFF_SEASON: Final = Reason(
    "fault.no_heat_off_season", "4.2.2", "现在不在采暖期，设备不热由负责企业在采暖前修好。"
)
_LEAKING: Final = Reason("fault.leaking", "4.2.2", "漏水漏液会损坏设备和房屋，由负责企业尽快处理。")
_EQUIPMENT_IN_SEASON: Final = Reason(
    "fault.equipment_in_season", "4.2.2", "采暖期内设备故障会影响取暖，由负责企业尽快处理。"
)
_ORDINARY: Final = Reason("fault.ordinary", "4.2.2", "由负责安装和维护的企业按一般时限处理。")


def _decision(outcome: str, reasons: tuple[Reason, ...], facts: SeverityFacts, on: date) -> Decision:
    told = {
        "category": facts.category,
        "indoor_temperature_c": None
        if facts.indoor_temperature_c is None
        else str(facts.indoor_temperature_c),
        "cold_below_c": str(facts.cold_below_c),
        "season_first": facts.season_first.isoformat(),
        "season_last": facts.season_last.isoformat(),
        "on": on.isoformat(),
    }
    return Decision(outcome, reasons, RULE, VERSION, told)
