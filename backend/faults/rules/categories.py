"""What can be wrong, and which of it a stranger at the door may report."""

from __future__ import annotations

from typing import Final

NO_HEAT: Final = "no_heat"
CO: Final = "co"
SMOKE: Final = "smoke"
LEAKING: Final = "leaking"
ELECTRIC_SHOCK: Final = "electric_shock"
NOISE: Final = "noise"
EQUIPMENT: Final = "equipment"
OTHER: Final = "other"

LABELS: Final = {
    NO_HEAT: "没有暖气",
    CO: "一氧化碳报警、头晕恶心",
    SMOKE: "冒烟、有焦糊味",
    LEAKING: "漏水、漏液",
    ELECTRIC_SHOCK: "漏电、触电",
    NOISE: "噪声大",
    EQUIPMENT: "设备故障",
    OTHER: "其他",
}
CATEGORIES: Final = tuple(LABELS)

DANGERS: Final = (CO, SMOKE, ELECTRIC_SHOCK)
"""Danger to life whatever the season: township and district are told at once, and the clock is never paused."""

AT_THE_DOOR: Final = (CO, NO_HEAT, SMOKE, ELECTRIC_SHOCK)
"""What anybody who scans a sticker may report."""
