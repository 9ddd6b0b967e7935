"""The households of the registry as a list meets them, and what becomes of one that a list names (8.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.crypto import lookup_hash
from backend.registry.models import Household
from backend.registry.rules.cells import courtyard_key
from backend.registry.rules.entries import JudgedRow, row_fingerprint
from backend.registry.rules.findings import Elsewhere, KnownFacts

ADDED: Final = "added"
UPDATED: Final = "updated"
UNCHANGED: Final = "unchanged"
KEPT: Final = "kept_as_confirmed"


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
        place = Elsewhere(home.key, place_in_words(home, area_names))
        if home.id_hash:
            ids[home.id_hash].append(place)
        if home.phone_hash:
            phones[home.phone_hash].append(place)
        if home.courtyard:
            courtyards[home.area_code, courtyard_key(home.courtyard)].append(place)
        if home.police_no:
            police_nos[home.police_no].append(place)
    return KnownFacts(ids, phones, courtyards, police_nos, id_hash=id_hash_of, phone_hash=phone_hash_of)


def place_in_words(home: Standing, area_names: Mapping[str, str]) -> str:
    return f"{area_names.get(home.area_code[:9], '')}{home.address}"


def id_hash_of(number: str) -> str:
    return lookup_hash("id_number", number)


def phone_hash_of(number: str) -> str:
    return lookup_hash("phone", number)


def fingerprint_of(row: JudgedRow) -> str:
    """As stored: keyed, because what it is made of can be guessed."""
    return lookup_hash("row", row_fingerprint(row))
