"""The routes of one's own inbox and consents, through Flask as the product has it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.core.db import Database
from backend.core.http import attach_database, make_api
from backend.identity import define_scope, open_session
from backend.messaging import notify, place_of_notice, send_due
from backend.messaging.routes import blp
from backend.wechat import Wechat
from scripts.wechat_standin import Standin
from tests.messaging.builders import BODY_ONLY, NOTICE, VISIT, a_notice, a_person, balance, told

pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def app(db: Database) -> Flask:
    define_scope("notice", place_of_notice)
    app = Flask("test")
    attach_database(app, db)
    make_api(app, "test", "1").register_blueprint(blp)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def signed_in(db: Database, number: int = 0) -> tuple[str, dict[str, str]]:
    with db.writing() as session:
        person_id = a_person(session, number)
        token = open_session(session, person_id).token
    return person_id, {"Authorization": f"Bearer {token}"}


def inform(db: Database, person_id: str, *titles: str) -> None:
    for title in titles:
        with db.writing() as session:
            notify(session, [person_id], a_notice(BODY_ONLY, title), title)


def titles(client: FlaskClient, headers: dict[str, str], **query: Any) -> list[str]:
    """All pages."""
    found: list[str] = []
    while True:
        page = client.get("/api/inbox", headers=headers, query_string=query).get_json()
        found += [item["title"] for item in page["items"]]
        if page["next"] is None:
            return found
        query["cursor"] = page["next"]


def test_lists_ones_own_notices_newest_first_page_by_page(db: Database, client: FlaskClient) -> None:
    (mine, headers), (other, _) = signed_in(db), signed_in(db, 1)
    inform(db, mine, *"abcde")
    inform(db, other, "z")
    assert sorted(titles(client, headers, limit=2)) == list("abcde")
    assert titles(client, headers, limit=2) == titles(client, headers)
    assert client.get("/api/inbox").status_code == 401


def test_the_unread_come_first_where_that_is_asked_for(db: Database, client: FlaskClient) -> None:
    mine, headers = signed_in(db)
    inform(db, mine, *"abcde")
    newest = client.get("/api/inbox", headers=headers).get_json()["items"]
    for index in (0, 2):
        answer = client.post(
            f"/api/inbox/{newest[index]['id']}/read",
            headers={**headers, "Idempotency-Key": f"read-{index}-0"},
        )
        assert answer.status_code == 200 and answer.get_json()["read_at"]
    order = [newest[index]["title"] for index in (1, 3, 4, 0, 2)]
    for limit in (1, 2, 3, 5, 50):
        assert titles(client, headers, order="unread_first", limit=limit) == order


def test_reading_twice_keeps_the_first_time(db: Database, client: FlaskClient) -> None:
    mine, headers = signed_in(db)
    inform(db, mine, "a")
    path = f"/api/inbox/{client.get('/api/inbox', headers=headers).get_json()['items'][0]['id']}"
    first = client.post(f"{path}/read", headers={**headers, "Idempotency-Key": "first-key"}).get_json()
    again = client.post(f"{path}/read", headers={**headers, "Idempotency-Key": "other-key"}).get_json()
    assert first["read_at"] == again["read_at"] is not None
    outcomes = client.get(path, headers=headers).get_json()["outcomes"]
    assert [(one["channel"], one["state_label"]) for one in outcomes] == [("inbox", "已读")]


def test_somebody_elses_notice_does_not_exist(db: Database, client: FlaskClient) -> None:
    (mine, headers), (_, others) = signed_in(db), signed_in(db, 1)
    inform(db, mine, "a")
    path = f"/api/inbox/{client.get('/api/inbox', headers=headers).get_json()['items'][0]['id']}"
    assert client.get(path, headers=others).status_code == 404
    read = client.post(f"{path}/read", headers={**others, "Idempotency-Key": "not-mine-1"})
    assert read.status_code == 404
    assert client.get(path, headers=headers).get_json()["notice"]["read_at"] is None
    assert client.get("/api/inbox/nothing", headers=headers).status_code == 404


def test_a_cursor_made_by_hand_breaks_nothing(db: Database, client: FlaskClient) -> None:
    _, headers = signed_in(db)
    for cursor in ("MTox", "Og", "eDp5OnI", "MA"):
        for order in ("newest", "unread_first"):
            query = {"cursor": cursor, "order": order}
            assert client.get("/api/inbox", headers=headers, query_string=query).status_code == 200


def test_shows_what_became_of_a_notice_on_each_channel(
    db: Database, client: FlaskClient, wechat: Wechat, standin: Standin
) -> None:
    told(db, standin=standin)
    _, headers = signed_in(db)
    notice_id = client.get("/api/inbox", headers=headers).get_json()["items"][0]["id"]
    send_due(db, wechat, "w1")
    outcomes = client.get(f"/api/inbox/{notice_id}", headers=headers).get_json()["outcomes"]
    assert [(one["channel"], one["state"]) for one in outcomes] == [("inbox", "kept"), ("wechat", "accepted")]
    assert outcomes[1]["proof"] == standin.platform.messages[0]["msgid"]


def test_duty_24_reports_consents_once_by_key(db: Database, client: FlaskClient) -> None:
    _, headers = signed_in(db)
    body = {"reports": [{"template": VISIT, "outcome": "reject"}, {"template": NOTICE, "outcome": "accept"}]}
    for _ in range(2):
        answer = client.post(
            "/api/subscription-grants", json=body, headers={**headers, "Idempotency-Key": "consent-1"}
        )
        assert answer.status_code == 200
        assert answer.get_json() == {
            "grants": [{"template": VISIT, "balance": 0}, {"template": NOTICE, "balance": 1}]
        }
    assert balance(db) == 1


@pytest.mark.parametrize(
    "reports",
    [
        [],
        [{"template": NOTICE, "outcome": "accept"}] * 2,
        [{"template": f"t{number}", "outcome": "accept"} for number in range(4)],
        [{"template": NOTICE, "outcome": "perhaps"}],
        [{"template": NOTICE}],
        [{"template": "not-ours", "outcome": "accept"}],
    ],
)
def test_refuses_reports_that_no_dialogue_can_have_given(
    db: Database, client: FlaskClient, reports: list[dict[str, str]]
) -> None:
    _, headers = signed_in(db)
    answer = client.post(
        "/api/subscription-grants",
        json={"reports": reports},
        headers={**headers, "Idempotency-Key": "consent-1"},
    )
    assert answer.status_code == 422
    assert balance(db) == 0
