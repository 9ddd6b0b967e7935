"""One write, one effect: over HTTP, each request on a connection of its own."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.core import clock, idempotency
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.core.idempotency import StoredAnswer
from tests.builders.product import AUTUMN, AppClient, client_of, person_with, somebody
from tests.harness.http import Answer
from tests.harness.races import race
from tests.harness.served import Served
from tests.sizes import SIZES

REPLAYED = "idempotent-replay"


def _effects(db: Database, event: str = "probe.ordered") -> int:
    with db.reading() as session:
        counted = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == event)
        return session.scalar(counted) or 0


def _keys(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(StoredAnswer)) or 0


def test_the_same_key_again_gets_the_first_answer_and_has_no_effect(db: Database, client: AppClient) -> None:
    first = client.post("/api/orders", {"kilograms": 5, "note": "炕"}, key="key-of-order-1")
    again = client.post("/api/orders", {"kilograms": 5, "note": "炕"}, key="key-of-order-1")
    assert first.expect(201) == again.expect(201)
    assert REPLAYED not in first.headers
    assert again.headers[REPLAYED] == "true"
    assert _effects(db) == 1


def test_the_order_of_names_and_the_spaces_of_a_body_make_no_difference(client: AppClient) -> None:
    headers = {"Content-Type": "application/json"}
    first = client.post("/api/orders", body=b'{"kilograms":5,"note":"a"}', headers=headers, key="key-1-same")
    again = client.post(
        "/api/orders", body=b'{ "note" : "a", "kilograms" : 5 }', headers=headers, key="key-1-same"
    )
    assert first.expect(201) == again.expect(201)


def test_the_same_key_with_another_body_is_refused(db: Database, client: AppClient) -> None:
    client.post("/api/orders", {"kilograms": 5}, key="key-of-order-1").expect(201)
    refused = client.post("/api/orders", {"kilograms": 6}, key="key-of-order-1").expect(409)
    assert refused["code"] == "http.idempotency_key_reused"
    assert _effects(db) == 1


def test_a_key_belongs_to_one_person_and_one_operation(db: Database, probe: Flask) -> None:
    one, other, nobody = client_of(probe, somebody(db)), client_of(probe, somebody(db)), client_of(probe)
    answers = [each.post("/api/orders", {"kilograms": 5}, key="key-shared") for each in (one, other, nobody)]
    answers.append(one.post("/api/other-orders", {"kilograms": 5}, key="key-shared"))
    said = [answer.expect(201) for answer in answers]
    assert len({each["id"] for each in said}) == 4
    assert said[2]["by"] == "anonymous"
    assert not any(REPLAYED in answer.headers for answer in answers)


def test_a_refusal_takes_everything_back_and_frees_the_key(db: Database, client: AppClient) -> None:
    refused = client.post("/api/orders", {"kilograms": 501}, key="key-of-order-1").expect(409)
    assert (refused["code"], refused["clause"], refused["facts"]) == (
        "probe.too_heavy",
        "4.1.1.5",
        {"left_kg": 500},
    )
    assert (_effects(db), _keys(db)) == (0, 0)
    client.post("/api/orders", {"kilograms": 500}, key="key-of-order-1").expect(201)


def test_an_unexpected_end_takes_everything_back_and_frees_the_key(db: Database, client: AppClient) -> None:
    client.post("/api/crashes", {"kilograms": 1, "note": "x"}, key="key-of-crash").expect(500)
    assert (_effects(db, "probe.crash"), _keys(db)) == (0, 0)


def test_a_body_of_the_wrong_shape_takes_no_key(db: Database, client: AppClient) -> None:
    client.post("/api/orders", {"kilograms": "five"}, key="key-of-order-1").expect(422)
    assert _keys(db) == 0


def test_a_route_that_does_not_say_who_ends_it_changes_nothing(db: Database, client: AppClient) -> None:
    client.post("/api/forgetful", {"kilograms": 1}).expect(201)
    assert _effects(db, "probe.forgotten") == 0


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "spaces in it", "schlüssel", "a/b?c=d&"])
def test_a_write_without_a_fit_key_is_refused(client: AppClient, key: str) -> None:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    answer = client.request("POST", "/api/orders", body=b'{"kilograms": 5}', headers=headers)
    assert answer.expect(422)["code"] == "http.idempotency_key_missing"


def test_a_secret_answer_is_stored_nowhere_and_never_repeated(db: Database, client: AppClient) -> None:
    first = client.post("/api/secrets", {"kilograms": 1}, key="key-of-secret").expect(201)
    assert first == {"echo": "the-one-secret-of-this-test"}
    again = client.post("/api/secrets", {"kilograms": 1}, key="key-of-secret").expect(409)
    assert again["code"] == "http.done_before"
    assert _effects(db, "probe.secret") == 1
    with db.reading() as session:
        stored = session.execute(text("SELECT body FROM idempotency_keys")).scalars().all()
    assert not any(stored)


def test_the_same_files_under_one_key_are_one_upload(client: AppClient) -> None:
    def sent(content: bytes, key: str) -> Answer:
        boundary = f"b{uuid.uuid4().hex}"  # every client makes up its own
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        body = part.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return client.post("/api/files", body=body, headers=headers, key=key)

    first = sent(b"abc", "key-of-file").expect(201)
    again = sent(b"abc", "key-of-file")
    assert again.expect(201) == first
    assert again.headers[REPLAYED] == "true"
    assert sent(b"abd", "key-of-file").expect(409)["code"] == "http.idempotency_key_reused"


def test_a_key_kept_by_an_earlier_release_knows_a_large_file_again(db: Database, client: AppClient) -> None:
    """Phones send again for 90 days: what a file is known by stays the same."""
    content = b"0123456789" * 20_000  # more than is read at once
    client.upload("/api/files", {"file": ("a.bin", content)}, key="key-of-large-file").expect(201)
    expected = hashlib.sha256(f"\0file:a.bin:{len(content)}".encode() + hashlib.sha256(content).digest())
    with db.reading() as session:
        kept = session.scalars(
            select(StoredAnswer.body_hash).where(StoredAnswer.key == "key-of-large-file")
        ).one()
    assert kept == expected.hexdigest()


def test_many_at_once_with_one_key_have_one_effect_and_one_answer(db: Database, probe: Flask) -> None:
    for round_number in range(SIZES.race_rounds):
        before = _effects(db)

        def send(_index: int, key: str = f"key-of-round-{round_number}") -> Answer:
            return client_of(probe).post("/api/orders", {"kilograms": 5}, key=key)

        result = race(SIZES.racers, send)
        assert not result.errors
        assert {answer.status for answer in result.values} == {201}
        assert len({answer.body for answer in result.values}) == 1
        assert sum(REPLAYED in answer.headers for answer in result.values) == SIZES.racers - 1
        assert _effects(db) - before == 1


def test_when_the_first_is_refused_those_who_waited_are_judged_themselves(db: Database, probe: Flask) -> None:
    def send(index: int) -> Answer:
        # Half of them ask for too much, under the one key that all share.
        kilograms = 501 if index % 2 else 5
        return client_of(probe).post("/api/orders", {"kilograms": kilograms}, key="key-shared")

    result = race(SIZES.racers, send)
    assert not result.errors
    codes = [answer.status if answer.status == 201 else answer.json()["code"] for answer in result.values]
    assert codes.count(201) == SIZES.racers // 2
    assert set(codes) <= {201, "probe.too_heavy", "http.idempotency_key_reused"}
    assert _effects(db) == 1


def test_many_at_once_with_keys_of_their_own_each_have_their_effect(db: Database, probe: Flask) -> None:
    result = race(SIZES.racers, lambda _index: client_of(probe).post("/api/orders", {"kilograms": 5}))
    assert not result.errors
    assert {answer.status for answer in result.values} == {201}
    assert _effects(db) == SIZES.racers


def test_two_processes_keep_to_one_key(db: Database, serve: Callable[..., Served]) -> None:
    officer = person_with(db, "district_officer", area_code="140602")
    served = serve(worker=False, stand_in=False)
    key = "key-over-the-wire"

    def send(index: int) -> Answer:
        return served.client(officer.token).patch("/api/me", {"name": "王主任"}, key=key)

    result = race(SIZES.racers, send)
    assert not result.errors
    assert {answer.status for answer in result.values} == {200}
    assert len({answer.body for answer in result.values}) == 1
    assert sum(REPLAYED in answer.headers for answer in result.values) == SIZES.racers - 1
    assert _effects(db, "person.named") == 1


def test_keys_are_forgotten_after_ninety_days_and_not_before(db: Database, client: AppClient) -> None:
    with clock.pinned(AUTUMN):
        client.post("/api/orders", {"kilograms": 5}, key="key-of-order-1").expect(201)
    with clock.pinned(AUTUMN + timedelta(days=90)), db.writing() as session:
        assert idempotency.forget_old(session) == 0
    with clock.pinned(AUTUMN + timedelta(days=90, seconds=1)), db.writing() as session:
        assert idempotency.forget_old(session) == 1


def test_the_stored_answer_is_what_was_said_character_for_character(db: Database, client: AppClient) -> None:
    note = "炕—①\U0001d11e'\"\\ </script>"
    said = client.post("/api/orders", {"kilograms": 5, "note": note}, key="key-of-order-1")
    with db.reading() as session:
        stored = session.scalars(select(StoredAnswer.body)).one()
    assert stored is not None and stored.encode() == said.body
    assert json.loads(stored)["note"] == note
