"""The rows of a list beside each other and beside what the registry holds: persons, phones, courtyards met twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from backend.registry.rules.cleaning import WATCHED, Cleaned, Finding, finding_at
from backend.registry.rules.entries import Entry, JudgedRow, courtyard_of, entry_key
from backend.registry.rules.remedies import Outcome

SHARED_PHONE_HOUSEHOLDS: Final = 3
"""From so many households on one phone is looked at; two are a parent and a child."""

Key = TypeVar("Key")


class Elsewhere(NamedTuple):
    """A household that the registry holds: its ``entry_key``, and where it is in Chinese words without a personal name."""

    key: str
    where: str


def _itself(value: str) -> str:
    return value


@dataclass(frozen=True, slots=True)
class KnownFacts:
    """What the registry holds: by hash of the identity number, by hash of the phone, by (area code, courtyard_key), by
    police register number. Households whose key is in the list being judged are passed over: the list speaks for them.
    """

    ids: Mapping[str, Sequence[Elsewhere]] = field(default_factory=dict)
    phones: Mapping[str, Sequence[Elsewhere]] = field(default_factory=dict)
    courtyards: Mapping[tuple[str, str], Sequence[Elsewhere]] = field(default_factory=dict)
    police_nos: Mapping[str, Sequence[Elsewhere]] = field(default_factory=dict)
    id_hash: Callable[[str], str] = _itself
    phone_hash: Callable[[str], str] = _itself


@dataclass(frozen=True, slots=True)
class Judged:
    """Every row with its outcome, and every finding in the order of the sheet."""

    rows: tuple[JudgedRow, ...]
    findings: tuple[Finding, ...]

    def outcomes(self) -> Counter[str]:
        """How many rows were imported, flagged, held."""
        return Counter(row.outcome.value for row in self.rows)

    def codes(self) -> Counter[str]:
        """How often each code was met."""
        return Counter(finding.code for finding in self.findings)


def compare(cleaned: Cleaned, known: KnownFacts) -> Judged:
    """The rows of a list beside each other and beside the registry; both sides of a doubt within the list are told."""
    columns, entries = cleaned.sheet.columns, cleaned.entries
    findings = list(cleaned.findings)
    keys = {entry.sheet_row: entry_key(entry) for entry in entries}
    here = {key for key in keys.values() if key is not None}

    def outside(found: Sequence[Elsewhere]) -> list[str]:
        return [household.where for household in found if household.key not in here]

    def tell(group: Sequence[Entry], name: str, code: str, beyond: Sequence[str]) -> None:
        rows = [entry.sheet_row for entry in group]
        for entry in group:
            others = [row for row in rows if row != entry.sheet_row]
            findings.append(finding_at(entry.typed, columns, name, code, _beside(others, beyond)))

    for _key, group in _grouped(entries, lambda entry: keys[entry.sheet_row]):
        if len(group) > 1:
            tell(group, "head_name", "entry.repeated", ())
    for number, group in _grouped(entries, lambda entry: entry.id_number):
        beyond = outside(known.ids.get(known.id_hash(number), ())) if known.ids else []
        if len(group) > 1 or beyond:
            tell(group, "id_number", "id.duplicate", beyond)
    for phone, group in _grouped(entries, lambda entry: entry.phone):
        beyond = outside(known.phones.get(known.phone_hash(phone), ())) if known.phones else []
        if len(group) + len(beyond) >= SHARED_PHONE_HOUSEHOLDS:
            tell(group, "phone", "phone.shared", beyond)
    for police_no, group in _grouped(entries, lambda entry: entry.police_no):
        beyond = outside(known.police_nos.get(police_no, ()))
        if len(group) > 1 or beyond:
            tell(group, "police_no", "register.police_shared", beyond)
    for place, group in _grouped(entries, courtyard_of):
        beyond = outside(known.courtyards.get(place, ()))
        if len(group) > 1 or beyond:
            tell(group, "courtyard", "courtyard.shared", beyond)

    order = {name: place for place, name in WATCHED}
    findings.sort(key=lambda finding: (finding.sheet_row, order[finding.field]))
    by_row: defaultdict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_row[finding.sheet_row].append(finding)
    rows = tuple(_with_outcome(entry, by_row.get(entry.sheet_row, ())) for entry in entries)
    return Judged(rows, tuple(findings))


def known_from(rows: Iterable[JudgedRow]) -> KnownFacts:
    """The facts of rows judged before, for judging another list beside them without a registry; nothing is hashed.

    Held rows are not counted, so they are not known.
    """
    ids: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    phones: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    courtyards: defaultdict[tuple[str, str], list[Elsewhere]] = defaultdict(list)
    police_nos: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    for row in rows:
        entry = row.entry
        key = entry_key(entry)
        if row.outcome is Outcome.HELD or key is None:
            continue
        place = Elsewhere(key, f"{entry.township or ''}{entry.address or ''}")
        if entry.id_number:
            ids[entry.id_number].append(place)
        if entry.phone:
            phones[entry.phone].append(place)
        if entry.police_no:
            police_nos[entry.police_no].append(place)
        if yard := courtyard_of(entry):
            courtyards[yard].append(place)
    return KnownFacts(ids, phones, courtyards, police_nos)


def _grouped(
    entries: Iterable[Entry], by: Callable[[Entry], Key | None]
) -> Iterable[tuple[Key, list[Entry]]]:
    groups: dict[Key, list[Entry]] = {}
    for entry in entries:
        key = by(entry)
        if key is not None:
            groups.setdefault(key, []).append(entry)
    return groups.items()


def _beside(rows: Sequence[int], beyond: Sequence[str]) -> str:
    parts = []
    if rows:
        parts.append("第" + "、".join(str(row) for row in rows[:5]) + "行" + ("等" if len(rows) > 5 else ""))
    if beyond:
        parts.append("登记册中 " + "；".join(beyond[:3]) + (" 等" if len(beyond) > 3 else ""))
    return "，".join(parts)


def _with_outcome(entry: Entry, findings: Sequence[Finding]) -> JudgedRow:
    outcomes = {finding.outcome for finding in findings}
    if Outcome.HELD in outcomes:
        outcome = Outcome.HELD
    elif Outcome.FLAGGED in outcomes:
        outcome = Outcome.FLAGGED
    else:
        outcome = Outcome.IMPORTED
    return JudgedRow(entry, outcome, tuple(finding.code for finding in findings))
