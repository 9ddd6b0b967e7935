"""Decisions that cite, and values that hold from a day on.

A clause id follows the outline of the public notice, level by level: chapter 4, section (1), item 1, sub-item (5) is
``4.1.1.5``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

_NUMERALS = "零一二三四五六七八九十"


def day_in_words(day: date, *, year: bool = False) -> str:
    """A day as people say it: 9月16日, or 2023年1月1日 where the year is not plain."""
    return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a rule answered as it did: a stable code, the clause it rests on, a Chinese sentence for the person."""

    code: str
    clause: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule's answer with its reasons, the facts it was given and the version of the rule that gave it."""

    outcome: str
    reasons: tuple[Reason, ...]
    rule: str
    version: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason.clause for reason in self.reasons))


class NotInForce(LookupError):
    """Asked for a value on a day before its first one: there is no law for that day, and zero would be a lie."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value with its clause and the first day on which it holds."""

    value: Any
    clause: str
    since: date


@dataclass(frozen=True, slots=True)
class Dated:
    """A value over time; each entry holds until a later one begins."""

    entries: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue:
        """The entry in force on ``day``; raises NotInForce before the first."""
        standing = [entry for entry in self.entries if entry.since <= day]
        if not standing:
            raise NotInForce(f"no value in force on {day.isoformat()}")
        return max(standing, key=lambda entry: entry.since)


def chinese_numeral(number: int) -> str:
    """一 to 九十九, as chapters and sections are numbered; raises ValueError outside 0..99."""
    if not 0 <= number <= 99:
        raise ValueError(f"no numeral for {number}")
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + ("" if ones == 0 else _NUMERALS[ones])


def clause_label(clause: str) -> str:
    """How people are shown a clause: ``4.1.1.5`` → 第四部分（一）1（5）; ``5.1.3`` → 第五部分（一）3."""
    levels = [int(level) for level in clause.split(".")]
    label = f"第{chinese_numeral(levels[0])}部分"
    if len(levels) > 1:
        label += f"（{chinese_numeral(levels[1])}）"
    if len(levels) > 2:
        label += str(levels[2])
    return label + "".join(f"（{level}）" for level in levels[3:])
