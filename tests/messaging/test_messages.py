"""What became of messages, for oneself and for who answers for them; and what a person has tried again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from backend.cli import cli
from backend.core import clock
from backend.core.audit import AuditEntry
from backend.core.db import Database
from backend.messaging import notify, pause_template, send_due
from backend.messaging.rules import MAX_ATTEMPTS
from backend.wechat import AnswerLost, NotReached, SendOutcome, Wechat
from scripts.wechat_standin import Standin
from tests.builders.product import (
    DISTRICT,
    AppClient,
    Someone,
    client_of,
    give_role_to,
    kept_app_on,
    person_with,
    plan_in,
    somebody,
    wired,
)
from tests.harness.keys import TEST_KEYS
from tests.messaging.builders import (
    AGAIN,
    BODY_ONLY,
    NOON,
    NOTICE,
    SAFETY,
    Scripted,
    a_notice,
    balance,
    configure_channel,
    consent,
    deliveries,
    outbox_rows,
    told,
)

pytestmark = pytest.mark.usefixtures("noon")


class Office:
    """A district with its administrator, and a resident whose account is the stand-in's ``p0``."""

    def __init__(self, db: Database, database_url: str, folder: Path) -> None:
        plan_in(db)
        self.db, self.app = db, kept_app_on(database_url, folder)
        configure_channel()
        self.resident = somebody(db, name="王秀兰", openid="o-0")
        give_role_to(db, self.resident, "village_cadre", area_code=f"{DISTRICT}001001")
        self.administrator = person_with(db, "administrator", area_code=DISTRICT)
        self.settings = {"MODE": "test", "DATABASE_URL": database_url, "DATA_DIR": str(folder), **TEST_KEYS}

    def as_(self, person: Someone) -> AppClient:
        return client_of(self.app, person)

    def command(self, *words: str) -> list[str]:
        run = CliRunner().invoke(cli, ["messages", *words], env=self.settings)
        configure_channel()
        assert run.exit_code == 0, run.output
        return run.output.splitlines()

    def dead(self) -> str:
        """A message that the platform was never reached for; its id."""
        client = Scripted(*[NotReached("send")] * MAX_ATTEMPTS)
        moment = NOON
        while outbox_rows(self.db)[-1].state == "waiting":
            with clock.pinned(moment):
                send_due(self.db, client, "w1")
            moment += timedelta(minutes=46)
        return outbox_rows(self.db)[-1].id


@pytest.fixture
def office(db: Database, database_url: str, tmp_path: Path) -> Iterator[Office]:
    yield Office(db, database_url, tmp_path)
    wired()
    configure_channel()


def outcomes(entry: dict[str, Any]) -> list[tuple[str, str, str | None, int]]:
    return [(each["channel"], each["state"], each["proof"], each["doubts"]) for each in entry["outcomes"]]


def test_duty_15_a_person_s_whole_history_tells_what_when_by_which_channel_with_what_proof(
    office: Office, standin: Standin, wechat: Wechat
) -> None:
    with office.db.writing() as session:
        notify(session, [office.resident.id], a_notice(BODY_ONLY, "只在站内"), "first")
    told(office.db, key="second", title="没有同意", consents=0)
    told(office.db, key="third", topic=AGAIN, title="送了两回", consents=2, standin=standin)
    standin.fault("drop_after", path="/cgi-bin/message/subscribe/send")
    send_due(office.db, wechat, "w1")
    with clock.pinned(NOON + timedelta(minutes=5)):
        send_due(office.db, wechat, "w1")
    proof = standin.platform.messages[1]["msgid"]
    expected = [
        ("送了两回", [("inbox", "kept", None, 0), ("wechat", "accepted", proof, 1)]),
        ("没有同意", [("inbox", "kept", None, 0), ("wechat", "no_consent", None, 0)]),
        ("只在站内", [("inbox", "kept", None, 0)]),
    ]
    mine = office.as_(office.resident).get("/api/me/messages").expect(200)["items"]
    seen = office.as_(office.administrator).get(f"/api/people/{office.resident.id}/messages").expect(200)
    for items in (mine, seen["items"]):
        assert [(each["notice"]["title"], outcomes(each)) for each in items] == expected
    assert "body" in mine[0]["notice"] and "body" not in seen["items"][0]["notice"]
    pages = [office.as_(office.resident).get("/api/me/messages", limit=2).expect(200)]
    pages.append(office.as_(office.resident).get("/api/me/messages", limit=2, cursor=pages[0]["next"]).json())
    assert [each["notice"]["title"] for page in pages for each in page["items"]] == [e[0] for e in expected]
    lines = office.command("of", office.resident.id)
    assert f"wechat  accepted  proof {proof}  doubts 1" in lines[2]
    assert lines[-1] == "3 notices"


def test_a_dead_letter_is_seen_and_tried_again_over_the_api(office: Office, standin: Standin) -> None:
    told(office.db)
    message = office.dead()
    chief = office.as_(office.administrator)
    (seen,) = chief.get("/api/messages").expect(200)["items"]
    assert (seen["id"], seen["state"], seen["reason"], seen["attempts"]) == (
        message,
        "dead",
        "not_reached",
        MAX_ATTEMPTS,
    )
    assert seen["person_name"] == "王*兰" and "o-0" not in str(seen)
    assert chief.get("/api/messages", state="unknown").expect(200)["items"] == []
    assert office.as_(office.resident).get("/api/messages").status == 403
    again = chief.post(f"/api/messages/{message}/retry").expect(200)
    assert (again["state"], again["reason"], again["retries"], again["attempts"]) == (
        "waiting",
        "tried_again",
        1,
        MAX_ATTEMPTS,
    )
    assert chief.post(f"/api/messages/{message}/retry").json()["code"] == "message.not_stopped"
    assert send_due(office.db, Scripted(SendOutcome("77")), "w1").accepted == 1
    assert [row.state for row in outbox_rows(office.db)] == ["sent"]
    assert chief.post(f"/api/messages/{message}/retry").json()["code"] == "message.not_stopped"
    with office.db.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "message.retried")).one()
    assert (entry.by, entry.about_id) == (office.administrator.id, message)


def test_what_is_unknown_is_sent_once_more_where_a_person_says_so_and_the_doubt_stays(office: Office) -> None:
    """Even a topic that was repeated by itself already: a person's decision is one more send, not for ever more."""
    told(office.db, topic=AGAIN, consents=5)
    client = Scripted(*[AnswerLost("send")] * 3)
    for minutes in (0, 10):
        with clock.pinned(NOON + timedelta(minutes=minutes)):
            send_due(office.db, client, "w1")
    (row,) = outbox_rows(office.db)
    assert (row.state, row.unknowns) == ("unknown", 2)
    assert office.command("retry", row.id) == ["1 messages are tried again"]
    for minutes in (20, 120, 240):
        with clock.pinned(NOON + timedelta(minutes=minutes)):
            send_due(office.db, client, "w1")
    (row,) = outbox_rows(office.db)
    assert (row.state, row.unknowns, row.retries, len(client.calls)) == ("unknown", 3, 1, 3)
    assert deliveries(office.db)[0].state == "unknown"


def test_commands_list_what_stopped_and_have_all_of_it_tried_again(office: Office) -> None:
    for key in ("a", "b"):
        told(office.db, key=key, topic=SAFETY, title=f"安全{key}", consents=2)
    lost = Scripted(AnswerLost("send"), AnswerLost("send"))
    while send_due(office.db, lost, "w1").claimed:
        pass
    listed = office.command("list", "--state", "unknown")
    assert [("unknown" in line, "doubts 1" in line) for line in listed[:2]] == [(True, True)] * 2
    assert listed[2] == "2 messages" and "o-0" not in "".join(listed)
    assert office.command("list", "--state", "dead") == ["0 messages"]
    assert office.command("retry", "--all-of", "unknown")[-1] == "2 messages are tried again"
    sent = Scripted(SendOutcome("1"), SendOutcome("2"))
    while send_due(office.db, sent, "w2").claimed:
        pass
    assert {(row.state, row.unknowns) for row in outbox_rows(office.db)} == {("sent", 1)}
    assert balance(office.db) == 0


def test_what_is_no_longer_true_is_not_sent_however_much_somebody_wants_it(office: Office) -> None:
    told(office.db)
    message = office.dead()
    with clock.pinned(NOON + timedelta(hours=37)):
        answer = office.as_(office.administrator).post(f"/api/messages/{message}/retry")
        assert answer.json()["code"] == "message.too_old"
        assert "message.too_old" in office.command("retry", message)[0]
    assert outbox_rows(office.db)[0].state == "dead"


def test_who_answers_for_another_county_sees_no_message_of_this_one(office: Office) -> None:
    told(office.db)
    message = office.dead()
    elsewhere = office.as_(person_with(office.db, "administrator", area_code="140699"))
    assert elsewhere.get("/api/messages").expect(200) == {"items": [], "next": None}
    assert elsewhere.post(f"/api/messages/{message}/retry").status == 404
    assert elsewhere.get(f"/api/people/{office.resident.id}/messages").status == 404
    # Somebody of two counties is neither's to look at.
    give_role_to(office.db, office.resident, "auditor", area_code="140699")
    assert office.as_(office.administrator).get("/api/messages").expect(200)["items"] == []


def test_a_page_of_messages_that_are_elsewhere_is_short_and_leads_on(office: Office) -> None:
    with office.db.writing() as session:
        consent(session, office.resident.id, 0, 3)
    told(office.db, key="ours", consents=0)
    for number in range(1, 4):
        told(office.db, number, f"k{number}")
    client = office.as_(office.administrator)
    pages, cursor = [], None
    for _ in range(6):
        page = client.get("/api/messages", state="waiting", limit=1, cursor=cursor).expect(200)
        pages.append([each["person_id"] for each in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break
    assert [each for page in pages for each in page] == [office.resident.id]


def test_a_template_that_rests_is_seen_and_used_again_over_the_api(office: Office, standin: Standin) -> None:
    told(office.db, standin=standin)
    with office.db.writing() as session:
        pause_template(session, NOTICE, 43107, "banned")
    chief = office.as_(office.administrator)
    (resting,) = chief.get("/api/paused-templates").expect(200)["items"]
    assert (resting["template_id"], resting["errcode"], resting["errmsg"]) == (NOTICE, 43107, "banned")
    assert office.as_(office.resident).get("/api/paused-templates").status == 403
    assert office.as_(office.resident).post(f"/api/paused-templates/{NOTICE}/resumption").status == 403
    assert chief.post(f"/api/paused-templates/{NOTICE}/resumption").expect(200)["items"] == []
    again = chief.post(f"/api/paused-templates/{NOTICE}/resumption")
    assert (again.status, again.json()["code"]) == (409, "template.not_paused")
    with office.db.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "template.resumed")).one()
    assert entry.by == office.administrator.id
