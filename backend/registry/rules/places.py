"""Which township and village of the plan a row means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from backend.registry.rules.list_rows import Cell, folded, words


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


# Longest first, so that 街道办事处 is not taken for 处.
_TOWNSHIP_ENDINGS: Final = ("街道办事处", "街道办", "街道", "镇政府", "乡政府", "镇", "乡", "办事处")
_VILLAGE_ENDINGS: Final = ("村民委员会", "村委会", "行政村", "自然村", "片区", "社区", "村")


class Gazetteer:
    """The plan's places, looked up by what people write; a name that could be two places is none."""

    def __init__(self, plan: PlanFacts) -> None:
        self._plan = plan
        self._met: dict[tuple[Cell, Cell], Place] = {}
        self._townships = _variants(list(plan.townships), _TOWNSHIP_ENDINGS)
        names: dict[str, list[str]] = {}
        for township, village in plan.villages:
            names.setdefault(township, []).append(village)
        self._villages = {township: _variants(found, _VILLAGE_ENDINGS) for township, found in names.items()}

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
        name = (
            self._villages.get(known, {}).get(folded(village))
            if (known, village) not in self._plan.villages
            else village
        )
        if name is None:
            name = self._villages.get(known, {}).get(_stem(folded(village), _VILLAGE_ENDINGS))
        if name is None:
            met.append(("village", "village.unknown"))
            return Place(known, None, None, tuple(met))
        if name != village:
            respelled = folded(name) == folded(village)
            met.append(("village", "village.spelling" if respelled else "village.suffix"))
        return Place(known, name, self._plan.villages[known, name], tuple(met))

    def _meant_township(self, typed: str) -> str | None:
        if typed in self._plan.townships:
            return typed
        return self._townships.get(folded(typed)) or self._townships.get(
            _stem(folded(typed), _TOWNSHIP_ENDINGS)
        )


def _stem(name: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _variants(names: list[str], endings: tuple[str, ...]) -> dict[str, str]:
    """Folded name → name, and stem → name where only one has that stem."""
    stems: dict[str, list[str]] = {}
    for name in names:
        stems.setdefault(_stem(folded(name), endings), []).append(name)
    found = {stem: alike[0] for stem, alike in stems.items() if len(alike) == 1}
    return found | {folded(name): name for name in names}
