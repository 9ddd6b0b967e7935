"""Where a fault stands, what may follow, and whose turn it is."""

from __future__ import annotations

from typing import Final

from backend.faults.rules.categories import DANGERS
from backend.faults.rules.severity import CRITICAL

REPORTED: Final = "reported"
REOPENED: Final = "reopened"
DISPATCHED: Final = "dispatched"
ARRIVED: Final = "arrived"
DONE: Final = "done"
CLOSED: Final = "closed"

LABELS: Final = {
    REPORTED: "已报修，待派单",
    REOPENED: "重新报修，待派单",
    DISPATCHED: "已派单",
    ARRIVED: "维修人员已上门",
    DONE: "已修完，待住户确认",
    CLOSED: "已办结",
}
# In a message, where the platform takes five characters at the most.
PHRASES: Final = {
    REPORTED: "待派单",
    REOPENED: "重新派单",
    DISPATCHED: "已派单",
    ARRIVED: "维修中",
    DONE: "待确认",
    CLOSED: "已办结",
}
STATES: Final = tuple(LABELS)
OPEN: Final = tuple(state for state in STATES if state != CLOSED)

NEXT: Final = {
    REPORTED: "等实施企业（没有协议的由乡镇、街道）派维修人员。",
    REOPENED: "等实施企业（没有协议的由乡镇、街道）重新派维修人员。",
    DISPATCHED: "等维修人员上门，扫门上的户码牌签到。",
    ARRIVED: "维修人员修完后登记做了什么、换了什么。",
    DONE: "请住户（或代办人、村干部代办）确认修好没有；没修好可以重新报修。",
    CLOSED: "已经办结；又坏了可以重新报修。",
}

# What may be done from where.
FROM: Final = {
    "dispatch": (REPORTED, REOPENED, DISPATCHED),
    "arrive": (DISPATCHED,),
    "finish": (ARRIVED,),
    "confirm": (DONE,),
    "reopen": (DONE, CLOSED),
    "close": OPEN,
    "pause": (DISPATCHED, ARRIVED),
    "lend": OPEN,
}

# How a fault was closed.
CONFIRMED: Final = "confirmed"
WITHDRAWN: Final = "withdrawn"
BY_DISTRICT: Final = "by_district"
MERGED: Final = "merged"
FALSE: Final = "false_report"
CLOSED_AS: Final = {
    CONFIRMED: "住户确认修好",
    WITHDRAWN: "住户撤回",
    BY_DISTRICT: "区里办结",
    MERGED: "两户合并，并入另一件报修",
    FALSE: "核实为误报",
}

WHO_ENDS_A_FALSE_ONE: Final = "核实是误报的，由村干部（到过现场或回过电话）、乡镇（街道）或区里按“误报”办结。"
"""Said wherever only passers-by stand behind a fault: it holds no house for ever."""


def may_pause(category: str, severity: str, has_spare_heat: bool) -> bool:
    """A danger never waits, and a cold house only once spare heat stands in it (2)."""
    if category in DANGERS:
        return False
    return severity != CRITICAL or has_spare_heat
