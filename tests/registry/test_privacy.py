"""ID numbers and telephones: sealed where they lie, masked where they are shown, absent where things are noted down."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from backend.core.audit import AuditEntry
from backend.identity import actions as identity_actions
from tests.builders.product import somebody
from tests.builders.township_lists import id_number
from tests.registry.world import World

NUMBER, PHONE = id_number(order=777), "13712345678"
IN_REMARK, HELD_NUMBER, HELD_PHONE = "13898765432", "140699196503098880", "13655556666"
SECRETS = (NUMBER, PHONE, IN_REMARK, HELD_NUMBER, HELD_PHONE)


def everything_stored(world: World) -> bytes:
    """The raw bytes: SQLite's files, or every row of every table as PostgreSQL prints it."""
    address = make_url(world.db.engine.url.render_as_string(hide_password=False))
    if world.db.dialect == "sqlite":
        path = Path(address.database or "")
        return b"".join(
            Path(f"{path}{suffix}").read_bytes()
            for suffix in ("", "-wal")
            if Path(f"{path}{suffix}").exists()
        )
    stored = b""
    with world.db.reading() as session:
        tables = session.scalars(
            text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        ).all()
        for table in tables:
            rows = session.execute(text(f'SELECT CAST(t AS text) FROM "{table}" t')).scalars()
            stored += "\n".join(rows).encode()
    return stored


@pytest.fixture
def told(world: World, caplog: pytest.LogCaptureFixture) -> list[str]:
    """A household with everything that is private goes through the registry; every answer that was given."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []

    def ask(answer: Any) -> Any:
        said.append(answer.text + str(answer.headers))
        return answer

    world.take_in(
        world.line(2, id_number=NUMBER, phone=PHONE, remark=f"儿子的电话{IN_REMARK}"),
        world.line(3, id_number=HELD_NUMBER, phone=HELD_PHONE),
    )
    house = world.listed("新2号")[0]["id"]
    code = world.code(house)
    person = somebody(world.db)
    with world.db.writing() as session:
        identity_actions.keep_verified_phone(session, person.id, PHONE)
    ask(world.client(person).post("/api/bindings", {"household_code": code, "proof": "phone"})).expect(201)
    ask(world.client(person).post(f"/api/households/{house}/confirmation"))
    ask(world.cadre.patch(f"/api/households/{house}", {"people": 4}))
    for by in ("cadre", "township", "district"):
        client = world.client(by)
        for path in ("", f"/{house}", f"/{house}/people", f"/{house}/scans"):
            ask(client.get(f"/api/households{path}"))
        ask(client.get("/api/held-rows"))
        ask(client.get("/api/imports"))
    for each in world.township.get("/api/imports").expect(200)["items"]:
        for part in ("", "/findings", "/workbook"):
            answer = world.township.get(f"/api/imports/{each['id']}{part}")
            said.append(answer.body.decode("latin-1"))
    ask(world.client(person).post("/api/scans", {"household_code": code}))
    ask(world.client(person).get("/api/me"))
    ask(world.cadre.patch(f"/api/households/{world.house(0)}", {"id_number": NUMBER}))
    ask(world.settle(world.held()[0]["id"], phone=HELD_PHONE))
    ask(world.client(person).get("/api/inbox"))
    return said


def test_no_answer_holds_a_number_in_the_clear(told: list[str]) -> None:
    assert len(told) > 20
    for secret in SECRETS:
        assert not [answer[:300] for answer in told if secret in answer], secret
    assert any("137****5678" in answer for answer in told), "masked it is shown"
    assert any("138****5432" in answer for answer in told), "and so is what stands in a remark"


def test_nothing_is_stored_in_the_clear(world: World, told: list[str]) -> None:
    stored = everything_stored(world)
    assert "新2号".encode() in stored, "these are the bytes"
    for secret in SECRETS:
        assert secret.encode() not in stored, secret
        assert secret.encode().hex().encode() not in stored, secret


def test_neither_the_record_nor_the_log_holds_a_number(
    world: World, told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with world.db.reading() as session:
        facts = [str(entry.facts) for entry in session.query(AuditEntry)]
    logged = [record.getMessage() + str(record.__dict__) for record in caplog.get_records("setup")]
    assert len(facts) > 5 and len(logged) > 20
    for secret in SECRETS:
        assert not [each for each in (*facts, *logged) if secret in each], secret


def test_the_file_of_a_list_is_kept_sealed(world: World, told: list[str], tmp_path: Path) -> None:
    kept = [path.read_bytes() for path in tmp_path.rglob("list*") if path.is_file()]
    assert kept
    for content in kept:
        for secret in SECRETS:
            assert secret.encode() not in content
            assert secret.encode().hex().encode() not in content
