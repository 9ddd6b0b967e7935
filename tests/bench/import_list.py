"""A whole plan's list, from workbook to committed rows, against the database alone and against the usual way.

The raw side loads the very rows that our import wrote (households, codes, findings, held rows), already laid out: COPY
on PostgreSQL, executemany on SQLite. The usual way is openpyxl and one mapped object a row, unchecked, on a part.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
from sqlalchemy import func, make_url, select

from backend.core import clock
from backend.core.crypto import lookup_hash
from backend.core.db import Base, Database, new_id
from backend.programme import areas_under
from backend.registry.actions import lists
from backend.registry.models import Household, ListImport, Sticker
from backend.registry.rules import household_code
from scripts.synthetic_list import main as make_list
from tests.bench._sides import KIND, bench, compare, in_turns, opened, rate_of
from tests.builders.product import AUTUMN, DISTRICT, InMemory, plan_in
from tests.harness.databases import Databases

ROUNDS = 2
PART_PER_VILLAGE = 21  # of 146 villages


def counts_of(db: Database) -> dict[str, int]:
    with db.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def import_whole(db: Database, raw: bytes) -> None:
    storage = InMemory()
    with db.writing() as session, clock.pinned(AUTUMN):
        checked = lists.check_list(session, None, storage, raw=raw, filename="list.xlsx", area_code=DISTRICT)
    with db.writing() as session, clock.pinned(AUTUMN):
        lists.commit_list(session, None, storage, import_id=checked.id)


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


Rows = dict[str, Any]  # by table, parents first: COPY's bytes, or tuples


def written_by_import(url: str, tables: list[str]) -> Rows:
    if KIND == "sqlite":
        connection = sqlite3.connect(make_url(url).database or "")
        found: Rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        connection.close()
        return found
    with psycopg.connect(plain(url)) as session:
        rows: Rows = {}
        for table in tables:
            with session.cursor().copy(f"COPY {table} TO STDOUT".encode()) as copy:
                rows[table] = b"".join(bytes(block) for block in copy)
        return rows


def load_raw(url: str, rows: Rows) -> None:
    """One transaction, with every index and constraint in place."""
    if KIND == "sqlite":
        connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        for table, tuples in rows.items():
            marks = ", ".join("?" * len(tuples[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", tuples)
        connection.execute("COMMIT")
        connection.close()
        return
    with psycopg.connect(plain(url)) as session:
        for table, content in rows.items():
            with session.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                copy.write(content)


def the_usual_way(db: Database, raw: bytes, areas: dict[str, str]) -> int:
    """Rows written: read by openpyxl, one object each, one commit; nothing is judged."""
    sheet = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True).active
    assert sheet is not None
    lines = [line for line in sheet.iter_rows(values_only=True) if isinstance(line[0], int)]
    with db.writing() as session:
        made = ListImport(
            id=new_id(), area_code=DISTRICT, programme_id="p", filename="list.xlsx", sha256="0" * 64,
            storage_key="k", state="committed", rows=len(lines), counts={}, checked_at=AUTUMN,
        )  # fmt: skip
        session.add(made)
        session.flush()
        for line in lines:
            cells = (*line, *[None] * (14 - len(line)))  # it leaves out empty cells at the end
            (
                number,
                _,
                village,
                head,
                identity,
                phone,
                police,
                _,
                people,
                address,
                yard,
                path,
                area,
                remark,
            ) = cells
            home = Household(
                id=new_id(), programme_id="p", area_code=areas[str(village)], path="biomass",
                head_name=head, id_number=identity, id_hash=lookup_hash("id_number", str(identity)), phone=phone,
                phone_hash=lookup_hash("phone", str(phone)), police_no=police, village_registered=True,
                people=people, address=address, courtyard=yard, floor_area_m2=area, remark=remark, vacant=False,
                participates=True, entry_key=f"k{number}", fingerprint=f"f{number}", import_id=made.id,
                sheet_row=number, flags=[path], created_at=AUTUMN,
            )  # fmt: skip
            code = Sticker(
                code=household_code.new_code(), household_id=home.id, state="valid", issued_at=AUTUMN
            )
            session.add_all([home, code])
    return len(lines)


class Lists:
    """The two workbooks, and what the first import of the whole one wrote, for the raw side to write again."""

    def __init__(self, kind: Databases, folder: Path) -> None:
        self.kind = kind
        whole, part = folder / "whole.xlsx", folder / "part.xlsx"
        with contextlib.redirect_stdout(io.StringIO()):
            make_list(["--out", str(whole)])
            make_list(["--out", str(part), "--households-per-village", str(PART_PER_VILLAGE)])
        self.whole, self.part = whole.read_bytes(), part.read_bytes()
        self.written: Rows = {}
        self.rows = 0

    def _turn(self, did: Callable[[str, Database], float]) -> float:
        """On a database of its own that holds the plan already."""
        url = self.kind.fresh()
        with opened(self.kind, url) as db:
            plan_in(db)
            gc.collect()
            rate = did(url, db)
        self.kind.drop(url)
        return rate

    def ours(self) -> float:
        def turn(url: str, db: Database) -> float:
            before = counts_of(db)
            per_import = rate_of(1, lambda: import_whole(db, self.whole))
            if not self.written:
                after = counts_of(db)
                self.written = written_by_import(
                    url, [name for name in after if after[name] and not before[name]]
                )
                with db.reading() as session:
                    self.rows = session.scalars(select(ListImport.rows)).one()
            return per_import * self.rows

        return self._turn(turn)

    def raw(self) -> float:
        return self._turn(lambda url, _db: rate_of(self.rows, lambda: load_raw(url, self.written)))

    def usual(self) -> float:
        def turn(_url: str, db: Database) -> float:
            with db.reading() as session:
                areas = {area.name: area.code for area in areas_under(session, DISTRICT)}
            lines: list[int] = []
            per_part = rate_of(1, lambda: lines.append(the_usual_way(db, self.part, areas)))
            return per_part * lines[0]

        return self._turn(turn)


def main() -> None:
    with bench() as (kind, folder):
        made = Lists(kind, folder)
        ours = "workbook to committed"
        rates = in_turns(
            {
                ours: made.ours,
                f"raw {'executemany' if KIND == 'sqlite' else 'COPY'} of the same rows": made.raw,
                "openpyxl + ORM add_all, unchecked, on a part of 3,066 rows": made.usual,
            },
            ROUNDS,
        )
        print(f"import of {made.rows:,} rows, {KIND}: {made.rows / rates[ours]:.1f} s")
        compare(rates, "rows")


if __name__ == "__main__":
    main()
