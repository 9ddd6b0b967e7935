"""A list beside the plan and the registry as both stand at this moment (8.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.programme import ProgrammeView, areas_under
from backend.registry.actions.standing import (
    ADDED,
    UPDATED,
    Standing,
    fingerprint_of,
    id_hash_of,
    known_facts,
    phone_hash_of,
    place_in_words,
    standing_households,
)
from backend.registry.models import ListImport
from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.cleaning import finding_at
from backend.registry.rules.entries import courtyard_of
from backend.registry.rules.findings import (
    Finding,
    Judged,
    JudgedRow,
    Outcome,
    PlanFacts,
    PlannedVillage,
    entry_key,
    judge,
)
from backend.registry.rules.list_rows import FIELDS, SheetRows

_TWICE = "id.duplicate"


def take_turn(session: Session, programme_id: str) -> None:
    """Wait until no other transaction counts households of this programme: whoever writes a person is alone.

    The row of the first import is everybody's turnstile; SQLite has one writer anyway.
    """
    session.execute(
        select(ListImport.id)
        .where(ListImport.programme_id == programme_id)
        .order_by(ListImport.id)
        .limit(1)
        .with_for_update()
    )


def plan_facts(session: Session, programme: ProgrammeView, area_code: str) -> PlanFacts:
    """The plan's places below ``area_code`` and its paths, as the rules of reading want them."""
    areas = areas_under(session, programme.area_code)
    townships = {area.code: area.name for area in areas if area.level == "township"}
    inside = {
        code: name
        for code, name in townships.items()
        if code.startswith(area_code) or area_code.startswith(code)
    }
    villages = {
        (inside[area.parent_code or ""], area.name): PlannedVillage(
            area.code, frozenset({area.path} if area.path else ())
        )
        for area in areas
        if area.level == "village" and area.parent_code in inside and area.code.startswith(area_code)
    }
    return PlanFacts(
        townships={name: code for code, name in inside.items()},
        villages=villages,
        paths={path.label: path.code for path in programme.paths},
        path_synonyms={synonym: path.code for path in programme.paths for synonym in path.synonyms},
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged of a sheet, and what it rests on: the plan, the registry and the day."""

    judged: Judged
    plan: PlanFacts
    standing: Mapping[str, Standing]
    on: date

    def holds(self, plan: PlanFacts, standing: Mapping[str, Standing], on: date) -> bool:
        """Whether the same is judged now: nothing has changed that a row of the sheet names.

        A household counts that is one of the sheet's entries, or shares person, phone, courtyard or police number.
        """
        if (self.plan, self.on) != (plan, on):
            return False
        changed = [
            home
            for key in self.standing.keys() | standing.keys()
            if (before := self.standing.get(key)) != (after := standing.get(key))
            for home in (before, after)
            if home is not None
        ]
        return not changed or not any(map(self._named_by(), changed))

    def _named_by(self) -> Callable[[Standing], bool]:
        entries = [row.entry for row in self.judged.rows]
        keys = {entry_key(entry) for entry in entries}
        persons = {id_hash_of(entry.id_number) for entry in entries if entry.id_number}
        phones = {phone_hash_of(entry.phone) for entry in entries if entry.phone}
        yards = {courtyard_of(entry) for entry in entries} - {None}
        police = {entry.police_no for entry in entries} - {None}

        def named(home: Standing) -> bool:
            return (
                home.key in keys
                or home.id_hash in persons
                or home.phone_hash in phones
                or (home.courtyard is not None and (home.area_code, courtyard_key(home.courtyard)) in yards)
                or home.police_no in police
            )

        return named


def judge_sheet(
    session: Session,
    programme: ProgrammeView,
    area_code: str,
    sheet: SheetRows,
    told: Callable[[int], None] | None = None,
) -> Judgement:
    """A sheet beside the plan and the registry as they stand today; ``told`` how many rows were looked at so far."""
    names = {area.code: area.name for area in areas_under(session, programme.area_code)}
    standing = standing_households(session, programme.id)
    plan, on = plan_facts(session, programme, area_code), clock.today()
    judged = judge(sheet, plan, known_facts(standing.values(), names), on, told)
    return Judgement(_hold_taken_persons(judged, standing, names, sheet.columns), plan, standing, on)


def _hold_taken_persons(
    judged: Judged, standing: Mapping[str, Standing], names: Mapping[str, str], columns: Mapping[str, str]
) -> Judged:
    """Hold rows whose person would stand in two households: a list speaks for the entries that it names, but not for
    those that it may not overwrite, nor for a number that a village completed meanwhile.
    """
    claims: dict[str, tuple[JudgedRow, str]] = {}
    moving: set[str] = set()
    for row in judged.rows:
        key = entry_key(row.entry)
        if row.outcome is Outcome.HELD or key is None or row.entry.id_number is None:
            continue
        home, claimed = standing.get(key), id_hash_of(row.entry.id_number)
        fate = home.fate(fingerprint_of(row)) if home else ADDED
        if fate in (ADDED, UPDATED) and (home is None or home.id_hash != claimed):
            claims[key] = row, claimed
            moving.add(key)
    owners = {home.id_hash: home for home in standing.values() if home.id_hash and home.ended_at is None}
    held: dict[int, Standing] = {}
    while refused := [
        (key, owner)
        for key, (_row, claimed) in claims.items()
        if key in moving
        and (owner := owners.get(claimed)) is not None
        and owner.key != key
        and owner.key not in moving
    ]:  # who is refused keeps the old number, which may in turn refuse another
        for key, owner in refused:
            moving.discard(key)
            held[claims[key][0].entry.sheet_row] = owner
    if not held:
        return judged
    rows = tuple(
        replace(row, outcome=Outcome.HELD, codes=(*row.codes, _TWICE)) if row.entry.sheet_row in held else row
        for row in judged.rows
    )
    findings = [
        finding_at(row.entry.typed, columns, "id_number", _TWICE, f"登记册中 {place_in_words(owner, names)}")
        for row in rows
        if (owner := held.get(row.entry.sheet_row)) is not None
    ]
    return Judged(rows, _in_order_of_the_sheet(judged.findings, findings))


def _in_order_of_the_sheet(known: Iterable[Finding], more: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted((*known, *more), key=lambda each: (each.sheet_row, FIELDS.index(each.field))))
