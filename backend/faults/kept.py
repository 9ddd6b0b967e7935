"""What is said to a report that cannot wait while the database is away. Nothing here asks it.

The report is kept, and played through its own route when the database is back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from flask import current_app, jsonify

from backend.core.http import caller_counted, db, idempotent, kept_when_away
from backend.faults.actions.reporting import report_as_anybody, with_advice
from backend.faults.rules.advice import safety_advice, tonight_untold
from backend.faults.rules.categories import DANGERS
from backend.faults.schemas import DoorReportSchema, FaultRequestSchema, KeptAnswerSchema, KeptReportSchema
from backend.programme import KnownHotline
from backend.registry import UnknownCode
from backend.registry.rules import household_code

View = TypeVar("View", bound=Callable[..., Any])

CALL: Final = (
    "您的报告已经收下，但系统正在抢修，还没有通知到人；一恢复马上通知。请不要等：有危险现在就拨打120或119，"
)
WORDS: Final = (
    "您的话已经收下，但系统正在抢修，还没有通知到人；恢复后马上转给您绑定住户的村干部。"
    "还没有绑定住户的，没有地址就派不了人，请扫家门上的户码牌报告。请不要等：有危险现在就拨打120或119，"
)
"""For words in the conversation, whose sender nobody can look up meanwhile: of somebody without a house nobody is told."""
_OR_CADRES: Final = "并打电话告诉村干部。"


def kept_answer(category: str, said: str = CALL) -> dict[str, Any]:
    """What to do first, whom to call, and that nobody knows yet."""
    hotline: KnownHotline = current_app.extensions["backend.hotline"]
    number = hotline.number
    return {
        "kept": True,
        "photos_left_out": 0,
        "advice": safety_advice(category),
        "tonight": tonight_untold(category),
        "hotline": number,
        "message": said + (f"并拨打服务热线 {number} 或告诉村干部。" if number else _OR_CADRES),
    }


def _at_the_door(body: Mapping[str, Any]) -> dict[str, Any]:
    """Refuses a code that was typed wrong, as the report itself would."""
    try:
        household_code.check(body["household_code"])
    except household_code.MistypedCode as error:
        raise with_advice(
            UnknownCode("户码读错了：请核对十位字符，最后一位是校验位。"), body["category"]
        ) from error
    return kept_answer(body["category"])


def _is_danger(sent: Mapping[str, Any]) -> bool:
    return sent.get("category") in DANGERS


def _from_home(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept_answer(body["category"]), "joined": False, "fault": None, "templates_to_ask": ()}


@idempotent
def taken_as_anybody_s(body: Mapping[str, Any]) -> Any:
    """What a passer-by's report of the same danger at this house would do; nobody reads the answer."""
    return jsonify(report_id=report_as_anybody(db(), **body, origin=caller_counted()))


def danger_is_kept(view: View) -> View:
    """For a report from home: of danger alone."""
    return kept_when_away(
        FaultRequestSchema, _is_danger, _from_home, KeptReportSchema, otherwise=taken_as_anybody_s
    )(view)


def door_report_is_kept(view: View) -> View:
    """For a report at the door: nothing that may be told there can wait."""
    return kept_when_away(
        DoorReportSchema, lambda _sent: True, _at_the_door, KeptAnswerSchema, danger=_is_danger
    )(view)
