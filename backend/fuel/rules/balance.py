"""How kilograms move in one household's entitlement of one fuel year (4.1.1.5).

Four buckets, whole kilograms. ``reserved``: ordered and still to come. ``delivered``: handed over. ``owed``: what the
supplier failed to bring; it is part of what is left, and the only part that does not lapse when the year ends.
``excess``: drawn above the limit, which only a merger of two households can bring to light. At every moment
reserved + delivered + owed ≤ limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class Overdrawn(ValueError):
    """A movement that no balance allows: a bucket below zero, or all of them above the limit."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A signed change of a balance, by bucket."""

    reserved_kg: int = 0
    delivered_kg: int = 0
    owed_kg: int = 0
    excess_kg: int = 0


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an entitlement stands."""

    limit_kg: int
    reserved_kg: int = 0
    delivered_kg: int = 0
    owed_kg: int = 0
    excess_kg: int = 0

    @property
    def left_kg(self) -> int:
        return max(0, self.limit_kg - self.reserved_kg - self.delivered_kg)

    @property
    def drawn_kg(self) -> int:
        return self.delivered_kg + self.excess_kg

    def available_kg(self, year_over: bool) -> int:
        """What may still be ordered: all that is left, and after the year's end only what is owed."""
        return min(self.owed_kg, self.left_kg) if year_over else self.left_kg

    def after(self, movement: Movement) -> Balance:
        """The balance after a movement; raises Overdrawn."""
        buckets = (
            self.reserved_kg + movement.reserved_kg,
            self.delivered_kg + movement.delivered_kg,
            self.owed_kg + movement.owed_kg,
            self.excess_kg + movement.excess_kg,
        )
        if min(buckets) < 0 or sum(buckets[:3]) > self.limit_kg:
            raise Overdrawn(f"{movement} on {self}")
        return Balance(self.limit_kg, *buckets)

    def settled(self, drawn_kg: int, owed_kg: int) -> Movement:
        """To ``drawn_kg`` in all and at most ``owed_kg`` owed: what the limit cannot hold of the former is excess."""
        room = self.limit_kg - self.reserved_kg
        delivered = min(drawn_kg, room)
        return Movement(
            delivered_kg=delivered - self.delivered_kg,
            owed_kg=min(owed_kg, room - delivered) - self.owed_kg,
            excess_kg=drawn_kg - delivered - self.excess_kg,
        )


def drawn_from(balances: Sequence[tuple[Balance, bool]], kilograms: int) -> int | None:
    """Which of (balance, year over), oldest first, an order draws on; None where no one of them has enough.

    What is owed from an ended year goes first; an order is never spread over two years.
    """
    for index, (balance, year_over) in enumerate(balances):
        if kilograms <= balance.available_kg(year_over):
            return index
    return None


def reserving(balance: Balance, kilograms: int, year_over: bool) -> Movement | None:
    """Set ``kilograms`` aside; None above what is available. What is owed is replaced first."""
    if kilograms > balance.available_kg(year_over):
        return None
    return Movement(reserved_kg=kilograms, owed_kg=-min(kilograms, balance.owed_kg))


def releasing(kilograms: int, owed_kg: int) -> Movement:
    """Give a reservation back; ``owed_kg`` of it does not lapse."""
    return Movement(reserved_kg=-kilograms, owed_kg=min(kilograms, owed_kg))


def delivering(kilograms: int) -> Movement:
    """What was reserved is handed over."""
    return Movement(reserved_kg=-kilograms, delivered_kg=kilograms)


def giving_back(balance: Balance, kilograms: int) -> Movement:
    """What was delivered did not count after all (bad fuel): owed again, after any excess is made good."""
    return balance.settled(balance.drawn_kg - kilograms, balance.owed_kg + kilograms)


def correcting(
    balance: Balance, recorded_kg: int, right_kg: int, year_over: bool
) -> tuple[Movement, Movement] | None:
    """The reversal of a delivery of ``recorded_kg`` and its new record; None where more is not available.

    What the household did not receive is the supplier's debt and becomes owed.
    """
    more = right_kg - recorded_kg
    if more > balance.available_kg(year_over):
        return None
    reversal = balance.settled(balance.drawn_kg - recorded_kg, balance.owed_kg)
    owed = balance.owed_kg - min(
        more, balance.owed_kg
    )  # fewer kilograms than recorded: owed rises by the difference
    return reversal, balance.after(reversal).settled(balance.drawn_kg + more, owed)


def merging(kept: Balance, gone: Balance) -> tuple[Movement, Movement]:
    """(change of the household that stays, change of the one that goes), the latter without reservations.

    What both had drawn is added up; what the limit cannot hold is shown as excess, never hidden.
    """
    joined = kept.settled(kept.drawn_kg + gone.drawn_kg, kept.owed_kg + gone.owed_kg)
    return joined, Movement(0, -gone.delivered_kg, -gone.owed_kg, -gone.excess_kg)
