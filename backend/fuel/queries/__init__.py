"""Reads of fuel: what a household may draw and its ledger, orders with their deliveries, batches, supply areas."""

from backend.fuel.queries.batches import (
    BatchView,
    SupplyAreaView,
    TestReportView,
    fuel_batch,
    fuel_batches,
    place_of_fuel_batch,
    supply_area_of,
    supply_area_view,
    supply_areas,
)
from backend.fuel.queries.entitlements import (
    EntitlementView,
    LedgerEntryView,
    entitlement_of,
    ledger_of,
    limit_on,
    standing_of_house,
)
from backend.fuel.queries.orders import (
    DeliveryView,
    OrderView,
    delivery_view,
    fuel_order,
    fuel_orders,
    open_orders_of,
    place_of_fuel_delivery,
    place_of_fuel_order,
    suppliers_of,
)

__all__ = [
    "BatchView",
    "DeliveryView",
    "EntitlementView",
    "LedgerEntryView",
    "OrderView",
    "SupplyAreaView",
    "TestReportView",
    "delivery_view",
    "entitlement_of",
    "fuel_batch",
    "fuel_batches",
    "fuel_order",
    "fuel_orders",
    "ledger_of",
    "limit_on",
    "open_orders_of",
    "place_of_fuel_batch",
    "place_of_fuel_delivery",
    "place_of_fuel_order",
    "standing_of_house",
    "suppliers_of",
    "supply_area_of",
    "supply_area_view",
    "supply_areas",
]
