"""The address that the platform knocks at: who it is first, then what it says; each push once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import identity, messaging
from backend.core import clock
from backend.core.db import Database
from backend.doorstep.conversation.actions import forget_old_pushes
from backend.doorstep.conversation.models import ConversationEntry, HeardPush
from backend.faults.models import Fault, FaultReport
from backend.identity.models import WechatAccount
from backend.messaging.models import SentReport
from scripts.wechat_standin import DEMO_APPID
from scripts.wechat_standin.push import Push, prepare
from tests.builders.product import AUTUMN, Someone, household_in, kept_app_on, resident_of, small_county
from tests.doorstep.talks import Account, account_of
from tests.harness.databases import Filling, Stocked
from tests.harness.races import race
from tests.harness.served import Served

FORMS = [(form, mode) for form in ("xml", "json") for mode in ("plain", "safe")]


def with_a_resident(db: Database) -> Someone:
    with clock.pinned(AUTUMN):
        small_county(db)
        return resident_of(db, household_in(db, "heat_pump"))


@pytest.fixture
def filling() -> Filling:
    return with_a_resident


@pytest.fixture
def resident(stocked: Stocked) -> Iterator[Someone]:
    with clock.pinned(AUTUMN):
        yield stocked.made


@pytest.fixture
def account(resident: Someone, database_url: str, tmp_path: Path) -> Account:
    return account_of(kept_app_on(database_url, tmp_path))


def count(db: Database, what: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(what)) or 0


def test_the_echo_proves_whose_address_it_is(account: Account) -> None:
    prepared = prepare(account.platform, Push(kind="echo"))
    assert account.send(prepared).body == prepared.query["echostr"]
    for trouble in ({"bad_signature": True}, {"stale": True}):
        assert account.push(kind="echo", **trouble).status == 403


@pytest.mark.parametrize(("form", "mode"), FORMS)
def test_words_in_the_chat_go_from_no_heat_to_an_open_fault(
    db: Database, account: Account, resident: Someone, form: str, mode: str
) -> None:
    asked = account.text(resident.openid, "没暖气", format=form, mode=mode)
    assert asked.status == 200 and asked.reply and "1 确认" in asked.reply and "0 取消" in asked.reply
    assert ("<Encrypt>" in asked.body) == (mode == "safe")
    done = account.text(resident.openid, "１", format=form, mode=mode)
    assert done.reply and "已上报：没有暖气" in done.reply
    assert (count(db, Fault), count(db, FaultReport)) == (1, 1)
    with db.reading() as session:
        lines = session.scalars(select(ConversationEntry)).all()
    assert {(line.channel, line.person_id) for line in lines} == {("official_account", resident.id)}


def test_duty_16_a_repeated_push_is_answered_the_same_and_does_nothing_more(
    db: Database, account: Account, resident: Someone
) -> None:
    account.text(resident.openid, "没暖气")
    prepared = prepare(account.platform, Push(openid=resident.openid, text="是"))
    replies = race(6, lambda _n: account.send(prepared).reply).values
    replies.append(account.send(prepared).reply)
    assert len(set(replies)) == 1 and replies[0] and "已上报" in replies[0]
    assert (count(db, FaultReport), count(db, ConversationEntry), count(db, HeardPush)) == (1, 4, 2)


@pytest.mark.parametrize("trouble", [{"bad_signature": True}, {"stale": True}])
@pytest.mark.parametrize(("form", "mode"), FORMS)
def test_what_is_not_from_the_platform_now_is_refused_unread(
    db: Database, account: Account, resident: Someone, form: str, mode: str, trouble: dict[str, Any]
) -> None:
    answer = account.text(resident.openid, "没暖气", format=form, mode=mode, **trouble)
    assert (answer.status, answer.reply) == (403, None)
    prepared = prepare(account.platform, Push(openid=resident.openid, text="x", **trouble))
    prepared.body = b"<not even xml"
    assert account.send(prepared).status == 403
    assert (count(db, HeardPush), count(db, ConversationEntry)) == (0, 0)


def test_a_sealed_message_that_was_changed_on_the_way_is_refused(
    db: Database, account: Account, resident: Someone
) -> None:
    prepared = prepare(account.platform, Push(openid=resident.openid, text="没暖气", mode="safe"))
    prepared.body = prepared.body.replace(b"<Encrypt>A", b"<Encrypt>B").replace(b"==", b"AA")
    prepared.query["msg_signature"] = "0" * 40
    assert account.send(prepared).status == 403
    assert count(db, HeardPush) == 0


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"<xml>", b"[]", b"{}", b"\xff\xfe", b"<xml><MsgType>text</MsgType></xml>"),
        *(
            f'<?xml version="1.0" encoding="{name}"?><xml/>'.encode()
            for name in ("nope", "rot13", "hex", "mbcs")
        ),
    ],
)
def test_what_cannot_be_read_is_refused_without_an_error(
    account: Account, resident: Someone, body: bytes
) -> None:
    prepared = prepare(account.platform, Push(openid=resident.openid, text="x"))
    prepared.body = body
    assert account.send(prepared).status == 403


@pytest.mark.parametrize(
    "order",
    [
        {"kind": "event", "event": "nobody_knows_this"},
        {"kind": "event", "event": "unsubscribe"},
        {"kind": "event", "event": "VIEW", "format": "json"},
    ],
)
def test_an_event_that_nobody_listens_to_is_a_success(account: Account, order: dict[str, Any]) -> None:
    answer = account.push(openid="o-somebody", **order)
    assert (answer.status, answer.body) == (200, "success")


def test_consents_and_reports_are_handed_to_messaging(
    db: Database, account: Account, resident: Someone
) -> None:
    with db.writing() as session:
        actor = identity.actor_for(session, resident.id)
        granted = [messaging.ConsentAnswer("demo-tmpl-notice", True)]
        messaging.report_consents(session, actor, key="granted-here", answers=granted)
        assert messaging.templates_to_ask(session, resident.id, ["conversation.answered"])
    refused = [{"TemplateId": "demo-tmpl-notice", "SubscribeStatusString": "reject"}]
    account.push(openid=resident.openid, kind="event", event="subscribe_msg_change_event", list=refused)
    sent = [{"TemplateId": "demo-tmpl-notice", "MsgID": "77", "ErrorCode": "0", "ErrorStatus": "success"}]
    for form in ("json", "xml"):
        answer = account.push(
            openid=resident.openid, kind="event", event="subscribe_msg_sent_event", list=sent, format=form
        )
        assert answer.body == "success"
    with db.reading() as session:
        assert session.scalars(select(SentReport.msgid)).all() == ["77"]
        assert not messaging.templates_to_ask(session, resident.id, ["conversation.answered"])


def test_a_follower_and_who_sends_a_picture_are_told_what_can_be_written(
    account: Account, resident: Someone
) -> None:
    followed = account.push(openid="o-new", kind="event", event="subscribe")
    assert followed.reply and "户码牌" in followed.reply and "0349-0000000" in followed.reply
    picture = account.push(openid=resident.openid, kind="image")
    assert picture.reply and "1 报修" in picture.reply


def test_somebody_unknown_gets_the_advice_first_and_the_way_to_bind(db: Database, account: Account) -> None:
    advice = account.text("o-nobody", "煤烟味，头晕")
    assert advice.reply and advice.reply.index("打开门窗") < advice.reply.index("0349-0000000")
    assert "绑定" in (account.text("o-nobody", "领颗粒").reply or "")
    assert count(db, Fault) == 0


def test_the_official_account_knows_its_follower_by_unionid(
    db: Database, resident: Someone, database_url: str, tmp_path: Path
) -> None:
    app = kept_app_on(database_url, tmp_path)
    client = app.extensions["backend.wechat"]
    client.settings = _with_official_account(client.settings)
    account = account_of(app, appid="wx-official")
    assert "绑定" in (account.text("o-in-official", "没暖气", mode="safe").reply or "")
    with db.writing() as session:
        session.get_one(WechatAccount, (DEMO_APPID, resident.openid)).unionid = "u-one"
        session.get_one(WechatAccount, ("wx-official", "o-in-official")).unionid = "u-one"
    assert "1 确认" in (account.text("o-in-official", "没暖气", mode="safe").reply or "")
    foreign = account_of(app)  # sealed for the mini-program: not this account's address
    assert foreign.text(resident.openid, "没暖气", mode="safe").status == 403
    foreign.address += "/mini-program"
    assert foreign.text(resident.openid, "没暖气", mode="safe").status == 200


def _with_official_account(settings: Any) -> Any:
    from dataclasses import replace

    return replace(settings, oa_appid="wx-official")


@pytest.mark.parametrize("text", ["长" * 3000, "\x00\x01头\ud800晕", "]]>&lt;/xml>", " "])
def test_strange_words_are_answered_all_the_same(account: Account, resident: Someone, text: str) -> None:
    answer = account.push(openid=resident.openid, text=text, format="json") if "\ud800" not in text else None
    if answer is None:
        prepared = prepare(account.platform, Push(openid=resident.openid, text="x", format="json"))
        prepared.body = prepared.body.replace(b'"x"', b'"\\u0000\\u5934\\ud800\\u6655"')
        answer = account.send(prepared)
        assert answer.reply and "打开门窗" in answer.reply
    assert answer.status == 200 and answer.reply and len(answer.reply.encode()) <= 2048


def test_an_account_that_no_platform_would_name_is_ignored(db: Database, account: Account) -> None:
    assert account.text("o" * 200, "没暖气").body == "success"
    assert count(db, ConversationEntry) == 0


def test_old_pushes_are_forgotten(db: Database, account: Account, resident: Someone) -> None:
    account.text(resident.openid, "你好")
    with clock.pinned(AUTUMN + timedelta(days=3)), db.writing() as session:
        assert forget_old_pushes(session) == 1


def test_the_running_product_answers_the_platforms_own_pushes_within_a_second(
    db: Database, serve: Callable[..., Served]
) -> None:
    served = serve(worker=False, web_processes=1)
    stand_in, address = served.stand_in_client(), f"{served.base_url}/api/wechat/callback"
    person = stand_in.get("/sandbox/people").expect(200)["people"][0]["id"]

    def push(**order: Any) -> Any:
        answers = stand_in.post("/sandbox/push", {"url": address, "person": person, **order}).expect(200)[
            "answers"
        ]
        assert all(answer["ms"] < 1000 for answer in answers), answers
        return answers

    assert push(kind="echo")[0]["echoed"]
    push(kind="event", event="nobody_knows_this")  # the processes' first request pays for their connections
    for form, mode in FORMS:
        twice = push(text="头晕恶心", format=form, mode=mode, times=2)
        assert "打开门窗" in twice[0]["reply"] and twice[0]["reply"] == twice[1]["reply"]
        for trouble in ({"stale": True}, {"bad_signature": True}):
            assert push(text="头晕", format=form, mode=mode, **trouble)[0]["status"] == 403
    assert count(db, HeardPush) == 1 + len(FORMS)
