"""The areas that a list of households implies, for a county without an area file: each place under one name (8.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.programme import ProgrammeView
from backend.registry.rules.list_rows import SheetRows, is_formula, words
from backend.registry.rules.spellings import Question, one_name_each


@dataclass(frozen=True, slots=True)
class ListedPlaces:
    """The villages that a list implies: (township, village, path's code, households), each under one name.

    ``respelled``: spelling → name, "township" or "township village". ``questions``: names that may be one place.
    ``nameless``: spellings that could be two places; their rows are held until somebody settles it.
    """

    villages: tuple[tuple[str, str, str | None, int], ...]
    respelled: Mapping[str, str]
    questions: tuple[Question, ...]
    nameless: tuple[str, ...]


def places_in(
    sheet: SheetRows, programme: ProgrammeView, standing: Iterable[tuple[str, str]] = ()
) -> ListedPlaces:
    """The areas of a county without an area file, as a list names them; ``standing``: (township, village) in force."""
    counted: Counter[tuple[str, str, str | None]] = Counter()
    for row in sheet.rows:
        township, village, label = words(row.township), words(row.village), words(row.path)
        if township and village and not (is_formula(row.township) or is_formula(row.village)):
            path = programme.path_by_label(label) if label else None
            counted[township, village, path.code if path else None] += 1
    standing = tuple(standing)
    townships = one_name_each(
        _sums((township, count) for (township, _, _), count in counted.items()),
        {township for township, _ in standing},
        township=None,
        villages=False,
    )
    questions, respelled = [*townships.questions], _respelled(townships.names, "")
    nameless = [typed for typed, name in townships.names.items() if name is None]
    merged: Counter[tuple[str, str, str | None]] = Counter()
    for township in sorted({name for name in townships.names.values() if name is not None}):
        here = {key: count for key, count in counted.items() if townships.names[key[0]] == township}
        villages = one_name_each(
            _sums((village, count) for (_, village, _), count in here.items()),
            {village for of, village in standing if of == township},
            township=township,
            villages=True,
        )
        questions += villages.questions
        respelled |= _respelled(villages.names, f"{township} ")
        nameless += [f"{township} {typed}" for typed, name in villages.names.items() if name is None]
        for (_, typed, path_code), count in here.items():
            if (name := villages.names[typed]) is not None:
                merged[township, name, path_code] += count
    return ListedPlaces(
        tuple((township, village, path, count) for (township, village, path), count in merged.items()),
        respelled,
        tuple(questions),
        tuple(nameless),
    )


def _sums(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for name, count in counts:
        sums[name] += count
    return sums


def _respelled(names: Mapping[str, str | None], before: str) -> dict[str, str]:
    return {
        before + typed: before + name
        for typed, name in sorted(names.items())
        if name is not None and name != typed
    }
