"""A list beside the plan and the registry as both stand at this moment (8.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.crypto import lookup_hash
from backend.programme import ProgrammeView, areas_under
from backend.registry.models import Household, ListImport
from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.cleaning import finding_at
from backend.registry.rules.findings import (
    Elsewhere,
    Finding,
    Judged,
    JudgedRow,
    KnownFacts,
    Outcome,
    PlanFacts,
    PlannedVillage,
    entry_key,
    judge,
    row_fingerprint,
)
from backend.registry.rules.list_rows import FIELDS, SheetRows

ADDED, UPDATED, UNCHANGED, KEPT = "added", "updated", "unchanged", "kept_as_confirmed"
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
class Standing:
    """A household of the registry as a list meets it; hashes instead of what they hide."""

    key: str
    household_id: str
    area_code: str
    address: str
    id_hash: str | None
    phone_hash: str | None
    courtyard: str | None
    police_no: str | None
    fingerprint: str
    confirmed: bool
    ended_at: datetime | None

    def fate(self, fingerprint: str) -> str:
        """What a row of this entry does to it: people's word, and what has ended, is not overwritten by a list."""
        if self.fingerprint == fingerprint:
            return UNCHANGED
        return KEPT if self.confirmed or self.ended_at else UPDATED


def standing_households(session: Session, programme_id: str) -> dict[str, Standing]:
    """Every household of a programme by its entry key, ended ones included."""
    rows = session.execute(
        select(
            Household.entry_key,
            Household.id,
            Household.area_code,
            Household.address,
            Household.id_hash,
            Household.phone_hash,
            Household.courtyard,
            Household.police_no,
            Household.fingerprint,
            Household.confirmed_by_household_at,
            Household.confirmed_by_village_at,
            Household.locked_at,
            Household.ended_at,
        ).where(Household.programme_id == programme_id)
    )
    return {row[0]: Standing(*row[:9], any(row[9:12]), row[12]) for row in rows}


def known_facts(standing: Iterable[Standing], area_names: Mapping[str, str]) -> KnownFacts:
    """What the registry holds of a programme, by hashes: persons, phones, courtyards, police numbers."""
    ids: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    phones: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    courtyards: defaultdict[tuple[str, str], list[Elsewhere]] = defaultdict(list)
    police_nos: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    for home in standing:
        if home.ended_at is not None:
            continue
        place = Elsewhere(home.key, _where(home, area_names))
        if home.id_hash:
            ids[home.id_hash].append(place)
        if home.phone_hash:
            phones[home.phone_hash].append(place)
        if home.courtyard:
            courtyards[home.area_code, courtyard_key(home.courtyard)].append(place)
        if home.police_no:
            police_nos[home.police_no].append(place)
    return KnownFacts(ids, phones, courtyards, police_nos, id_hash=id_hash_of, phone_hash=phone_hash_of)


def _where(home: Standing, area_names: Mapping[str, str]) -> str:
    return f"{area_names.get(home.area_code[:9], '')}{home.address}"


def id_hash_of(number: str) -> str:
    return lookup_hash("id_number", number)


def phone_hash_of(number: str) -> str:
    return lookup_hash("phone", number)


def fingerprint_of(row: JudgedRow) -> str:
    """As stored: keyed, because what it is made of can be guessed."""
    return lookup_hash("row", row_fingerprint(row))


def judge_sheet(session: Session, programme: ProgrammeView, area_code: str, sheet: SheetRows) -> Judged:
    """A sheet beside the plan and the registry as they stand today."""
    names = {area.code: area.name for area in areas_under(session, programme.area_code)}
    standing = standing_households(session, programme.id)
    judged = judge(
        sheet,
        plan_facts(session, programme, area_code),
        known_facts(standing.values(), names),
        clock.today(),
    )
    return _hold_taken_persons(judged, standing, names, sheet.columns)


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
        finding_at(row.entry.typed, columns, "id_number", _TWICE, f"登记册中 {_where(owner, names)}")
        for row in rows
        if (owner := held.get(row.entry.sheet_row)) is not None
    ]
    return Judged(rows, _in_order_of_the_sheet(judged.findings, findings))


def _in_order_of_the_sheet(known: Iterable[Finding], more: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted((*known, *more), key=lambda each: (each.sheet_row, FIELDS.index(each.field))))
