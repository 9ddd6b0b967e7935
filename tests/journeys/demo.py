"""The demo's county and people on a test's database, and signing in as them over HTTP."""

from __future__ import annotations

import json
from pathlib import Path

from backend import demo
from backend.core import clock
from backend.core.db import Database
from backend.registry.actions import lists
from scripts.run import PEOPLE
from scripts.synthetic_list import main as make_list
from tests.builders.product import AUTUMN, DISTRICT, InMemory, plan_in
from tests.harness.http import Client
from tests.harness.keys import TEST_WECHAT
from tests.harness.served import Served


def demo_county(db: Database, folder: Path, households_per_village: int = 2) -> demo.Story:
    """Plan, areas, a short list of every village, and the demo's people, as the first `make run` leaves them.

    The story of scripts/demo/people.json, with what was found in the list (household_id, village_code, person_id).
    """
    plan_in(db)
    file = folder / "list.csv"
    make_list(["--out", str(file), "--households-per-village", str(households_per_village)])
    storage = InMemory()
    with db.writing() as session, clock.pinned(AUTUMN):
        checked = lists.check_list(
            session, None, storage, raw=file.read_bytes(), filename=file.name, area_code=DISTRICT
        )
        lists.commit_list(session, None, storage, import_id=checked.id)
    with db.writing() as session, clock.pinned(AUTUMN):
        story = json.loads(PEOPLE.read_text("utf-8"))
        people, left_out = demo.bring_people_in(session, story, TEST_WECHAT["WECHAT_APPID"])
        assert left_out == ()
        return people


def sign_in(served: Served, person: str) -> Client:
    """The client of one of the demo's people, signed in with a code of the stand-in."""
    code = served.stand_in_client().get("/sandbox/code", person=person).expect(200)["code"]
    session = served.client().post("/api/sessions", {"code": code}).expect(201)
    return served.client(session["token"])
