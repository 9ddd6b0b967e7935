"""A list is decoded and judged before its write transaction begins; what changes meanwhile is not overlooked (8.1)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url

from backend.core import clock
from backend.core.db import DatabaseAway
from backend.core.storage import Storage
from backend.identity import actor_for
from backend.identity.actions import end_role
from backend.programme import the_programme
from backend.registry.actions import checking, committing, confirmation
from backend.registry.actions.standing import standing_households
from backend.registry.actions.taking_in import lay_out, take_in
from backend.registry.errors import ImportCommitted
from backend.registry.queries import list_import
from tests.builders.product import AUTUMN, InMemory
from tests.builders.township_lists import csv_file, id_number
from tests.harness.http import Answer
from tests.registry.world import World


def nobody_writes(url: str) -> None:
    """Raises if a transaction that writes is open on the database."""
    at = make_url(url)
    if at.get_backend_name() == "sqlite":
        connection = sqlite3.connect(at.database or "", timeout=0.2, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        connection.close()
        return
    plain = at.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as session:
        for table in ("idempotency_keys", "list_imports", "households"):
            session.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE NOWAIT".encode())


class Watching:
    """A storage that looks, whenever a file is kept or fetched, whether a write transaction is open."""

    def __init__(self, kept: Storage, look: Callable[[], None]) -> None:
        self.kept, self.look = kept, look
        self.put_keys: list[str] = []
        self.got_keys: list[str] = []
        self.removed_keys: list[str] = []

    def put(self, key: str, content: bytes) -> None:
        self.look()
        self.put_keys.append(key)
        self.kept.put(key, content)

    def get(self, key: str) -> bytes:
        self.look()
        self.got_keys.append(key)
        return self.kept.get(key)

    def remove(self, key: str) -> None:
        self.removed_keys.append(key)
        self.kept.remove(key)


@pytest.fixture
def watching(world: World, database_url: str) -> Watching:
    storage = Watching(InMemory(), lambda: nobody_writes(database_url))
    world.app.extensions["backend.storage"] = storage
    return storage


def test_a_list_sent_over_http_is_judged_before_anything_is_locked(world: World, watching: Watching) -> None:
    checked = world.check(world.line(2), world.line(3))
    assert len(watching.put_keys) == 1
    assert world.commit(checked["id"])["added"] == 2
    assert watching.got_keys == watching.put_keys and watching.removed_keys == []


@contextmanager
def answer_of_commit_lost(world: World, taken_down: bool) -> Iterator[None]:
    """The connection breaks when the database has taken the commit down, or before."""
    engine = world.app.extensions["backend.database"].engine

    def break_off(connection: Connection) -> None:
        if taken_down:
            connection.connection.commit()
        raise DatabaseAway("the connection broke")

    event.listen(engine, "commit", break_off)
    try:
        yield
    finally:
        event.remove(engine, "commit", break_off)


@pytest.mark.parametrize("taken_down", [True, False])
def test_a_list_whose_commit_was_not_answered_has_its_file(
    world: World, watching: Watching, taken_down: bool
) -> None:
    def send() -> Answer:
        raw = csv_file(world.line(2))
        form = {"area_code": world.area_code}
        return world.township.upload("/api/imports", {"file": ("list.csv", raw)}, form, key="sent-0001")

    with answer_of_commit_lost(world, taken_down):
        assert send().status == 503
    again = send().expect(201)
    assert world.township.post(f"/api/imports/{again['id']}/commit").expect(200)["counts"]["taken"]


def test_a_repeated_commit_gets_its_first_answer_and_decodes_nothing(
    world: World, watching: Watching
) -> None:
    import_id = world.check(world.line(2))["id"]
    path = f"/api/imports/{import_id}/commit"
    first = world.township.post(path, key="commit-once-0001")
    again = world.township.post(path, key="commit-once-0001")
    assert (first.status, again.status) == (200, 200)
    assert again.body == first.body and again.headers["idempotent-replay"] == "true"
    assert len(watching.got_keys) == 1
    assert world.township.post(path, key="commit-twice-0002").json()["code"] == "import.committed_already"


def test_a_list_that_was_not_put_on_record_leaves_no_file(world: World, watching: Watching) -> None:
    raw = csv_file(world.line(2))
    fields = {"area_code": world.area_code, "surplus": "refused"}
    refused = world.township.upload("/api/imports", {"file": ("list.csv", raw)}, fields)
    assert refused.status == 422
    assert watching.removed_keys == watching.put_keys and len(watching.put_keys) == 1


def test_a_role_that_was_ended_while_the_list_was_judged_writes_nothing(world: World) -> None:
    officer = world.people["township"]

    def ended() -> None:
        with world.db.writing() as session:
            above = actor_for(session, world.people["district"].id)
            for role in actor_for(session, officer.id).roles:
                end_role(session, above, role_id=role.id, reason="调离")

    world.app.extensions["backend.storage"] = Watching(InMemory(), ended)
    assert world.send(csv_file(world.line(2))).status == 403


def _ready(world: World, *lines: list[object]) -> committing.ReadyList:
    storage = InMemory()
    with world.db.reading() as session:
        found = checking.judge_list(
            session, storage, raw=csv_file(*lines), filename="a.csv", area_code=world.area_code
        )
    with world.db.writing() as session:
        checking.record_check(session, None, found)
    with world.db.reading() as session:
        return committing.make_ready(session, storage, import_id=found.import_id)


def test_a_person_counted_meanwhile_is_not_counted_twice(world: World) -> None:
    number = id_number(order=901)
    ready = _ready(world, world.line(2, id_number=number), world.line(3))
    world.take_in(world.line(4, id_number=number))
    with pytest.raises(committing.Outdated), world.db.writing() as session:
        committing.take_in_list(session, None, ready, judge_again=False)
    with world.db.reading() as session:
        assert list_import(session, ready.import_id).state == "checked"
    with world.db.writing() as session:
        taken = committing.take_in_list(session, None, ready).counts["taken"]
    assert (taken["added"], taken["held"]) == (1, 1)
    assert (2, "E", "id.duplicate") in world.findings(ready.import_id)
    with pytest.raises(ImportCommitted), world.db.writing() as session:
        committing.take_in_list(session, None, ready)


@pytest.mark.parametrize("shared", ["phone", "courtyard", "police_no"])
def test_whatever_the_list_names_makes_it_outdated(world: World, shared: str) -> None:
    ready = _ready(world, world.line(2, **{shared: "13700000777"}))
    world.take_in(world.line(4, **{shared: "13700000777"}))
    with pytest.raises(committing.Outdated), world.db.writing() as session:
        committing.take_in_list(session, None, ready, judge_again=False)


def test_what_the_list_does_not_name_changes_nothing_of_its_judgement(world: World) -> None:
    ready = _ready(world, world.line(2), world.line(3))
    world.take_in(world.line(4), world.line(5))
    world.cadre.post(
        f"/api/households/{world.house()}/confirmation-on-behalf", {"witness_name": "老李"}
    ).expect(200)
    with world.db.writing() as session:
        taken = committing.take_in_list(session, None, ready, judge_again=False).counts["taken"]
    assert taken["added"] == 2


def test_a_list_judged_yesterday_is_judged_again(world: World) -> None:
    ready = _ready(world, world.line(2))
    tomorrow = AUTUMN.replace(day=AUTUMN.day + 1)
    with clock.pinned(tomorrow), pytest.raises(committing.Outdated), world.db.writing() as session:
        committing.take_in_list(session, None, ready, judge_again=False)


def test_who_confirmed_while_the_list_was_written_is_not_overwritten(world: World) -> None:
    world.take_in(world.line(2, people=3))
    home = world.listed("新2号")[0]["id"]
    ready = _ready(world, world.line(2, people=5))
    with world.db.reading() as session:
        programme_id = the_programme(session).id
        before = standing_households(session, programme_id)
    with world.db.writing() as session:
        cadre = actor_for(session, world.people["cadre"].id)
        confirmation.confirm_for(session, cadre, household_id=home, witness_name="老李")
    with world.db.writing() as session:
        rows = lay_out(programme_id, ready.import_id, ready.judgement.judged.rows)
        taken = take_in(session, None, programme_id, ready.import_id, world.area_code, rows, before)
    assert (taken.updated, taken.kept_as_confirmed) == (0, 1)
    assert world.row(home).people == 3
