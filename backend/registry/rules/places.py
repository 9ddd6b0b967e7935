"""Which township and village of the plan a row means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from backend.registry.rules.list_rows import Cell, words
from backend.registry.rules.spellings import Reading, place_key, read_township, read_village


@dataclass(frozen=True, slots=True)
class PlannedVillage:
    """A village's area code, and the codes of the paths planned for it (empty: nothing is known, nothing is flagged)."""

    area_code: str
    paths: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """What the plan says. Townships: name → code. Villages: (township's name, village's name). Paths: label → code."""

    townships: Mapping[str, str]
    villages: Mapping[tuple[str, str], PlannedVillage]
    paths: Mapping[str, str]
    path_synonyms: Mapping[str, str] = field(default_factory=dict)


class Place(NamedTuple):
    """Names as the plan writes them (None where it has none such), the village, and what was met: (field, code)."""

    township: str | None
    village_name: str | None
    village: PlannedVillage | None
    met: tuple[tuple[str, str], ...] = ()


class Gazetteer:
    """The plan's places, looked up by what people write; a name that could be two places is none."""

    def __init__(self, plan: PlanFacts) -> None:
        self._plan = plan
        self._met: dict[tuple[Cell, Cell], Place] = {}
        self._townships = _variants(list(plan.townships), read_township)
        names: dict[str, list[str]] = {}
        for township, village in plan.villages:
            names.setdefault(township, []).append(village)
        self._villages = {township: _variants(found, read_village) for township, found in names.items()}

    def find(self, township: Cell, village: Cell) -> Place:
        """The place; neither cell is a formula."""
        key = (township, village)
        if key not in self._met:
            self._met[key] = self._look_up(words(township), words(village))
        return self._met[key]

    def _look_up(self, township: str | None, village: str | None) -> Place:
        met: list[tuple[str, str]] = []
        if township is None:
            met.append(("township", "township.missing"))
            known = None
        elif (known := self._meant_township(township)) is None:
            met.append(("township", "township.unknown"))
        elif known != township:
            met.append(("township", "township.spelling"))
        if village is None:
            met.append(("village", "village.missing"))
            return Place(known, None, None, tuple(met))
        if known is None:
            return Place(None, None, None, tuple(met))
        there = self._villages.get(known, {})
        name = village if (known, village) in self._plan.villages else _meant(there, village, read_village)
        if name is None:
            met.append(("village", "village.unknown"))
            return Place(known, None, None, tuple(met))
        if name != village:
            respelled = place_key(name) == place_key(village)
            met.append(("village", "village.spelling" if respelled else "village.suffix"))
        return Place(known, name, self._plan.villages[known, name], tuple(met))

    def _meant_township(self, typed: str) -> str | None:
        if typed in self._plan.townships:
            return typed
        return _meant(self._townships, typed, read_township)


def _meant(variants: Mapping[str | Reading, str], typed: str, read: Callable[[str], Reading]) -> str | None:
    """By the whole name, by name and kind of place, by the name alone; the first that leads to one place."""
    reading = read(typed)
    for key in (place_key(typed), reading, reading.stem):
        if (name := variants.get(key)) is not None:
            return name
    return None


def _variants(names: list[str], read: Callable[[str], Reading]) -> dict[str | Reading, str]:
    """Each name by its key; by reading and by stem where only one has them."""
    by_reading: dict[str | Reading, list[str]] = {}
    for name in names:
        reading = read(name)
        keys: tuple[str | Reading, ...] = (reading, reading.stem)
        for key in keys:
            by_reading.setdefault(key, []).append(name)
    found = {key: alike[0] for key, alike in by_reading.items() if len(alike) == 1}
    return found | {place_key(name): name for name in names}
