"""What a rate limit counts, and what it does not: floods by what was valid, guesses by what was wrong."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.core.http.rates import RateCount, count_use, network
from backend.core.leases import wall_clock
from tests.builders.product import AppClient, client_of
from tests.core.probe import LIMIT, probe_app
from tests.harness.races import race


def heavy(client: AppClient, note: str, *, path: str = "/api/guesses") -> int:
    return client.post(path, {"kilograms": 501, "note": note}).status


def light(client: AppClient, note: str, *, path: str = "/api/guesses", key: str | None = None) -> int:
    return client.post(path, {"kilograms": 1, "note": note}, key=key).status


def counted(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.coalesce(func.sum(RateCount.used), 0))) or 0


def test_one_caller_is_stopped_after_so_many_and_another_is_not(client: AppClient) -> None:
    def call(who: str) -> int:
        return client.request("POST", "/api/limited", headers={"X-Who": who}).status

    assert [call("a") for _ in range(LIMIT + 2)] == [200] * LIMIT + [429] * 2
    assert call("b") == 200
    said = client.request("POST", "/api/limited", headers={"X-Who": "a"}).expect(429)
    assert said["code"] == "too_many"


def test_processes_share_one_count(db: Database) -> None:
    apps: list[Flask] = [probe_app(db) for _ in range(4)]

    def call(index: int) -> int:
        return client_of(apps[index % 4]).request("POST", "/api/limited", headers={"X-Who": "a"}).status

    result = race(12, call)
    assert not result.errors
    assert sorted(result.values) == [200] * LIMIT + [429] * (12 - LIMIT)


def test_who_is_refused_is_told_in_how_many_seconds_the_window_ends(client: AppClient) -> None:
    window = 10**9
    answers = [client.post("/api/counted", {"kilograms": 1}) for _ in range(LIMIT + 1)]
    refused = answers[-1]
    assert refused.status == 429
    left = window - wall_clock().timestamp() % window
    assert left <= int(refused.headers["retry-after"]) <= left + 60


def test_what_is_senseless_refused_or_said_before_counts_nothing(client: AppClient, db: Database) -> None:
    for _ in range(LIMIT + 2):
        assert client.post("/api/counted", {"note": "no weight"}).status == 422
        assert (
            client.post("/api/counted", body=b"{", headers={"Content-Type": "application/json"}).status == 422
        )
        assert client.request("POST", "/api/counted", json={"kilograms": 1}).status == 422, "without a key"
        assert heavy(client, "x", path="/api/counted") == 409
    assert [light(client, "x", path="/api/counted", key="one-and-the-same") for _ in range(LIMIT + 2)] == (
        [201] * (LIMIT + 2)
    )
    assert counted(db) == 1


def test_what_passes_is_neither_counted_nor_refused(client: AppClient, db: Database) -> None:
    spent = [light(client, "x", path="/api/counted") for _ in range(LIMIT + 1)]
    assert spent[-1] == 429
    before = counted(db)
    assert [light(client, "danger", path="/api/counted") for _ in range(LIMIT + 1)] == [201] * (LIMIT + 1)
    assert counted(db) == before


def test_each_use_has_its_number(db: Database) -> None:
    with db.writing() as session:
        uses = [count_use(session, "b", 10**9) for _ in range(3)]
    assert [use.number for use in uses] == [1, 2, 3]


def test_wrong_guesses_stay_counted_and_right_ones_are_given_back(client: AppClient, db: Database) -> None:
    for _ in range(LIMIT + 2):
        assert light(client, "house") == 201
        assert client.post("/api/guesses", {"kilograms": 501}).status == 409, "nothing to guess: not counted"
    assert [heavy(client, "house") for _ in range(LIMIT - 1)] == [409] * (LIMIT - 1)
    assert light(client, "house") == 201
    assert heavy(client, "house") == 409, "the last one"
    refused = client.post("/api/guesses", {"kilograms": 1, "note": "house"})
    assert refused.status == 429 and int(refused.headers["retry-after"]) > 0
    assert light(client, "neighbour") == 201
    with db.reading() as session:
        entries = session.execute(select(AuditEntry.event, AuditEntry.about_id)).all()
    assert [about for event, about in entries if event == "probe.spent"] == ["house"], (
        "told once, when it rests"
    )
    assert len([1 for event, _ in entries if event == "probe.guessed"]) == LIMIT + 4, (
        "wrong guesses left nothing"
    )


def test_a_wrong_guess_keeps_no_key(client: AppClient) -> None:
    for kilograms, status in ((501, 409), (502, 409), (1, 201), (1, 201)):
        body = {"kilograms": kilograms, "note": "house"}
        assert client.post("/api/guesses", body, key="the-same-key").status == status


def test_guesses_at_once_are_no_more_guesses(db: Database) -> None:
    app = probe_app(db)
    result = race(12, lambda _index: heavy(client_of(app), "house"))
    assert not result.errors
    assert sorted(result.values) == [409] * LIMIT + [429] * (12 - LIMIT)


def test_a_senseless_guess_is_none(client: AppClient, db: Database) -> None:
    for _ in range(LIMIT + 2):
        assert client.post("/api/guesses", {"note": "house"}).status == 422
        assert client.request("POST", "/api/guesses", json={"kilograms": 1, "note": "house"}).status == 422
    assert counted(db) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        (None, "what is no address", True),
    ],
)
def test_a_network_is_an_ipv4_address_or_the_64_of_an_ipv6_one(one: Any, other: Any, same: bool) -> None:
    assert (network(one) == network(other)) is same
