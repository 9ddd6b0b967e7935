"""Make a township's list of households that belongs to nobody: for the demo, for trials and for tests.

    python -m scripts.synthetic_list --out var/list.xlsx [--seed 2022] [--households-per-village 5]

The villages, their paths and their numbers come from a plan and its area file; without --households-per-village the
list has as many rows as the plan has households. The same seed gives the same list, and the first household of a
village has the same name and telephone however long the list is. A name that ends in .csv is written as CSV, any
other as a workbook.

Nothing in it can be anybody's: ID numbers begin with a division code that was never given out, telephone numbers with
199 and the places in the list, and names are drawn at random. What makes real lists hard is in it all the same, at the rate
at which a district meets it: couples and children registered apart, one courtyard with two families, people in one
register only, empty houses, old people without a smartphone, and names with rare characters.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter

from backend.programme import ProgrammeView
from backend.programme.areas import TOWNSHIP, VILLAGE, read_area_file
from backend.programme.document import read_programme

DATA = Path(__file__).resolve().parent.parent / "backend" / "programme" / "data"
PLAN = DATA / "shuocheng-2022.yaml"
AREAS = DATA / "shuocheng-2022-areas.csv"

SHEET = "确村确户清单"
NOTE = "合成样例数据：姓名、证件号、电话均为程序生成，不对应任何真实个人。"
COLUMNS = (
    "序号", "乡镇（街道）", "村（片区）", "户主姓名", "身份证号", "联系电话", "派出所户号", "村委登记",
    "家庭人口", "住址", "院落号", "改造路径", "采暖面积（㎡）", "备注",
)  # fmt: skip

NO_SUCH_DIVISION = "140699"
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
MEN = "建国军强伟平明永福贵喜田成林森旺财宝礼义信德忠仁志虎飞鹏亮海盛兴俊杰勇斌龙山庆生和顺安"
WOMEN = "秀英梅兰芳翠花玉香桂珍莲琴凤霞红艳丽娟静敏慧云喜爱春巧仙改变"
# Outside of what old fonts and old readers know: extension A, beyond the basic plane, and seldom seen.
RARE = "㛃䶮𫘜堃喆犇"
RARE_EVERY, RARE_AT = 300, 7

MARRIED = "夫妻，派出所分户登记"
WITH_PARENTS = "与父母共同生活，派出所已分户"
ONE_PIPELINE = "同院居住，共用一条管线"
ON_ITS_OWN = "独立生活、本村另居，派出所未分户"
AWAY = "常年外出，房屋空置"
OLD_ALONE = "独居老人，无智能手机"
NO_POLICE_NUMBER = "村委有登记，派出所无户号"
NO_VILLAGE_ENTRY = "派出所有登记，村委未登记"
# Remark: rows in a list of PER rows, and whether the row leans on the one before it.
REMARKS = (
    (MARRIED, 12, True),
    (WITH_PARENTS, 12, True),
    (ONE_PIPELINE, 10, True),
    (ON_ITS_OWN, 12, True),
    (AWAY, 20, False),
    (OLD_ALONE, 20, False),
    (NO_POLICE_NUMBER, 15, False),
    (NO_VILLAGE_ENTRY, 15, False),
)
PER = 23_613


@dataclass(frozen=True, slots=True)
class Household:
    """One row of the list; the columns' order is the fields' order."""

    number: int
    township: str
    village: str
    head: str
    id_number: str
    phone: str
    police_number: str | None
    village_entry: str
    people: int
    address: str
    courtyard: str
    path: str
    area_m2: Decimal
    remark: str | None = None

    @property
    def cells(self) -> tuple[str | int | Decimal | None, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Village:
    """A village of the area file with the label of its path."""

    township: str
    name: str
    path: str
    households: int


def check_character(seventeen: str) -> str:
    """The last character of an ID number (GB 11643: ISO 7064, MOD 11-2)."""
    weighted = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(seventeen))
    return "10X98765432"[weighted % 11]


def read_plan(plan: Path = PLAN) -> ProgrammeView:
    read = read_programme(plan.read_bytes())
    if read.plan is None:
        raise SystemExit("\n".join(map(str, read.contradictions)))
    return read.plan


def read_villages(plan: ProgrammeView, areas: Path = AREAS) -> tuple[Village, ...]:
    """The villages in the order of the area file."""
    rows, found = read_area_file(areas.read_bytes())
    if found:
        raise SystemExit("\n".join(map(str, found)))
    townships = {row.code: row.name for row in rows if row.level == TOWNSHIP}
    return tuple(
        Village(townships[row.code[:9]], row.name, plan.path(row.path or "").label, row.households or 0)
        for row in rows
        if row.level == VILLAGE
    )


def households(villages: Sequence[Village], seed: int, per_village: int | None = None) -> list[Household]:
    """The rows of the list; at most ``per_village`` of each village where given. The same for the same seed."""
    id_numbers = _IdNumbers()
    rows: list[Household] = []
    for place, village in enumerate(villages, 1):
        chance = random.Random(
            f"{seed} {place}"
        )  # one for each village: a longer one does not change the next
        size = village.households if per_village is None else min(per_village, village.households)
        for house in range(1, size + 1):
            rows.append(_household(chance, id_numbers, len(rows) + 1, village, place, house))
    _remark(random.Random(seed), id_numbers, rows)
    return rows


class _IdNumbers:
    """ID numbers of the list, no two alike."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, chance: random.Random, woman: bool, first_year: int = 1930, last_year: int = 1995) -> str:
        first, last = date(first_year, 1, 1), date(last_year, 12, 31)
        while True:
            born = first + timedelta(days=chance.randrange((last - first).days + 1))
            order = chance.randrange(500) * 2 + (not woman)
            seventeen = f"{NO_SUCH_DIVISION}{born:%Y%m%d}{order:03d}"
            number = seventeen + check_character(seventeen)
            if number not in self._given:
                self._given.add(number)
                return number


def _is_woman(row: Household) -> bool:
    return int(row.id_number[16]) % 2 == 0


def _name(chance: random.Random, woman: bool, surname: str | None = None) -> str:
    given = [chance.choice(WOMEN if woman else MEN) for _ in range(1 if chance.random() < 0.25 else 2)]
    return (surname or chance.choice(SURNAMES)) + "".join(given)


def _rare(place: int, house: int) -> str:
    """A rare character for one house in so many, else nothing; a short list has some too."""
    turn, row = divmod(place + house, RARE_EVERY)
    return RARE[(place + turn) % len(RARE)] if row == RARE_AT else ""


def _household(
    chance: random.Random, id_numbers: _IdNumbers, number: int, village: Village, place: int, house: int
) -> Household:
    woman = chance.random() < 0.35
    name = _name(chance, woman)
    return Household(
        number=number,
        township=village.township,
        village=village.name,
        head=name[:-1] + rare if (rare := _rare(place, house)) else name,
        id_number=id_numbers.new(chance, woman),
        phone=f"199{place:04d}{house:04d}",
        police_number=f"2{place:04d}{house:04d}",
        village_entry="是",
        people=chance.choices((1, 2, 3, 4, 5), (22, 33, 23, 11, 11))[0],
        address=f"{village.name}{house}号",
        courtyard=f"{house:03d}",
        path=village.path,
        area_m2=Decimal(chance.randrange(400, 1401)) / 10,
    )


def _remark(chance: random.Random, id_numbers: _IdNumbers, rows: list[Household]) -> None:
    """Lay the special cases over the rows, each row in one at most; a short list has each of them once if it can."""
    free = list(range(len(rows)))
    chance.shuffle(free)
    taken: set[int] = set()
    for remark, often, leans in REMARKS:
        wanted = max(1, round(often * len(rows) / PER))
        for place in free:
            if wanted == 0:
                break
            before = place - 1
            if place in taken or (leans and (before in taken or not _neighbours(rows, place))):
                continue
            taken.add(place)
            if leans:
                taken.add(before)
                rows[before], rows[place] = _leaning(chance, id_numbers, rows[before], rows[place], remark)
            else:
                rows[place] = _alone(chance, id_numbers, rows[place], remark)
            wanted -= 1


def _neighbours(rows: list[Household], place: int) -> bool:
    return place > 0 and rows[place - 1].village == rows[place].village


def _leaning(
    chance: random.Random, id_numbers: _IdNumbers, before: Household, row: Household, remark: str
) -> tuple[Household, Household]:
    if remark != ON_ITS_OWN:
        row = replace(row, address=before.address, courtyard=before.courtyard)
    if remark == MARRIED:
        woman = not _is_woman(before)
        row = replace(
            row,
            head=_name(chance, woman),
            id_number=_born_near(chance, id_numbers, before, woman),
        )
        before = replace(before, remark=remark)
    elif remark in (WITH_PARENTS, ON_ITS_OWN):
        woman = _is_woman(row)
        parent = id_numbers.new(chance, _is_woman(before), 1940, 1962)
        before = replace(before, id_number=parent)
        child = id_numbers.new(chance, woman, 1983, 1995)
        row = replace(row, head=_name(chance, woman, before.head[0]), id_number=child)
    if remark == ON_ITS_OWN:
        row = replace(row, police_number=before.police_number)
    return before, replace(row, remark=remark)


def _born_near(chance: random.Random, id_numbers: _IdNumbers, spouse: Household, woman: bool) -> str:
    year = int(spouse.id_number[6:10])
    return id_numbers.new(chance, woman, max(1930, year - 5), min(1995, year + 5))


def _alone(chance: random.Random, id_numbers: _IdNumbers, row: Household, remark: str) -> Household:
    if remark == OLD_ALONE:
        number = id_numbers.new(chance, _is_woman(row), 1930, 1947)
        row = replace(row, people=1, id_number=number)
    if remark == NO_POLICE_NUMBER:
        row = replace(row, police_number=None)
    if remark == NO_VILLAGE_ENTRY:
        row = replace(row, village_entry="否")
    return replace(row, remark=remark)


def _titles(plan: ProgrammeView) -> tuple[str, str]:
    return f"{plan.title}确村确户清单（合成样例）", NOTE


def write_csv(path: Path, plan: ProgrammeView, rows: Sequence[Household]) -> None:
    """The list as CSV in UTF-8 with a mark, as spreadsheet programs want it."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        for title in _titles(plan):
            writer.writerow([title, *[""] * (len(COLUMNS) - 1)])
        writer.writerow(COLUMNS)
        writer.writerows(["" if cell is None else cell for cell in row.cells] for row in rows)


def write_workbook(path: Path, plan: ProgrammeView, rows: Sequence[Household]) -> None:
    """The list as a workbook: two title rows across all columns, the header in row 3."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A4"
    for row_number, title in enumerate(_titles(plan), 1):
        sheet.append([WriteOnlyCell(sheet, title)])
        sheet.merged_cells.add(f"A{row_number}:{get_column_letter(len(COLUMNS))}{row_number}")
    sheet.append(COLUMNS)
    for row in _workbook_rows(rows):
        sheet.append(row)
    book.save(path)


def _workbook_rows(rows: Sequence[Household]) -> Iterator[list[str | int | float | None]]:
    for row in rows:
        yield [float(cell) if isinstance(cell, Decimal) else cell for cell in row.cells]


def write_list(path: Path, plan: ProgrammeView, rows: Sequence[Household]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    (write_csv if path.suffix.lower() == ".csv" else write_workbook)(path, plan, rows)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    def count(text: str) -> int:
        if (number := int(text)) < 1:
            raise ValueError(text)
        return number

    parser = argparse.ArgumentParser(
        prog="python -m scripts.synthetic_list", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--out", type=Path, required=True, help="file to write: .xlsx or .csv")
    parser.add_argument("--seed", type=int, default=2022, help="the same seed, the same list (2022)")
    parser.add_argument("--households-per-village", type=count, help="at most so many rows of each village")
    parser.add_argument("--plan", type=Path, default=PLAN, help="programme file")
    parser.add_argument("--areas", type=Path, default=AREAS, help="area file of that programme")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    chosen = _arguments(words)
    plan = read_plan(chosen.plan)
    rows = households(read_villages(plan, chosen.areas), chosen.seed, chosen.households_per_village)
    write_list(chosen.out, plan, rows)
    print(f"{chosen.out}: {len(rows)} households")
    return 0


if __name__ == "__main__":
    sys.exit(main())
