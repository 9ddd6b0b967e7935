"""Each row of a list by itself: the places, paths and numbers that were meant (8.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from backend.registry.rules import cells
from backend.registry.rules.entries import Entry
from backend.registry.rules.id_number import masked_id, read_id_number
from backend.registry.rules.list_rows import FIELDS, Cell, ListRow, SheetRows, folded, is_formula, words
from backend.registry.rules.places import Gazetteer, PlanFacts
from backend.registry.rules.remedies import REMEDIES, Outcome

WATCHED: Final = tuple((place, name) for place, name in enumerate(FIELDS, start=1) if name != "serial")
"""Where each field stands in a row; the serial number is nobody's business."""

_LONG_NUMBER: Final = re.compile(r"[0-9０-９]{11,}[XxＸｘ]?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing met in one cell. ``shown`` is the value with identity numbers and phones masked;"""

    sheet_row: int
    column: str
    field: str
    code: str
    outcome: Outcome
    problem_zh: str
    remedy_zh: str
    shown: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A list looked at row by row."""

    sheet: SheetRows
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def clean_list(
    sheet: SheetRows, plan: PlanFacts, on: date, told: Callable[[int], None] | None = None
) -> Cleaned:
    """Each row by itself: places, paths, numbers; no row is compared with another.

    ``told`` is called with how many rows were looked at before, at each row; what it raises ends the work.
    """
    places = Gazetteer(plan)
    as_meant = {folded(label): code for label, code in (*plan.path_synonyms.items(), *plan.paths.items())}
    findings: list[Finding] = []
    rows = sheet.rows if told is None else _counted(sheet.rows, told)
    entries = tuple(_clean(row, sheet.columns, plan, places, as_meant, on, findings) for row in rows)
    return Cleaned(sheet, entries, tuple(findings))


def _counted(rows: tuple[ListRow, ...], told: Callable[[int], None]) -> Iterator[ListRow]:
    for done, row in enumerate(rows):
        told(done)
        yield row


def _clean(
    typed: ListRow,
    columns: Mapping[str, str],
    plan: PlanFacts,
    places: Gazetteer,
    as_meant: Mapping[str, str],
    on: date,
    findings: list[Finding],
) -> Entry:
    row, met = typed, list[tuple[str, str]]()
    formulas = [name for place, name in WATCHED if is_formula(row[place])]
    if formulas:
        met += ((name, "cell.formula") for name in formulas)
        row = ListRow._make(
            None if name in formulas else cell for name, cell in zip(row._fields, row, strict=True)
        )

    place = places.find(row.township, row.village)
    head = cells.read_head_name(row.head_name)
    number = read_id_number(row.id_number, on)
    phone = cells.read_phone(row.phone)
    police = cells.read_short_text(row.police_no)
    registered = cells.read_registered(row.village_registered)
    people = cells.read_people(row.people)
    address = cells.read_address(row.address)
    courtyard = cells.read_courtyard(row.courtyard)
    path = cells.read_path(row.path, plan.paths, as_meant)
    area = cells.read_floor_area(row.floor_area)
    remark = cells.read_remark(row.remark)

    met += place.met
    for name, codes in (
        ("head_name", head.codes),
        ("id_number", number.codes),
        ("phone", phone.codes),
        ("police_no", police.codes),
        ("village_registered", registered.codes),
        ("people", people.codes),
        ("address", address.codes),
        ("courtyard", courtyard.codes),
        ("path", path.codes),
        ("floor_area", area.codes),
        ("remark", remark.codes),
    ):
        met += ((name, code) for code in codes)
    if police.value is None and not police.codes:
        if registered.value is False:
            met.append(("police_no", "register.none"))
        else:
            met.append(("police_no", "register.police_missing"))
    elif registered.value is False:
        met.append(("village_registered", "register.village_missing"))
    if place.village and place.village.paths and path.value and path.value not in place.village.paths:
        met.append(("path", "path.not_planned_here"))

    for name, code in met:
        # An empty cell that held a formula is not also reported as missing.
        if name not in formulas or code == "cell.formula":
            findings.append(finding_at(typed, columns, name, code))
    return Entry(
        sheet_row=typed.sheet_row,
        township=place.township,
        village=place.village_name,
        area_code=place.village.area_code if place.village else None,
        head_name=head.value,
        id_number=number.value,
        phone=phone.value,
        police_no=police.value,
        village_registered=registered.value,
        people=people.value,
        address=address.value,
        courtyard=courtyard.value,
        path=path.value,
        floor_area_m2=area.value,
        remark=remark.value,
        typed=typed,
    )


def finding_at(row: ListRow, columns: Mapping[str, str], name: str, code: str, beside: str = "") -> Finding:
    remedy = REMEDIES[code]
    problem = f"{remedy.problem_zh}（见{beside}）" if beside else remedy.problem_zh
    column = columns.get(name, "")
    return Finding(
        row.sheet_row, column, name, code, remedy.outcome, problem, remedy.remedy_zh, shown(row, name)
    )


def shown(row: ListRow, name: str) -> str:
    """A cell as people may see it in a list of findings, at most 60 characters.

    Identity numbers and phones are masked, also where they were typed into another column.
    """
    cell: Cell = getattr(row, name)
    text = words(cell) or ""
    if name == "id_number":
        return masked_id(text)
    if name == "phone":
        return cells.masked_phone(text)
    text = masked_text(text)
    return text if len(text) <= 60 else text[:59] + "…"


def masked_text(text: str) -> str:
    """Free text with the numbers in it masked that are long enough to be a telephone's or an identity's."""
    return _LONG_NUMBER.sub(_masked_number, text)


def _masked_number(found: re.Match[str]) -> str:
    number = found[0]
    return cells.masked_phone(number) if len(number) < 15 else masked_id(number)
