"""What fuel decides, without a clock or a database: whether a house may draw, and how kilograms move."""

from backend.fuel.rules.balance import (
    Balance,
    Movement,
    Overdrawn,
    correcting,
    delivering,
    drawn_from,
    giving_back,
    merging,
    releasing,
    reserving,
)
from backend.fuel.rules.standing import NONE, NOT_YET, OPEN, FuelFacts, fuel_standing

__all__ = [
    "NONE", "NOT_YET", "OPEN", "Balance", "FuelFacts", "Movement", "Overdrawn", "correcting", "delivering",
    "drawn_from", "fuel_standing", "giving_back", "merging", "releasing", "reserving",
]  # fmt: skip
