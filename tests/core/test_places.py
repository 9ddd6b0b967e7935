"""Expensive work takes one of few places at once, or is told when to come back; nobody waits and nothing is kept."""

from __future__ import annotations

import threading
from contextlib import ExitStack

import pytest
from flask import Flask

from backend.core.db import Database
from backend.core.errors import Refusal
from backend.core.http import blueprint, make_api, takes_a_place
from backend.core.http.places import KINDS, PLACES, NoPlace, Places
from backend.identity import open_to_all
from tests.builders.product import client_of

THREADS = 4  # of a process; scripts/run.py and docker/Dockerfile say the same


def test_all_kinds_together_leave_threads_for_whoever_reports_danger() -> None:
    places = Places()
    with ExitStack() as held:
        for kind in list(KINDS)[:PLACES]:
            held.enter_context(places.one(kind))
        for kind in KINDS:
            with pytest.raises(NoPlace), places.one(kind):
                pass
    assert THREADS - PLACES >= 2


def test_one_kind_leaves_a_place_for_the_others() -> None:
    places = Places()
    with places.one("stickers"):
        with pytest.raises(NoPlace), places.one("stickers"):
            pass
        with places.one("photos"):
            pass


@pytest.mark.parametrize("ending", [RuntimeError("broken"), Refusal("no"), KeyboardInterrupt()])
def test_a_place_is_given_back_whatever_happens(ending: BaseException) -> None:
    places = Places(1)
    for _ in range(PLACES + 1):
        with pytest.raises(type(ending)), places.one("lists"):
            raise ending
    with places.one("workbooks"), pytest.raises(NoPlace), places.one("lists"):
        pass  # the refused one gives its kind back as well
    with places.one("lists"):
        pass


def test_a_kind_that_nobody_thought_of_is_refused_when_the_routes_are_made() -> None:
    with pytest.raises(ValueError, match="poems"):
        takes_a_place("poems")


def test_whoever_finds_no_place_is_told_at_once_when_to_come_back(db: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()
    blp = blueprint("slow", "A route that takes as long as the test says")

    @blp.route("/slow", methods=["GET"])
    @takes_a_place("workbooks")
    @open_to_all
    def slow() -> str:
        begun.set()
        assert go_on.wait(30)
        return "done"

    app = Flask("places")
    make_api(app, "Places", "1").register_blueprint(blp)
    answered: list[int] = []
    first = threading.Thread(target=lambda: answered.append(client_of(app).get("/api/slow").status))
    first.start()
    assert begun.wait(30)
    refused = client_of(app).get("/api/slow")
    go_on.set()
    first.join(30)
    problem = refused.json()
    assert (refused.status, problem["code"]) == (503, "http.no_place")
    assert refused.headers["retry-after"] == str(KINDS["workbooks"].seconds)
    assert "再试" in problem["next"] and "危险" in problem["next"]
    assert answered == [200]
    assert client_of(app).get("/api/slow").status == 200
