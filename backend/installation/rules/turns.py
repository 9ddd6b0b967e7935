"""Plan first, then contract, then works (2): may this household sign, book, be visited? And until when may it change?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from backend.core.law import Decision, Reason, day_in_words

VERSION: Final = "1"
YES: Final = "yes"
NO: Final = "no"

MORNING: Final = "morning"
AFTERNOON: Final = "afternoon"
HALF_DAYS: Final = (MORNING, AFTERNOON)
HALF_DAY_LABELS: Final = {MORNING: "上午", AFTERNOON: "下午"}
_MORNING_ENDS: Final = time(12)

NO_LOAN: Final = "none"
FINANCING: Final = (NO_LOAN, "loan", "lease")
FINANCING_LABELS: Final = {"none": "没有贷款或租赁", "loan": "含贷款", "lease": "含租赁"}


def _decided(rule: str, against: list[Reason], facts: dict[str, object]) -> Decision:
    return Decision(NO if against else YES, tuple(against), rule, VERSION, facts)


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry says of a household: each word is either given or not."""

    by_household: bool
    by_village: bool
    participates: bool


def registered(standing: Registration) -> list[Reason]:
    """What still lacks before anything may be signed: own word, the village's word, taking part at all."""
    if not standing.participates:
        return [Reason("installation.takes_no_part", "5.4", "该户登记为不参与改造，不安排签约和安装。")]
    lacking = [
        label
        for given, label in ((standing.by_household, "居民（或代办人）"), (standing.by_village, "村委会"))
        if not given
    ]
    if not lacking:
        return []
    words = "、".join(lacking)
    return [
        Reason("installation.not_confirmed", "2", f"该户登记还缺{words}的确认。先确户，再签协议，后施工。")
    ]


def may_contract(standing: Registration, signed_on: date, first_day: date, today: date) -> Decision:
    """May a contract signed on that day be put on record?"""
    against = registered(standing)
    if signed_on > today:
        against.append(
            Reason(
                "contract.signed_outside",
                "2",
                f"签订日期{day_in_words(signed_on, year=True)}晚于今天（{day_in_words(today)}），还没有签的协议不能登记。",
            )
        )
    if signed_on < first_day:
        against.append(
            Reason(
                "contract.signed_outside",
                "2",
                f"签订日期{day_in_words(signed_on, year=True)}早于方案开始的{day_in_words(first_day, year=True)}，不属于本方案。",
            )
        )
    return _decided("may_contract", against, {"signed_on": str(signed_on), "first_day": str(first_day)})


def confirmable_from(signed_on: date, recorded_on: date, cooling_days: int) -> date:
    """First day on which the owner may confirm a loan or lease (4.2.2).

    Counted from the later of signing and recording: an earlier date on paper must not take the days away.
    """
    return max(signed_on, recorded_on) + timedelta(days=cooling_days)


def permits_works(confirmable_from: date | None, owner_confirmed: bool) -> bool:
    """No loan or lease, or one that the owner has confirmed (4.2.2)."""
    return confirmable_from is None or owner_confirmed


@dataclass(frozen=True, slots=True)
class Signed:
    """A standing contract, as booking looks at it."""

    financing: str
    owner_confirmed: bool
    confirmable_from: date


def may_book(standing: Registration, contract: Signed | None, installed: bool, rework: bool) -> Decision:
    """May a place be held for this household? Its township's lock is not waited for (2)."""
    against = registered(standing)
    if contract is None:
        against.append(
            Reason("installation.contract_missing", "2", "该户还没有登记改造协议。先签协议，后施工。")
        )
    elif contract.financing != NO_LOAN and not contract.owner_confirmed:
        against.append(
            Reason(
                "installation.owner_not_confirmed",
                "4.2.2",
                f"协议{FINANCING_LABELS[contract.financing]}，须户主看清后在{contract.confirmable_from}起再确认一次，才能安排施工。",
            )
        )
    if installed and not rework:
        against.append(
            Reason("booking.installed_already", "2", "该户设备已装齐，没有待整改的事项，不需要再预约安装。")
        )
    return _decided("may_book", against, {"installed": installed, "rework": rework})


def slot_is_past(day: date, half_day: str, local: datetime) -> bool:
    """Whether a half-day has ended at this local time.

    The afternoon lasts to the end of its day: before the frost crews work into the evening, and a house that
    can be made warm tonight is not sent to tomorrow (2).
    """
    if day != local.date():
        return day < local.date()
    return half_day == MORNING and local.time() >= _MORNING_ENDS


def may_change(day: date, today: date, visited: bool) -> bool:
    """To the eve; and again after a day on which nobody came, so that a missed visit traps no household."""
    return today < day or (today > day and not visited)


def visit_is_early(day: date, today: date) -> bool:
    return today < day
