"""Subsidised fuel: what a household may draw in a year, its orders, and what was handed over at its door (4.1.1.5).

The way of a kilogram: a household's entitlement of a fuel year -> reserved by an order -> delivered at its code, out of a
batch that passed -> confirmed by the household. ``rules.standing`` says whether a house may draw, ``rules.balance`` how
kilograms move; ``actions.ledger`` is the only place where they do. ``actions`` has one file each for orders, deliveries,
batches, supply areas, and for what a merger or a change of path brings.
"""

from backend.fuel.actions.changes import follow_merge, follow_path_change
from backend.fuel.actions.orders import order_fuel, tell_of_cold_house
from backend.fuel.errors import NoLimitYet
from backend.fuel.queries import (
    DeliveryView,
    EntitlementView,
    OrderView,
    UnsettledDelivery,
    entitlement_at,
    entitlement_of,
    open_orders_of,
    place_of_fuel_batch,
    place_of_fuel_delivery,
    place_of_fuel_order,
    suppliers_of,
    unsettled_deliveries_in,
    unsettled_deliveries_of,
)

__all__ = [
    "DeliveryView", "EntitlementView", "NoLimitYet", "OrderView", "UnsettledDelivery", "entitlement_at",
    "entitlement_of", "follow_merge", "follow_path_change", "open_orders_of", "order_fuel", "place_of_fuel_batch",
    "place_of_fuel_delivery", "place_of_fuel_order", "suppliers_of", "tell_of_cold_house", "unsettled_deliveries_in",
    "unsettled_deliveries_of",
]  # fmt: skip
