"""Does an item meet its figures, and what is still missing of the kit?"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from backend.core.law import Decision, Reason
from backend.installation.rules.turns import NO, YES

VERSION: Final = "1"
CO_ALARM: Final = "co_alarm"


class Figure(Protocol):
    """One figure of the plan's kit, as this rule looks at it."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def clause(self) -> str: ...
    @property
    def minimum(self) -> Decimal | None: ...
    @property
    def nominal(self) -> Decimal | None: ...
    @property
    def tolerance(self) -> Decimal | None: ...
    @property
    def gates(self) -> bool: ...
    def holds(self, value: Decimal) -> bool: ...


class KitItem(Protocol):
    """What the plan wants in the house of one kind, as this rule looks at it."""

    @property
    def kind(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def clause(self) -> str: ...
    @property
    def figures(self) -> Sequence[Figure]: ...


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _wanted(figure: Figure) -> str:
    if figure.minimum is not None:
        return f"不小于{_plain(figure.minimum)}"
    assert figure.nominal is not None
    if not figure.tolerance:
        return f"应为{_plain(figure.nominal)}"
    low, high = figure.nominal - figure.tolerance, figure.nominal + figure.tolerance
    return f"应在{_plain(low)}到{_plain(high)}之间"


def figures_hold(item: KitItem, given: Mapping[str, Decimal]) -> Decision:
    """Does one installed item meet every figure that gates a house? A programme's average never does."""
    known = {figure.name for figure in item.figures}
    against = [
        Reason("kit.figure_unknown", item.clause, f"{item.label}没有“{name}”这项指标。")
        for name in sorted(given)
        if name not in known
    ]
    for figure in item.figures:
        value = given.get(figure.name)
        if value is None:
            if figure.gates:
                against.append(
                    Reason(
                        "kit.figure_missing",
                        figure.clause,
                        f"{item.label}缺少{figure.label}，{_wanted(figure)}。",
                    )
                )
        elif not figure.holds(value):
            against.append(
                Reason(
                    "kit.figure_short",
                    figure.clause,
                    f"{item.label}的{figure.label}为{_plain(value)}，{_wanted(figure)}。",
                )
            )
    facts = {name: str(value) for name, value in given.items()}
    return Decision(
        NO if against else YES, tuple(against), "figures_hold", VERSION, {"kind": item.kind, **facts}
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """So many of a kind that the house still waits for."""

    kind: str
    label: str
    count: int


def missing_of(kit: Sequence[KitItem], standing: Mapping[str, int]) -> tuple[Missing, ...]:
    """What is not yet in the house, given how many of each kind are."""
    return tuple(
        Missing(item.kind, item.label, item.count - standing.get(item.kind, 0))
        for item in kit
        if standing.get(item.kind, 0) < item.count
    )


def plain_serial(typed: str) -> str:
    """A serial as it is compared: one width, upper case, no blanks or dashes, so that a second spelling is the same."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(mark for mark in folded if mark.isalnum())


def rooms_without_alarm(lived_in: Sequence[str], with_alarm: Sequence[str]) -> tuple[str, ...]:
    """Rooms where people stay and no tested alarm hangs: flagged, never hidden (4.1.1.5)."""
    covered = set(with_alarm)
    return tuple(room for room in dict.fromkeys(lived_in) if room not in covered)
