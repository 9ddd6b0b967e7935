"""Signing in through the platform, and the life of a session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.crypto import lookup_hash
from backend.core.db import Database
from backend.core.http.rates import RateCount
from backend.identity import open_session, person_of_account
from backend.identity.models import LoginSession, Person, WechatAccount
from scripts.wechat_standin import DEMO_APPID, Standin
from tests.builders.product import AUTUMN, Someone, client_of, give_role_to, person_with, somebody
from tests.builders.rates import spend
from tests.core.probe import probe_app
from tests.harness.http import Answer
from tests.harness.races import race
from tests.identity.conftest import PHONE
from tests.sizes import SIZES

LOGIN = "/sns/jscode2session"
PHONE_CALL = "/wxa/business/getuserphonenumber"


def _sign_in(app: Flask, standin: Standin, who: str = "wang") -> Answer:
    return client_of(app).post("/api/sessions", {"code": standin.platform.login_code(who)})


def _signed_in(app: Flask, standin: Standin, who: str = "wang") -> Someone:
    said = _sign_in(app, standin, who).expect(201)
    return Someone(said["person"]["id"], said["token"], f"o-{who}")


def _count(db: Database, model: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_first_login_makes_the_person_and_a_second_finds_them(
    db: Database, app: Flask, standin: Standin
) -> None:
    first, second = _signed_in(app, standin), _signed_in(app, standin)
    assert first.id == second.id
    assert first.token != second.token
    assert _count(db, Person) == 1
    for each in (first, second):
        assert client_of(app, each).get("/api/me").expect(200)["id"] == first.id


def test_the_answer_holds_the_token_the_end_and_the_person_and_nothing_of_the_platform(
    app: Flask, standin: Standin
) -> None:
    with clock.pinned(AUTUMN):
        answer = _sign_in(app, standin, "li")
    said = answer.expect(201)
    assert set(said) == {"token", "expires_at", "person"}
    assert said["expires_at"] == "2022-10-15T02:00:00.000Z"
    assert said["person"]["roles"] == [] and said["person"]["households"] == []
    for secret in ("session_key", "openid", "o-li", "u-li"):
        assert secret not in answer.text


def test_of_many_first_logins_at_once_there_comes_one_person(
    db: Database, app: Flask, standin: Standin
) -> None:
    codes = [standin.platform.login_code("li") for _ in range(SIZES.racers)]
    result = race(SIZES.racers, lambda index: client_of(app).post("/api/sessions", {"code": codes[index]}))
    assert not result.errors
    people = {answer.expect(201)["person"]["id"] for answer in result.values}
    assert len(people) == 1
    assert (_count(db, Person), _count(db, WechatAccount)) == (1, 1)
    with db.reading() as session:
        joined = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "person.joined")
        assert session.scalar(joined) == 1


def test_a_unionid_that_comes_later_is_filled_in(db: Database) -> None:
    with db.writing() as session:
        first = person_of_account(session, DEMO_APPID, "o-li")
    with db.writing() as session:
        assert person_of_account(session, DEMO_APPID, "o-li", "u-li") == first
    with db.reading() as session:
        assert session.scalar(select(WechatAccount.unionid)) == "u-li"


def test_a_code_signs_in_once(app: Flask, standin: Standin) -> None:
    code = standin.platform.login_code("wang")
    client_of(app).post("/api/sessions", {"code": code}).expect(201)
    refused = client_of(app).post("/api/sessions", {"code": code}).expect(401)
    assert refused["code"] == "session.code_used"
    assert (
        client_of(app).post("/api/sessions", {"code": "made-up"}).expect(401)["code"] == "session.code_used"
    )


def test_an_account_that_the_platform_blocks_is_told_what_to_do(app: Flask, standin: Standin) -> None:
    refused = _sign_in(app, standin, "zhao").expect(401)
    assert refused["code"] == "session.restricted"
    assert "村干部" in refused["next"]


@pytest.mark.parametrize("fault", ["busy", "502", "not_json", "drop_before"])
def test_a_platform_that_does_not_answer_leaves_nothing_behind(
    db: Database, app: Flask, standin: Standin, fault: str
) -> None:
    standin.fault(fault, times=10, path=LOGIN)
    refused = _sign_in(app, standin).expect(503)
    assert refused["code"] == "wechat.unavailable"
    assert (_count(db, Person), _count(db, LoginSession)) == (0, 0)


def test_no_token_is_at_rest_anywhere(db: Database, app: Flask, standin: Standin) -> None:
    person = _signed_in(app, standin)
    with db.reading() as session:
        rows = session.execute(text("SELECT * FROM login_sessions")).all()
        kept = session.execute(text("SELECT * FROM idempotency_keys")).all()
        written = session.execute(text("SELECT * FROM audit_entries")).all()
    assert len(rows) == 1
    for row in (*rows, *kept, *written):
        assert person.token not in "|".join(map(str, row))
    assert len(rows[0].token_hash) == 64


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic dTpw", "Token x"],
)
def test_who_sends_no_token_is_asked_to_sign_in(app: Flask, authorization: str) -> None:
    answer = client_of(app).request("GET", "/api/me", headers={"Authorization": authorization})
    assert answer.expect(401)["code"] == "session.none"


@pytest.mark.parametrize("token", ["x", "é" * 20, "0" * 5000, "a b"])
def test_a_token_that_we_did_not_give_is_an_ended_session(app: Flask, token: str) -> None:
    answer = client_of(app).request("GET", "/api/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.expect(401)["code"] == "session.ended"


def test_the_hash_of_a_token_is_no_token(db: Database, app: Flask) -> None:
    person = somebody(db)
    with db.reading() as session:
        stolen = session.scalars(select(LoginSession.token_hash)).one()
    headers = {"Authorization": f"Bearer {stolen}"}
    client_of(app).request("GET", "/api/me", headers=headers).expect(401)
    client_of(app, person).get("/api/me").expect(200)


def test_a_session_that_was_ended_is_worth_nothing_and_another_of_the_same_person_stays(
    app: Flask, standin: Standin
) -> None:
    one, other = _signed_in(app, standin), _signed_in(app, standin)
    assert client_of(app, one).delete("/api/sessions/current").status == 204
    assert client_of(app, one).get("/api/me").expect(401)["code"] == "session.ended"
    assert client_of(app, one).delete("/api/sessions/current").status == 401
    client_of(app, other).get("/api/me").expect(200)


def test_an_ended_session_is_refused_even_where_nobody_need_be_signed_in(db: Database, app: Flask) -> None:
    """Else a public write would be recorded as anonymous, under a key that is not the person's."""
    person = somebody(db)
    client_of(app, person).delete("/api/sessions/current")
    refused = client_of(probe_app(db), person).post("/api/orders", {"kilograms": 5})
    assert refused.expect(401)["code"] == "session.ended"


def test_a_session_lives_thirty_days_after_it_was_last_used(db: Database, app: Flask) -> None:
    with clock.pinned(AUTUMN):
        person = somebody(db)
    me = client_of(app, person)

    def on_day(day: float) -> int:
        with clock.pinned(AUTUMN + timedelta(days=day)):
            return me.get("/api/me").status

    assert on_day(30) == 200  # slides, though the request only reads
    assert on_day(59.9) == 200
    assert on_day(89.8) == 200
    assert on_day(119.9) == 401
    assert on_day(100) == 200  # the refused try has not ended it; on its last day it was still alive
    assert on_day(131) == 401


def test_a_session_that_nobody_used_ends_after_thirty_days(db: Database, app: Flask) -> None:
    with clock.pinned(AUTUMN):
        person = somebody(db)
    with clock.pinned(AUTUMN + timedelta(days=30, seconds=1)):
        assert client_of(app, person).get("/api/me").expect(401)["code"] == "session.ended"
        assert client_of(app, person).patch("/api/me", {"name": "王"}).status == 401


def test_a_write_slides_the_session_as_well_and_a_refused_one_does_not(db: Database, app: Flask) -> None:
    with clock.pinned(AUTUMN):
        person = somebody(db)
    with clock.pinned(AUTUMN + timedelta(days=20)):
        client_of(app, person).patch("/api/me", {"name": "王"}).expect(200)
    with clock.pinned(AUTUMN + timedelta(days=49)):
        client_of(app, person).get("/api/me").expect(200)


def test_a_session_is_not_written_at_every_step(db: Database, app: Flask) -> None:
    with clock.pinned(AUTUMN):
        person = somebody(db)
    for minutes, seen in ((30, AUTUMN), (60, AUTUMN), (61, AUTUMN + timedelta(minutes=61))):
        with clock.pinned(AUTUMN + timedelta(minutes=minutes)):
            client_of(app, person).get("/api/me").expect(200)
        with db.reading() as session:
            assert session.scalars(select(LoginSession.seen_at)).one() == seen


def test_login_has_a_limit_that_counts_the_refused_as_well(
    db: Database, app: Flask, standin: Standin
) -> None:
    def refused() -> Answer:
        return client_of(app).post("/api/sessions", {"code": "made-up"})

    assert refused().status == 401
    with db.reading() as session:
        assert session.scalar(select(func.sum(RateCount.used))) == 1
    spend(db, "login", 60)
    limited = refused()
    assert limited.status == 429 and 0 < int(limited.headers["retry-after"]) <= 60


def test_a_village_behind_one_address_logs_in_within_a_minute(app: Flask, standin: Standin) -> None:
    for number in range(66):
        client_of(app).post(
            "/api/sessions", {"code": standin.platform.login_code(("wang", "li")[number % 2])}
        ).expect(201)


# -- one's own name and telephone


def test_the_phone_comes_from_the_platform_and_is_shown_masked(
    db: Database, app: Flask, standin: Standin
) -> None:
    person = _signed_in(app, standin)
    said = client_of(app, person).post("/api/me/phone", {"code": standin.platform.phone_code("wang")})
    assert said.expect(200)["phone_masked"] == "199****0001"
    assert said.json()["phone_verified"] is True
    assert PHONE not in said.text
    with db.reading() as session:
        row = session.get_one(Person, person.id)
        assert (row.phone, row.phone_hash) == (PHONE, lookup_hash("phone", PHONE))
        stored = session.execute(text("SELECT phone FROM people")).scalar_one()
    assert PHONE not in stored


def test_nobody_gives_a_phone_number_themselves(app: Flask, standin: Standin) -> None:
    person = _signed_in(app, standin)
    for body in ({"phone": PHONE}, {"code": standin.platform.phone_code("wang"), "phone": PHONE}):
        client_of(app, person).post("/api/me/phone", body).expect(422)
    assert client_of(app, person).get("/api/me").expect(200)["phone_verified"] is False


def test_a_phone_code_is_good_once_and_a_silent_platform_changes_nothing(
    app: Flask, standin: Standin
) -> None:
    me = client_of(app, _signed_in(app, standin))
    code = standin.platform.phone_code("wang")
    standin.fault("busy", times=10, path=PHONE_CALL)
    assert me.post("/api/me/phone", {"code": code}).expect(503)["code"] == "wechat.unavailable"
    assert me.get("/api/me").expect(200)["phone_verified"] is False
    standin.reset()
    code = standin.platform.phone_code("wang")
    me.post("/api/me/phone", {"code": code}).expect(200)
    newer = standin.platform.phone_code("wang")
    me.post("/api/me/phone", {"code": newer}).expect(200)
    assert me.post("/api/me/phone", {"code": code}).expect(422)["code"] == "phone.code_used"


def test_a_name_is_one_s_own_and_repeats_do_not_undo_a_later_one(app: Flask, standin: Standin) -> None:
    me = client_of(app, _signed_in(app, standin))
    assert me.patch("/api/me", {"name": "王秀兰"}, key="first-name").expect(200)["name"] == "王秀兰"
    me.patch("/api/me", {"name": "王秀英"}).expect(200)
    assert me.patch("/api/me", {"name": "王秀兰"}, key="first-name").expect(200)["name"] == "王秀兰"
    assert me.get("/api/me").expect(200)["name"] == "王秀英"


def test_roles_are_shown_by_name(db: Database, app: Flask) -> None:
    person = person_with(db, "village_cadre", area_code="140602005001")
    give_role_to(db, person, "driver", company_id="yuanda")
    said = client_of(app, person).get("/api/me").expect(200)["roles"]
    assert [(role["label"], role["area_code"], role["company_id"]) for role in said] == [
        ("村干部", "140602005001", None),
        ("配送员", None, "yuanda"),
    ]


def test_a_session_made_for_one_person_is_that_person_s(db: Database, app: Flask) -> None:
    one, other = somebody(db, name="甲"), somebody(db, name="乙")
    with db.writing() as session:
        third = open_session(session, one.id)
    assert client_of(app, Someone(one.id, third.token, "")).get("/api/me").expect(200)["name"] == "甲"
    assert client_of(app, other).get("/api/me").expect(200)["name"] == "乙"
