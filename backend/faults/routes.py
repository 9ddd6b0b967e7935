"""Faults over HTTP."""

from __future__ import annotations

from typing import Any, Final

from flask import current_app

from backend.core.http import (
    NotKept,
    Page,
    after,
    blueprint,
    caller_counted,
    db,
    idempotent,
    keep_no_answer,
    limited,
    page_schema,
    refuses,
)
from backend.core.storage import PhotoMissing, PhotoTaken
from backend.faults import actions, queries
from backend.faults.errors import (
    CannotPause,
    CompanyMissing,
    ContractorDispatches,
    HeaterElsewhere,
    HeaterNotHere,
    NotARepairer,
    OpenAlready,
    OwnRepair,
    PartUsed,
    PauseTooLong,
    SentToAnother,
    TooManyReports,
    VouchedFor,
    WrongState,
)
from backend.faults.kept import danger_is_kept, door_report_is_kept
from backend.faults.notices import AFTER_REPORT
from backend.faults.rules.categories import DANGERS
from backend.faults.schemas import (
    ArrivalSchema,
    CallBacksSchema,
    ConfirmationSchema,
    DispatchSchema,
    DoneSchema,
    DoorAnswerSchema,
    DoorReportSchema,
    FalseReportSchema,
    FaultFileSchema,
    FaultReasonSchema,
    FaultRequestSchema,
    FaultSchema,
    FaultsQuerySchema,
    HeaterRequestSchema,
    KeptAnswerSchema,
    KeptReportSchema,
    OutageSchema,
    OutagesQuerySchema,
    PauseSchema,
    ReopeningSchema,
    ReportAnswerSchema,
)
from backend.identity import actor, actor_or_none, open_to_all, permit
from backend.messaging import with_templates_to_ask
from backend.programme import NoProgramme
from backend.registry import NumbersUsedUp, OtherHouse, StickerReplaced, StickerRevoked, UnknownCode

blp = blueprint("faults", "Reports, repairs, service levels, village outages")

# A danger passes every limit. A cold house has one: a village without heat sends a report a house, through a carrier's few
# addresses. What repeats itself at one door is bounded where it is kept (actions.intake), not refused here.
COLD_HOUSES_A_PERSON: Final = 60
COLD_HOUSES_A_NETWORK: Final = 600
WITHIN_SECONDS: Final = 600


def _danger(body: dict[str, Any]) -> bool:
    return body["category"] in DANGERS


@blp.route("/faults", methods=["POST"])
@danger_is_kept
@permit("fault.report", scope="household")
@idempotent
@blp.arguments(FaultRequestSchema)
@blp.response(201, ReportAnswerSchema)
@blp.alt_response(202, schema=KeptReportSchema, description="Of danger, while the database is away: kept")
@refuses(NoProgramme, NotKept)
def report(body: dict[str, Any]) -> dict[str, Any]:
    """Report a fault of a household; what to do first stands first in the answer, duplicates are joined."""
    answer = actions.report_fault(db(), actor(), **body)
    if not answer.kept:
        keep_no_answer()
    return with_templates_to_ask(db(), actor(), answer, AFTER_REPORT)


@blp.route("/fault-reports", methods=["POST"])
@door_report_is_kept
@open_to_all(recognise=True, forgive=True)
@idempotent
@blp.arguments(DoorReportSchema)
@blp.response(201, DoorAnswerSchema)
@blp.alt_response(202, schema=KeptAnswerSchema, description="While the database is away: kept")
@limited(
    "fault-report",
    COLD_HOUSES_A_PERSON,
    WITHIN_SECONDS,
    at_a_network=COLD_HOUSES_A_NETWORK,
    passes=_danger,
    refusal=TooManyReports,
)
@refuses(UnknownCode, NoProgramme, NotKept)
def report_at_the_door(body: dict[str, Any]) -> actions.DoorAnswer:
    """Report danger or no heat with nothing but the sticker's code, signed in or not; the answer tells nothing of the house."""
    answer = actions.report_at_the_door(db(), actor_or_none(), **body, origin=caller_counted())
    current_app.extensions["backend.hotline"].remember(answer.hotline)
    if not answer.kept:
        keep_no_answer()
    return answer


@blp.route("/faults", methods=["GET"])
@permit("fault.see")
@blp.arguments(FaultsQuerySchema, location="query")
@blp.response(200, page_schema(FaultSchema))
def list_faults(query: dict[str, Any]) -> Page[queries.FaultView]:
    """Faults of one's households, areas or company, the newest first."""
    query["after"] = after(query.pop("cursor"))
    return queries.faults(db(), actor(), **query)


@blp.route("/faults/<string:fault_id>", methods=["GET"])
@permit("fault.see", scope="fault")
@blp.response(200, FaultFileSchema)
def show_fault(fault_id: str) -> queries.FaultFile:
    """A fault with its reports, history, parts and heaters."""
    return queries.fault_file(db(), fault_id)


@blp.route("/faults/<string:fault_id>/dispatch", methods=["POST"])
@permit("fault.dispatch", scope="fault")
@idempotent
@blp.arguments(DispatchSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, NotARepairer, ContractorDispatches, CompanyMissing)
def dispatch(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Send a repairer of the responsible enterprise (4.2.2); without a contract the township sends."""
    return actions.dispatch_repairer(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/arrival", methods=["POST"])
@permit("fault.repair", scope="fault")
@idempotent
@blp.arguments(ArrivalSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, SentToAnother, UnknownCode, StickerReplaced, StickerRevoked, OtherHouse)
def arrive(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Arrive at the door by scanning its code."""
    return actions.arrive(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/done", methods=["POST"])
@permit("fault.repair", scope="fault")
@idempotent
@blp.arguments(DoneSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, SentToAnother, PartUsed, PhotoMissing, PhotoTaken)
def finish(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Say what was done and which parts were put in; the household is asked to confirm."""
    return actions.finish_repair(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/confirmation", methods=["POST"])
@permit("fault.confirm", scope="fault")
@idempotent
@blp.arguments(ConfirmationSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, OwnRepair)
def confirm(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """The household's word on the repair, or its cadre's (marked); not warm opens the fault again."""
    return actions.confirm_repair(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/reopening", methods=["POST"])
@permit("fault.reopen", scope="fault")
@idempotent
@blp.arguments(ReopeningSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, OpenAlready)
def reopen(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Not repaired, or broken again: a new round with a new clock."""
    return actions.reopen_fault(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/closure", methods=["POST"])
@permit("fault.close", scope="fault")
@idempotent
@blp.arguments(FaultReasonSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState)
def close(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Close without a repair: the household withdraws, its cadre for it (marked), or the district decides."""
    return actions.close_fault(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/false-report", methods=["POST"])
@permit("fault.call_false", scope="fault")
@idempotent
@blp.arguments(FalseReportSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, VouchedFor, UnknownCode, StickerReplaced, StickerRevoked, OtherHouse)
def call_false(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """End what only passers-by reported and what was found false, at the door (by scan) or by calling back.

    The cadre of the village, the township or the district. The next report opens a new fault and is told as the first.
    """
    return actions.call_false(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/pause", methods=["POST"])
@permit("fault.pause", scope="fault")
@idempotent
@blp.arguments(PauseSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, CannotPause, PauseTooLong)
def pause(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Put the times not yet met off, with a reason that household, village and township are told."""
    return actions.pause_repair(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/heaters", methods=["POST"])
@permit("heater.lend", scope="fault")
@idempotent
@blp.arguments(HeaterRequestSchema)
@blp.response(201, FaultSchema)
@refuses(WrongState, HeaterElsewhere)
def lend_heater(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """Leave a spare heater in the house, by serial (2)."""
    return actions.lend_heater(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/heater-returns", methods=["POST"])
@permit("heater.lend", scope="fault")
@idempotent
@blp.arguments(HeaterRequestSchema)
@blp.response(201, FaultSchema)
@refuses(HeaterNotHere)
def take_heater_back(body: dict[str, Any], fault_id: str) -> queries.FaultView:
    """A lent heater came back."""
    return actions.take_heater_back(db(), actor(), fault_id=fault_id, **body)


@blp.route("/faults/<string:fault_id>/phone-reveal", methods=["POST"])
@permit("fault.call_back", scope="fault")
@idempotent(secret=True)
@blp.arguments(FaultReasonSchema)
@blp.response(201, CallBacksSchema)
@refuses(NumbersUsedUp)
def reveal_phones(body: dict[str, Any], fault_id: str) -> dict[str, Any]:
    """The numbers that reporters left to be called back at; who asked and why stands in the history."""
    return {"phones": actions.reveal_phones(db(), actor(), fault_id=fault_id, **body)}


@blp.route("/outages", methods=["GET"])
@permit("outage.see")
@blp.arguments(OutagesQuerySchema, location="query")
@blp.response(200, page_schema(OutageSchema))
def list_outages(query: dict[str, Any]) -> Page[queries.OutageView]:
    """Village outages of one's areas or company, the newest first."""
    query["after"] = after(query.pop("cursor"))
    return queries.outages(db(), actor(), **query)
