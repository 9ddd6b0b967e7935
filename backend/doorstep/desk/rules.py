"""Whom must a village or an office see to, and whom must a phone call reach first? Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from backend.core.law import day_in_words
from backend.installation.rules.turns import HALF_DAY_LABELS

# What is counted, and what it means to a client's reader.
COUNTS: Final = {
    "households": "Active households",
    "confirmed_by_household": "With the household's own word",
    "confirmed_by_village": "With the village's word",
    "to_confirm": "Without the village's word, not locked",
    "sent_back": "Sent back, not confirmed anew",
    "to_lock": "With both words, not locked",
    "locked": "Locked by the township",
    "unreachable": "Nobody is tied to it",
    "open_faults": "Faults that are open",
    "cold": "Houses without heat tonight, as far as anybody said",
    "danger": "Houses whose report of danger nobody has answered",
    "disputed_deliveries": "Deliveries whose kilograms are disputed",
    "to_call": "Houses that a telephone call must reach",
    "held_rows": "Imported rows that wait to be settled",
}

TO_CALL: Final = "to_call"
COLD: Final = "cold"
KINDS: Final = ("to_confirm", "sent_back", "to_lock", "locked", TO_CALL, COLD, "unreachable")

UNANSWERED_FOR: Final = timedelta(hours=24)
VISIT_WITHIN_DAYS: Final = 2

# Why somebody must call, the most urgent first; the rank is the place in this line.
DANGER: Final = "danger"
FLOODED: Final = "danger_in_flood"
FREEZING: Final = "cold"
VISIT: Final = "visit"
DISPUTED: Final = "delivery_disputed"
UNANSWERED: Final = "delivery_unanswered"
SENT_BACK: Final = "sent_back"
UNHEARD: Final = "unconfirmed"
_RANKS: Final = {
    DANGER: 1,
    FREEZING: 1,
    FLOODED: 2,
    VISIT: 3,
    DISPUTED: 4,
    UNANSWERED: 4,
    SENT_BACK: 5,
    UNHEARD: 6,
}
REGISTRY_RANKS: Final = {5: SENT_BACK, 6: UNHEARD}
"""The last two are the registry's own and may be thousands; what stands before them is few."""


@dataclass(frozen=True, slots=True)
class CallReason:
    """Why a house is in a list, in words, and since when."""

    code: str
    text: str
    since: datetime | None


def rank_of(reasons: Iterable[CallReason]) -> int:
    """The rank of the most urgent one."""
    return min(_RANKS[reason.code] for reason in reasons)


def by_urgency(reasons: Iterable[CallReason]) -> tuple[CallReason, ...]:
    return tuple(sorted(reasons, key=lambda reason: _RANKS[reason.code]))


def danger_reason(category_label: str, reported_at: datetime) -> CallReason:
    return CallReason(DANGER, f"报告{category_label}，还没有人接单，请马上打电话叫人离开屋子。", reported_at)


def flooded_reason(category_label: str, vouched_label: str, reported_at: datetime) -> CallReason:
    text = f"{vouched_label}{category_label}，短时间内有大量路人报告，可能是大面积险情，也可能有人乱报：有人担保的先办，这一户也请尽快核实；核实是误报的，按“误报”办结。"
    return CallReason(FLOODED, text, reported_at)


def cold_reason(category_label: str, reported_at: datetime) -> CallReason:
    return CallReason(FREEZING, f"报修“{category_label}”还没有修好，今晚可能受冻。", reported_at)


def cold_word_reason(said_at: datetime) -> CallReason:
    return CallReason(FREEZING, "住户说家里不热，今晚可能受冻。", said_at)


def visit_reason(day: date, half_day: str, booked_at: datetime) -> CallReason:
    when = f"{day_in_words(day)}{HALF_DAY_LABELS[half_day]}"
    return CallReason(VISIT, f"{when}上门安装，没有人绑定这一户，请打电话告诉他们留人在家。", booked_at)


def delivery_reason(disputed: bool, since: datetime) -> CallReason:
    if disputed:
        return CallReason(DISPUTED, "住户对送到的燃料数量有异议，请问清情况。", since)
    return CallReason(UNANSWERED, "燃料送到超过一天没有确认，也没有人绑定这一户，请打电话核对数量。", since)


def standing_reason(kind: str, since: datetime | None, reason: str | None = None) -> CallReason:
    """Why a house stands in one of the registry's lists."""
    words = {
        "to_confirm": "村委会还没有上门确认。",
        SENT_BACK: f"登记被退回：{reason or '没有写明原因'}。请核对更正后重新确认。",
        "to_lock": "居民和村委会都已确认，等乡镇（街道）锁定。",
        "locked": "登记已由乡镇（街道）锁定。",
        "unreachable": "没有人绑定这一户，消息送不到，请上门或打电话帮他们绑定。",
        UNHEARD: "住户还没有确认登记，也没有人绑定这一户，请打电话或上门。",
    }
    return CallReason(kind, words[kind], since)
