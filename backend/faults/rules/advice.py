"""What to do first, before anybody comes: numbered steps, the same for everybody who asks (4.1.1.5, 8.3, 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from backend.faults.rules.categories import CO, DANGERS, ELECTRIC_SHOCK, LEAKING, NO_HEAT, SMOKE
from backend.installation.rules.warmth import BORROW, CLEAN_COAL, WARM_ROOM


@dataclass(frozen=True, slots=True)
class Step:
    """One step, in order from 1."""

    number: int
    text: str


_STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    CO: (
        "马上打开门窗，所有人立刻到屋外空气新鲜的地方，不要回屋取东西。",
        "有人叫不醒、呕吐或站不稳：立即拨打 120，说清地址和“煤气中毒”。",
        "昏迷的人平躺、头偏向一侧，解开衣领，注意保暖；没有呼吸心跳的马上做心肺复苏。",
        "人都出来以后再清点人数，特别是老人和孩子；挨着的屋子也要叫醒。",
        "维修人员查明原因、确认安全之前，不要再进屋睡觉，也不要再点炉子。",
    ),
    SMOKE: (
        "看见明火或浓烟：人先撤到屋外，立即拨打 119。",
        "撤离时弯腰低头，用湿毛巾捂住口鼻，不要回屋取东西。",
        "没有明火时：打开门窗，炉子停止加料；用电的设备关掉开关，能安全够到的再拉下电闸。",
        "带电的设备和炉膛都不要泼水。",
        "维修人员检查之前，不要再开机、点火。",
    ),
    LEAKING: (
        "先关掉设备电源，手湿时不要碰插头和开关。",
        "关上进水阀门，用盆接水，把电器和粮食挪开。",
        "漏的水很烫时不要靠近；闻到刺鼻气味就开窗，人到屋外。",
        "天冷时不要自己把暖气管里的水放空，等维修人员来处理，防止冻裂。",
    ),
    ELECTRIC_SHOCK: (
        "不要用手去拉触电的人，先拉下电闸。",
        "拉不了闸：站在干燥的木板上，用干木棍、干竹竿把电线挑开。",
        "立即拨打 120；没有呼吸心跳的马上做心肺复苏，等医生来。",
        "设备外壳麻手：不要再碰，拉下电闸，叫家里人都离开。",
        "维修人员检查之前，不要再合闸、再使用。",
    ),
}

_AT_ONCE: Final = "不等任何手续：一报告，乡镇（街道）马上得到通知。"
_TONIGHT: Final = (BORROW, CLEAN_COAL, WARM_ROOM, _AT_ONCE)
_TONIGHT_ELSEWHERE: Final = (WARM_ROOM, _AT_ONCE)


def safety_advice(category: str) -> tuple[Step, ...]:
    """The steps for a category; empty where nothing is dangerous."""
    return _numbered(_STEPS.get(category, ()))


def tonight(category: str, in_season: bool, measured_cold: bool) -> tuple[Step, ...]:
    """What can be done tonight in a cold house, whatever paper is missing (2).

    Where the heating itself is the danger nothing is lit or plugged in: the people go where it is warm.
    """
    if category in DANGERS:
        return _numbered(_TONIGHT_ELSEWHERE if in_season or measured_cold else ())
    return _numbered(_TONIGHT if measured_cold or (in_season and category == NO_HEAT) else ())


def tonight_untold(category: str) -> tuple[Step, ...]:
    """The same where nobody could be told yet, nor the season be looked up."""
    return _numbered((BORROW, CLEAN_COAL, WARM_ROOM) if category == NO_HEAT else ())


def _numbered(texts: tuple[str, ...]) -> tuple[Step, ...]:
    return tuple(Step(number, text) for number, text in enumerate(texts, 1))
