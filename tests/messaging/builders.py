"""What these tests begin with: a channel of five templates, people with accounts and consents, notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.db import Database
from backend.core.outbox import OutboxRow
from backend.identity import give_role, person_of_account
from backend.messaging import Notice, Topic, configure, define_topics, ledger, notify
from backend.messaging.ledger import Account
from backend.messaging.models import Delivery, InboxEntry, SubscriptionGrant
from backend.wechat import SendOutcome, WechatSettings
from scripts.wechat_standin import DEMO_APPID, DEMO_SECRET, Standin

NOON = datetime(2022, 9, 15, 4, 0, tzinfo=UTC)  # 12:00 for people
SEND = "/cgi-bin/message/subscribe/send"
NOTICE, VISIT, FAULT = "demo-tmpl-notice", "demo-tmpl-visit", "demo-tmpl-fault"
SERVICE = "demo-tmpl-service"  # the long-term one
SERVICE_VALUES = {"thing1": "验收", "time2": "2022年9月15日 12:00", "thing3": "请留人在家"}
FAULT_VALUES = {
    "character_string1": "BX0001",
    "thing2": "炉子不热",
    "phrase3": "已派单",
    "time4": "2022年9月15日 12:00",
    "thing5": "请保持电话畅通",
}
PEOPLE = [{"id": f"p{n}", "name": f"居民{n}", "openid": f"o-{n}"} for n in range(200)]

ORDINARY = Topic("test.ordinary", "通知", template="notice")
BODY_ONLY = Topic("test.inbox", "站内通知")
SAFETY = Topic("test.safety", "安全提醒", template="notice", safety=True)
AGAIN = Topic("test.again", "安全提醒", template="notice", safety=True, resend_unknown=True)
OF_A_VISIT = Topic("test.visit", "上门", template="visit")
OF_A_FAULT = Topic("test.fault", "报修", template="fault")
OF_A_SERVICE = Topic("test.service", "办事进度", template="service")
UNAPPROVED = Topic("test.unapproved", "未批准", template="nobody-approved-it")
TOPICS = (ORDINARY, BODY_ONLY, SAFETY, AGAIN, OF_A_VISIT, OF_A_FAULT, OF_A_SERVICE, UNAPPROVED)


def configure_channel() -> None:
    define_topics(TOPICS)
    single = {"notice": NOTICE, "visit": VISIT, "fault": FAULT, "fuel": "demo-tmpl-fuel"}
    configure(DEMO_APPID, {**single, "service": {"id": SERVICE, "long_term": True}})


def settings_for(standin_url: str) -> WechatSettings:
    return WechatSettings(
        appid=DEMO_APPID,
        secret=DEMO_SECRET,
        api_base_url=standin_url,
        connect_timeout=2,
        read_timeout=2,
        callback_token="token",
    )


def a_person(session: Session, number: int) -> str:
    return person_of_account(session, DEMO_APPID, f"o-{number}")


def an_administrator(db: Database, area_code: str) -> str:
    """Person 9, who hears of what the platform refuses."""
    with db.writing() as session:
        person_id = a_person(session, 9)
        give_role(session, person_id, role="administrator", area_code=area_code, company_id=None, by=None)
    return person_id


def account(number: int, template_id: str = NOTICE) -> Account:
    return Account(DEMO_APPID, f"o-{number}", template_id)


def consent(
    session: Session,
    person_id: str,
    number: int,
    times: int = 1,
    template_id: str = NOTICE,
    standin: Standin | None = None,
) -> None:
    """``times`` accepts on record here, and at the platform where one is given."""
    if times:
        ledger.add_grant(session, account(number, template_id), person_id)
    if times > 1:
        row = session.get_one(
            SubscriptionGrant, (DEMO_APPID, f"o-{number}", template_id), populate_existing=True
        )
        row.balance += times - 1
        session.flush()
    if standin is not None:
        standin.platform.grant(f"p{number}", template_id, times)


def a_notice(topic: Topic = ORDINARY, title: str = "停电通知", **different: Any) -> Notice:
    values = {"thing1": title, "thing2": "镇政府", "time3": "2022年9月15日 08:00", "thing4": "明日检修"}
    return Notice(
        **(
            {"topic": topic.code, "title": title, "body": "明日检修，请备好取暖物品。", "values": values}
            | different
        )
    )


def told(
    db: Database,
    number: int = 0,
    key: str = "k1",
    topic: Topic = ORDINARY,
    *,
    consents: int = 1,
    standin: Standin | None = None,
    **different: Any,
) -> str:
    """Person ``number`` is told one thing, with so many further consents on record; their id."""
    with db.writing() as session:
        person_id = a_person(session, number)
        consent(session, person_id, number, consents, standin=standin)
        notify(session, [person_id], a_notice(topic, **different), key)
    return person_id


def balance(db: Database, number: int = 0, template_id: str = NOTICE) -> int:
    with db.reading() as session:
        row = session.get(SubscriptionGrant, (DEMO_APPID, f"o-{number}", template_id))
        return row.balance if row else 0


def outbox_rows(db: Database) -> list[OutboxRow]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))


def deliveries(db: Database) -> list[Delivery]:
    with db.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def entries(db: Database, person_id: str) -> list[InboxEntry]:
    with db.reading() as session:
        mine = select(InboxEntry).where(InboxEntry.person_id == person_id).order_by(InboxEntry.id)
        return list(session.scalars(mine))


def sent_titles(standin: Standin) -> list[str]:
    """The first field of every message that the platform took."""
    return [message["fields"][0]["value"] for message in standin.platform.messages]


class Scripted:
    """A platform that answers as it is told, for what the stand-in cannot play."""

    def __init__(self, *answers: SendOutcome | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[str] = []

    def send_subscribe(
        self, openid: str, template_id: str, values: Mapping[str, str], page: str | None = None
    ) -> SendOutcome:
        self.calls.append(openid)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer
