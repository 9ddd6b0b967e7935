"""Entitlements, orders, deliveries, batches and supply areas over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.core.errors import Refusal
from backend.core.http import Page, PagingSchema, after, blueprint, db, idempotent, page_schema, refuses
from backend.core.law import clause_label
from backend.core.storage import PhotoMissing, PhotoTaken
from backend.fuel import errors, queries
from backend.fuel import schemas as shapes
from backend.fuel.actions import batches, deliveries, orders, supply
from backend.fuel.notices import AFTER_ORDER
from backend.identity import actor, permit
from backend.messaging import with_templates_to_ask
from backend.registry import OtherHouse, StickerReplaced, StickerRevoked, UnknownCode

blp = blueprint("fuel", "Subsidised fuel: entitlements, orders, deliveries, batches")


@blp.route("/households/<string:household_id>/entitlement", methods=["GET"])
@permit("fuel.see_balance", scope="household")
@blp.response(200, shapes.EntitlementSchema)
@refuses(errors.NoLimitYet)
def see_entitlement(household_id: str) -> dict[str, Any]:
    """What a household may draw this fuel year, what it has drawn, and what stands against ordering (4.1.1.5)."""
    view = queries.entitlement_of(db(), household_id)
    reasons = [{**asdict(reason), "clause_label": clause_label(reason.clause)} for reason in view.reasons]
    return {**asdict(view), "reasons": reasons}


@blp.route("/households/<string:household_id>/fuel-ledger", methods=["GET"])
@permit("fuel.see_balance", scope="household")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(shapes.LedgerEntrySchema))
def see_ledger(query: dict[str, Any], household_id: str) -> Page[queries.LedgerEntryView]:
    """Every movement of a household's kilograms; per year their sums are the entitlement."""
    return queries.ledger_of(db(), household_id, after=after(query["cursor"]), limit=query["limit"])


@blp.route("/fuel-orders", methods=["POST"])
@permit("fuel.order", scope="household")
@idempotent
@blp.arguments(shapes.OrderRequestSchema)
@blp.response(201, shapes.OrderAnswerSchema)
@refuses(*errors.REFUSAL_OF.values(), errors.EntitlementClosed, errors.NotInBags, errors.WindowPast)
@refuses(errors.NoSupplier, errors.NoLimitYet, errors.AboveLimit, errors.MovedMeanwhile)
def place_order(body: dict[str, Any]) -> dict[str, Any]:
    """Order subsidised fuel for a household (4.1.1.5)."""
    try:
        order = orders.order_fuel(db(), actor(), **body)
    except Refusal as refusal:
        if refusal.facts.get("cold_house"):
            db().rollback()  # the order is undone; that a house is cold is kept, and told to its township
            orders.tell_of_cold_house(db(), actor(), household_id=body["household_id"], why=refusal.detail)
            db().commit()
        raise
    return with_templates_to_ask(db(), actor(), order, AFTER_ORDER, only_of=order.household_id)


@blp.route("/fuel-orders", methods=["GET"])
@permit("fuel.see")
@blp.arguments(shapes.OrderQuerySchema, location="query")
@blp.response(200, page_schema(shapes.OrderSchema))
def list_orders(query: dict[str, Any]) -> Page[queries.OrderView]:
    """Orders of one's household, areas or company; those of a village are a delivery round."""
    return queries.fuel_orders(db(), actor(), after=after(query.pop("cursor")), **query)


@blp.route("/fuel-orders/<string:fuel_order_id>", methods=["GET"])
@permit("fuel.see", scope="fuel_order")
@blp.response(200, shapes.OrderSchema)
def see_order(fuel_order_id: str) -> queries.OrderView:
    """One order with its deliveries."""
    return queries.fuel_order(db(), fuel_order_id)


@blp.route("/fuel-orders/<string:fuel_order_id>/cancel", methods=["POST"])
@permit("fuel.cancel", scope="fuel_order")
@idempotent
@blp.arguments(shapes.CancellationSchema)
@blp.response(200, shapes.OrderSchema)
@refuses(errors.OrderClosed, errors.MovedMeanwhile)
def cancel_order(body: dict[str, Any], fuel_order_id: str) -> queries.OrderView:
    """Cancel what has not been delivered; the kilograms go back to the entitlement."""
    return orders.cancel_order(db(), actor(), fuel_order_id=fuel_order_id, reason=body["reason"])


@blp.route("/fuel-orders/<string:fuel_order_id>/failure", methods=["POST"])
@permit("fuel.report_failure", scope="fuel_order")
@idempotent
@blp.arguments(shapes.FailureSchema)
@blp.response(200, shapes.OrderSchema)
@refuses(errors.OrderClosed, errors.MovedMeanwhile)
def report_failure(body: dict[str, Any], fuel_order_id: str) -> queries.OrderView:
    """Refused at the door, or not brought: everything to come goes back to the household and does not lapse."""
    return orders.report_failure(db(), actor(), fuel_order_id=fuel_order_id, **body)


@blp.route("/fuel-orders/<string:fuel_order_id>/deliveries", methods=["POST"])
@permit("fuel.deliver", scope="fuel_order")
@idempotent
@blp.arguments(shapes.DeliveryRequestSchema)
@blp.response(201, shapes.DeliverySchema)
@refuses(UnknownCode, StickerReplaced, StickerRevoked, OtherHouse, PhotoMissing, PhotoTaken)
@refuses(
    errors.OrderClosed, errors.MadeAtWrong, errors.AboveLimit, errors.MovedMeanwhile, errors.UnknownBatch
)
@refuses(errors.BatchNotPassed, errors.BatchQuarantined, errors.WrongGrade, errors.BatchUsedUp)
def record_delivery(body: dict[str, Any], fuel_order_id: str) -> queries.DeliveryView:
    """Hand fuel over at the household's code: batch, bags and weighed kilograms (4.1.1.5)."""
    return deliveries.record_delivery(db(), actor(), fuel_order_id=fuel_order_id, **body)


@blp.route("/fuel-deliveries/<string:fuel_delivery_id>/confirmation", methods=["POST"])
@permit("fuel.confirm", scope="fuel_delivery")
@idempotent
@blp.arguments(shapes.DeliveryAnswerSchema)
@blp.response(200, shapes.DeliverySchema)
@refuses(errors.OwnDelivery, errors.HouseholdConfirms, errors.WitnessMissing, errors.AnswerContradicts)
@refuses(errors.ConfirmedAlready)
def confirm_delivery(body: dict[str, Any], fuel_delivery_id: str) -> queries.DeliveryView:
    """The household's word on what it received; a cadre's with a named witness where the household has no phone."""
    return deliveries.confirm_delivery(db(), actor(), fuel_delivery_id=fuel_delivery_id, **body)


@blp.route("/fuel-deliveries/<string:fuel_delivery_id>/correction", methods=["POST"])
@permit("fuel.correct", scope="fuel_delivery")
@idempotent
@blp.arguments(shapes.CorrectionSchema)
@blp.response(200, shapes.DeliverySchema)
@refuses(
    errors.AboveLimit, errors.OwnDelivery, errors.ConfirmedAlready, errors.BatchUsedUp, errors.MovedMeanwhile
)
def correct_delivery(body: dict[str, Any], fuel_delivery_id: str) -> queries.DeliveryView:
    """Set right what a delivery counts for, by reversal; the household confirms anew."""
    return deliveries.correct_delivery(db(), actor(), fuel_delivery_id=fuel_delivery_id, **body)


@blp.route("/fuel-batches", methods=["POST"])
@permit("fuel.register_batch")
@idempotent
@blp.arguments(shapes.BatchRequestSchema)
@blp.response(201, shapes.BatchSchema)
@refuses(errors.BatchKnown, errors.NoSupplier)
def register_batch(body: dict[str, Any]) -> queries.BatchView:
    """Put a production lot of one's company on record."""
    return batches.register_batch(db(), actor(), **body)


@blp.route("/fuel-batches", methods=["GET"])
@permit("fuel.see_batches")
@blp.arguments(shapes.BatchQuerySchema, location="query")
@blp.response(200, page_schema(shapes.BatchSchema))
def list_batches(query: dict[str, Any]) -> Page[queries.BatchView]:
    """Lots with their reports, from the gate to the doors."""
    return queries.fuel_batches(db(), actor(), after=after(query.pop("cursor")), **query)


@blp.route("/fuel-batches/<string:fuel_batch_id>", methods=["GET"])
@permit("fuel.see_batches", scope="fuel_batch")
@blp.response(200, shapes.BatchSchema)
def see_batch(fuel_batch_id: str) -> queries.BatchView:
    """One lot."""
    return queries.fuel_batch(db(), fuel_batch_id)


@blp.route("/fuel-batches/<string:fuel_batch_id>/test-report", methods=["POST"])
@permit("fuel.report_test", scope="fuel_batch")
@idempotent
@blp.arguments(shapes.TestReportRequestSchema)
@blp.response(200, shapes.BatchSchema)
@refuses(errors.WrongStandard, errors.ReportWaiting, errors.MovedMeanwhile, PhotoMissing, PhotoTaken)
def report_test(body: dict[str, Any], fuel_batch_id: str) -> queries.BatchView:
    """Bring a laboratory's report; a failed one quarantines at once, a passed one awaits a second hand."""
    return batches.report_test(db(), actor(), fuel_batch_id=fuel_batch_id, **body)


@blp.route("/fuel-batches/<string:fuel_batch_id>/test-report/decision", methods=["POST"])
@permit("fuel.decide_test", scope="fuel_batch")
@idempotent
@blp.arguments(shapes.ReportDecisionSchema)
@blp.response(200, shapes.BatchSchema)
@refuses(errors.NoReportWaiting, errors.SameHand)
def decide_report(body: dict[str, Any], fuel_batch_id: str) -> queries.BatchView:
    """The second hand on the waiting report; with its acceptance the batch may be delivered."""
    return batches.decide_report(db(), actor(), fuel_batch_id=fuel_batch_id, **body)


@blp.route("/fuel-batches/<string:fuel_batch_id>/quarantine", methods=["POST"])
@permit("fuel.quarantine", scope="fuel_batch")
@idempotent
@blp.arguments(shapes.QuarantineSchema)
@blp.response(200, shapes.BatchSchema)
@refuses(errors.BatchQuarantined, errors.MovedMeanwhile)
def quarantine(body: dict[str, Any], fuel_batch_id: str) -> queries.BatchView:
    """Stop a batch: its houses are told, get their kilograms back, and replacements are ordered at once."""
    return batches.quarantine(db(), actor(), fuel_batch_id=fuel_batch_id, reason=body["reason"])


@blp.route("/fuel-supply-areas", methods=["POST"])
@permit("fuel.assign_supplier", scope="area")
@idempotent
@blp.arguments(shapes.SupplyAreaRequestSchema)
@blp.response(201, shapes.SupplyAreaSchema)
@refuses(errors.NotASupplier, errors.WorksElsewhere)
def assign_supplier(body: dict[str, Any]) -> queries.SupplyAreaView:
    """Give an area to a fuel supplier, at the grade of its contract."""
    return supply.assign_supplier(db(), actor(), **body)


@blp.route("/fuel-supply-areas", methods=["GET"])
@permit("fuel.see_batches")
@blp.arguments(PagingSchema, location="query")
@blp.response(200, page_schema(shapes.SupplyAreaSchema))
def list_supply_areas(query: dict[str, Any]) -> Page[queries.SupplyAreaView]:
    """Who brings fuel where."""
    return queries.supply_areas(db(), actor(), after=after(query["cursor"]), limit=query["limit"])
