"""A stored answer is not given to somebody who has lost what it was for: every route with a key, played."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

import pytest
from sqlalchemy import select, update

from backend.core import clock
from backend.core.db import affected
from backend.core.http.transactions import REPLAYED
from backend.identity.models import LoginSession, RoleGrant
from backend.identity.roles import CADRE, CONTRACTOR, DISTRICT, INSTALLER, RESIDENT, TOWNSHIP
from backend.identity.rules import token_hash
from backend.registry.models import HouseholdTie
from tests.api.conftest import AFTER_NOON, Watched
from tests.api.scene import HERE, OTHER_DISTRICT, THERE, Scene
from tests.api.table import NOBODY, TABLE, Row, load_rows
from tests.api.test_table import asker, met, send
from tests.builders.product import Someone, give_role_to

load_rows()
WRITES = [
    pytest.param(each, id=each.name) for each in TABLE.values() if each.method != "GET" and each.changes
]
HELD: tuple[type[RoleGrant] | type[HouseholdTie], ...] = (RoleGrant, HouseholdTie)
WITHHELD = "403 http.answer_withheld"


@pytest.fixture(scope="module")
def own_scene(new_scene: Callable[[], AbstractContextManager[Watched]]) -> Iterator[Watched]:
    """A county of its own: what is taken away here must not be missing elsewhere."""
    with new_scene() as made:
        yield made


@pytest.fixture
def scene(own_scene: Watched) -> Iterator[Scene]:
    scene, recorder = own_scene
    with clock.pinned(AFTER_NOON):
        scene.forget_rates()
        yield scene
    assert not recorder.take_complaints()


def loses_everything(scene: Scene, person: Someone) -> int:
    """Every role and every tie ends."""
    now = clock.now()
    with scene.db.writing() as session:
        lost = 0
        for model in HELD:
            standing = (model.person_id == person.id, model.ended_at.is_(None))
            lost += affected(session, update(model).where(*standing).values(ended_at=now))
    return lost


def goes_elsewhere(scene: Scene, person: Someone) -> int:
    """The same roles, in another area and another company; no tie is left but one to a house far away."""
    with scene.db.reading() as session:
        held = {
            (role, area is not None)
            for role, area in session.execute(
                select(RoleGrant.role, RoleGrant.area_code).where(
                    RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None)
                )
            )
        }
    lost = loses_everything(scene, person)
    for role, by_area in sorted(held):
        area = f"{OTHER_DISTRICT}001001"[: _LENGTHS.get(role, 6)] if by_area else None
        give_role_to(scene.db, person, role, area_code=area, company_id=None if by_area else THERE)
    with scene.db.writing() as session:
        scene._tie(session, scene.county.households["solar_plus"][0], person, RESIDENT)
    return lost


_LENGTHS = {CADRE: 12, TOWNSHIP: 9}


@contextmanager
def taken_back(scene: Scene, person: Someone) -> Iterator[None]:
    """Afterwards the person stands as before."""
    with scene.db.reading() as session:
        before = {
            model: set(
                session.scalars(
                    select(model.id).where(model.person_id == person.id, model.ended_at.is_(None))
                )
            )
            for model in HELD
        }
    try:
        yield
    finally:
        with scene.db.writing() as session:
            for model, standing in before.items():
                session.execute(
                    update(model)
                    .where(model.person_id == person.id, model.id.not_in(standing), model.ended_at.is_(None))
                    .values(ended_at=clock.now())
                )
                session.execute(update(model).where(model.id.in_(standing)).values(ended_at=None))


def of_session(scene: Scene, person: Someone) -> Someone:
    """With the id, where a row made a session for itself."""
    if person.id:
        return person
    with scene.db.reading() as session:
        found = session.scalar(
            select(LoginSession.person_id).where(LoginSession.token_hash == token_hash(person.token))
        )
    assert found
    return Someone(found, person.token, person.openid)


@contextmanager
def signed_out(scene: Scene, person: Someone) -> Iterator[None]:
    """Every session of the person has ended; afterwards none has."""

    def ended_at(instant: datetime | None) -> None:
        with scene.db.writing() as session:
            session.execute(
                update(LoginSession).where(LoginSession.person_id == person.id).values(ended_at=instant)
            )

    ended_at(clock.now())
    try:
        yield
    finally:
        ended_at(None)


@pytest.mark.parametrize("row", WRITES)
def test_whoever_lost_session_role_or_tie_is_not_given_the_stored_answer(scene: Scene, row: Row) -> None:
    if row.manner(scene.app) != "idempotent" or row.by == NOBODY:
        return
    asked = row.prepare(scene)
    person = asker(scene, row, asked)
    assert person is not None
    person, key = of_session(scene, person), f"key-of-{scene.number():08d}"
    first = send(scene, row, asked, person, key=key)
    assert first.status == row.status, first.text[:300]
    with signed_out(scene, person):
        assert met(send(scene, row, asked, person, key=key)) == "401 session.ended"
    for change in (loses_everything, goes_elsewhere):
        with taken_back(scene, person):
            lost = change(scene, person)
            again = send(scene, row, asked, person, key=key)
        if lost and first.body:
            told = f"{change.__name__}: {met(again)} {again.text[:300]}"
            assert again.status in (403, 404) and REPLAYED.lower() not in again.headers, told
            assert again.body != first.body


# Routes that anybody may call answer by who asks


def end_contract(scene: Scene, home: str) -> None:
    standing = scene.as_(DISTRICT).get(f"/api/households/{home}/installation").expect(200)
    path = f"/api/contracts/{standing['contract']['id']}/end"
    scene.as_(TOWNSHIP).post(path, {"reason": "另选企业"}).expect(200)


def test_what_a_scan_showed_a_cadre_is_not_shown_to_who_was_one(scene: Scene) -> None:
    home, cadre = scene.home(), scene.here[CADRE]
    body, key = {"household_code": scene.code(home)}, f"key-of-{scene.number():08d}"
    client = scene.client(cadre)
    assert client.post("/api/scans", body, key=key).expect(201)["household"]["id"] == home
    with taken_back(scene, cadre):
        loses_everything(scene, cadre)
        again = client.post("/api/scans", body, key=key)
    assert met(again) == WITHHELD and home not in again.text
    assert client.post("/api/scans", body, key=key).expect(201)["household"]["id"] == home


def test_what_a_scan_showed_a_worker_is_not_shown_once_the_job_is_another_companys(scene: Scene) -> None:
    home = scene.contracted()
    body, key = {"household_code": scene.code(home)}, f"key-of-{scene.number():08d}"
    client = scene.as_(INSTALLER)
    assert client.post("/api/scans", body, key=key).expect(201)["household"]["id"] == home
    end_contract(scene, home)
    again = client.post("/api/scans", body, key=key)
    assert met(again) == WITHHELD and home not in again.text


def test_a_contract_is_not_shown_again_to_a_company_that_lost_it(scene: Scene) -> None:
    home, client = scene.confirmed(), scene.as_(CONTRACTOR)
    path, key = f"/api/households/{home}/contract", f"key-of-{scene.number():08d}"
    assert client.post(path, scene.contract_body(), key=key).expect(201)["contractor_id"] == HERE
    end_contract(scene, home)
    assert met(client.post(path, scene.contract_body(), key=key)) == WITHHELD


def test_another_role_that_is_lost_takes_no_answer_away(scene: Scene) -> None:
    """The answer rests on the roles that may do it, not on whatever somebody is besides."""
    person = scene.stranger()
    give_role_to(scene.db, person, CONTRACTOR, company_id=HERE)
    other = give_role_to(scene.db, person, CADRE, area_code=scene.village("solar_plus"))
    body = {
        "area_code": scene.village(),
        "day": (clock.today().replace(year=clock.today().year + 1)).isoformat(),
        "half_day": "morning",
        "capacity": 3,
    }
    key = f"key-of-{scene.number():08d}"
    first = scene.client(person).post("/api/slots", body, key=key).expect(201)
    with scene.db.writing() as session:
        session.get_one(RoleGrant, other).ended_at = clock.now()
    assert scene.client(person).post("/api/slots", body, key=key).expect(201) == first


def test_a_key_of_nobody_shows_nobody_anything_private(scene: Scene) -> None:
    """Without a session a key is whoever's: what was answered to it holds nothing of the house or of who reported."""
    home = scene.home()
    report = {
        "household_code": scene.code(home),
        "category": "co",
        "description": "头晕",
        "phone": "13700009999",
    }
    key = f"key-of-{scene.number():08d}"
    first = scene.client(None).post("/api/fault-reports", report, key=key)
    again = scene.client(None).post("/api/fault-reports", report, key=key)
    assert first.expect(201) == again.expect(201)
    private = (home, scene.phone_of(home), "13700009999", "头晕", scene.village())
    assert not [each for each in private if each in again.text]
    other = scene.client(None).post("/api/fault-reports", {**report, "description": "别的"}, key=key)
    assert met(other) == "409 http.idempotency_key_reused"
    signed_in = scene.as_(RESIDENT).post("/api/fault-reports", report, key=key)
    assert signed_in.expect(201)["report_id"] != first.json()["report_id"]
