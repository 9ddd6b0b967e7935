"""Areas before they are stored: the plan's area file, what a list of households implies, and whether they add up.

An area file is CSV in UTF-8 with the columns level, code, name, path, households; lines that begin with # are its
remarks. Codes are digits: district 6, township 9, village 12; what contains begins with the container's code.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from backend.programme.located import Contradiction
from backend.programme.plan import ProgrammeView

DISTRICT: Final = "district"
TOWNSHIP: Final = "township"
VILLAGE: Final = "village"
CODE_LENGTHS: Final = {DISTRICT: 6, TOWNSHIP: 9, VILLAGE: 12}
COLUMNS: Final = ("level", "code", "name", "path", "households")
LONGEST_NAME: Final = 50
LARGEST_FILE: Final = 5_000_000  # bytes

ListedVillage = tuple[str, str, str | None, int]
"""Township's name, village's name, path's code (None where it is unknown), number of households."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area of a file or a list; ``line`` is its line in the file."""

    code: str
    level: str
    name: str
    path: str | None = None
    households: int | None = None
    line: int | None = None

    @property
    def parent_code(self) -> str | None:
        """The code of what contains it; None for a district."""
        return {TOWNSHIP: self.code[:6], VILLAGE: self.code[:9]}.get(self.level)


@dataclass(frozen=True, slots=True)
class AreaPreview:
    """What a list of households would add to the areas.

    ``mixed`` are villages that the list has under several paths: (township, village, paths), the planned one first.
    """

    added: tuple[AreaRow, ...]
    townships: int
    villages: int
    households: Mapping[str, int]
    mixed: tuple[tuple[str, str, tuple[str, ...]], ...]


def read_area_file(raw: bytes) -> tuple[tuple[AreaRow, ...], tuple[Contradiction, ...]]:
    """The rows of an area file and what is wrong with its shape; whether it adds up is asked separately."""
    if len(raw) > LARGEST_FILE:
        return (), (Contradiction("", None, f"文件超过{LARGEST_FILE}字节"),)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return (), (Contradiction("", None, f"不是UTF-8编码的文件（第{error.start}字节）"),)
    numbered = [(number, line) for number, line in enumerate(io.StringIO(text), 1) if line.strip()]
    numbered = [(number, line) for number, line in numbered if not line.startswith("#")]
    if not numbered:
        return (), (Contradiction("", None, "文件是空的"),)
    problems: list[Contradiction] = []
    rows: list[AreaRow] = []
    (header_line, header), *body = numbered
    if tuple(next(csv.reader([header]))) != COLUMNS:
        return (), (Contradiction("header", header_line, f"表头应为{','.join(COLUMNS)}"),)
    for number, line in body:
        try:
            cells = next(csv.reader([line], strict=True))
        except csv.Error:
            cells = []
        if len(cells) != len(COLUMNS):
            problems.append(Contradiction("row", number, f"应有{len(COLUMNS)}列，实有{len(cells)}列"))
        else:
            rows.append(_row(cells, number, problems))
    return tuple(rows), tuple(problems)


def _row(cells: list[str], line: int, problems: list[Contradiction]) -> AreaRow:
    level, code, name, path, households = (cell.strip() for cell in cells)

    def refuse(column: str, text: str) -> None:
        problems.append(Contradiction(column, line, text))

    if level not in CODE_LENGTHS:
        refuse("level", f"应为{'、'.join(CODE_LENGTHS)}之一，实为{level or '空'}")
    elif not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTHS[level]):
        refuse("code", f"应为{CODE_LENGTHS[level]}位数字，实为{code or '空'}")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        refuse("name", f"应为{LONGEST_NAME}字以内的名称，实为{name[:LONGEST_NAME] or '空'}")
    if level == VILLAGE:
        whole = households.isascii() and households.isdigit() and len(households) < 7 and int(households) > 0
        if not whole:
            refuse("households", f"应为大于零的整数，实为{households or '空'}")
        return AreaRow(code, level, name, path or None, int(households) if whole else None, line)
    if path or households:
        refuse("path" if path else "households", "只有村才有改造方式和户数")
    return AreaRow(code, level, name, line=line)


def area_contradictions(rows: Iterable[AreaRow], plan: ProgrammeView) -> tuple[Contradiction, ...]:
    """What in these areas contradicts itself or the plan's figures: townships, villages, households by path."""
    rows = tuple(rows)
    found = [*_structure(rows, plan)]
    villages = [row for row in rows if row.level == VILLAGE]
    for row in villages:
        if row.path not in plan.path_codes:
            text = f"{row.name}：方案里没有这种改造方式：{row.path or '空'}"
            found.append(Contradiction("path", row.line, text))
    for path in plan.paths:
        on_path = [row for row in villages if row.path == path.code]
        figures = (
            ("households", "户", sum(row.households or 0 for row in on_path), path.households),
            ("villages", "个村", len(on_path), path.villages),
            ("townships", "个乡镇", len({row.code[:9] for row in on_path}), path.townships),
        )
        for name, unit, listed, planned in figures:
            if listed != planned:
                text = f"{path.label}：清单共{listed}{unit}，方案为{planned}{unit}"
                found.append(Contradiction(f"{path.code}.{name}", None, text))
        named = {row.name for row in on_path}
        for village in path.named_villages:
            if village not in named:
                text = f"{path.label}：方案点名的{village}不在清单中"
                found.append(Contradiction(f"{path.code}.named_villages", None, text))
    townships = sum(row.level == TOWNSHIP for row in rows)
    if townships != plan.township_count:
        text = f"清单共{townships}个乡镇（街道），方案为{plan.township_count}个"
        found.append(Contradiction("townships", None, text))
    return tuple(found)


def _structure(rows: tuple[AreaRow, ...], plan: ProgrammeView) -> Iterable[Contradiction]:
    codes = Counter(row.code for row in rows)
    names: set[tuple[str | None, str]] = set()
    districts = [row for row in rows if row.level == DISTRICT]
    if [row.code for row in districts] != [plan.area_code]:
        yield Contradiction("district", None, f"应当只有一个县区，代码为{plan.area_code}")
    for row in rows:
        if codes[row.code] > 1:
            yield Contradiction("code", row.line, f"代码重复：{row.code}")
        if row.parent_code is not None and row.parent_code not in codes:
            yield Contradiction("code", row.line, f"{row.name}的上级不在清单中：{row.parent_code}")
        if (row.parent_code, row.name) in names:
            yield Contradiction("name", row.line, f"同一上级之下名称重复：{row.name}")
        names.add((row.parent_code, row.name))


def areas_from_list(
    listed: Iterable[ListedVillage], district_code: str, standing: Iterable[AreaRow] = ()
) -> AreaPreview:
    """The areas that a list of households implies, with synthetic codes: district + 3 digits + 3 digits.

    What ``standing`` already names keeps its code; the rest is numbered after it in the order of the names, so that
    neither the order of the rows nor a second run changes a code. Raises ValueError above 999 of a kind.
    """
    by_path: dict[tuple[str, str], Counter[str | None]] = defaultdict(Counter)
    for township, village, path, count in listed:
        by_path[township, village][path] += count

    standing = tuple(standing)
    townships = {row.name: row.code for row in standing if row.level == TOWNSHIP}
    villages = {(row.code[:9], row.name): row.code for row in standing if row.level == VILLAGE}
    taken = {row.code for row in standing}
    added: list[AreaRow] = []
    mixed = []
    for township in sorted({township for township, _ in by_path}):
        if township not in townships:
            townships[township] = _free_code(district_code, taken)
            added.append(AreaRow(townships[township], TOWNSHIP, township))
    for (township, village), counts in sorted(by_path.items()):
        known = sorted((path for path in counts if path), key=lambda path: (-counts[path], path))
        if len(known) > 1:
            mixed.append((township, village, tuple(known)))
        if (townships[township], village) not in villages:
            code = _free_code(townships[township], taken)
            added.append(AreaRow(code, VILLAGE, village, known[0] if known else None, counts.total()))
    sums: Counter[str] = Counter()
    for counts in by_path.values():
        sums.update({path: count for path, count in counts.items() if path})
    return AreaPreview(
        added=tuple(added),
        townships=len({township for township, _ in by_path}),
        villages=len(by_path),
        households=MappingProxyType(dict(sorted(sums.items()))),
        mixed=tuple(mixed),
    )


def _free_code(parent_code: str, taken: set[str]) -> str:
    """The code after the highest that stands under ``parent_code``; marks it as taken."""
    length = len(parent_code) + 3
    under = [int(code[-3:]) for code in taken if len(code) == length and code.startswith(parent_code)]
    number = max(under, default=0) + 1
    if number > 999:
        raise ValueError(f"no code is left under {parent_code}")
    code = f"{parent_code}{number:03d}"
    taken.add(code)
    return code
