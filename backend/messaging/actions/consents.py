"""Keep what people and the platform say about consents and sent messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import audit, clock
from backend.core.db import affected, insert_ignoring
from backend.identity import AccountsJoined, Actor, openid_of, person_of_account
from backend.messaging import ledger
from backend.messaging.actions.stopping import tell_if_it_failed
from backend.messaging.errors import NoWechatAccount, UnknownTemplate
from backend.messaging.models import ID_MAX, GrantReport, SentReport, SubscriptionGrant
from backend.messaging.queries import GrantView, grants_of
from backend.messaging.topics import channel
from backend.wechat import CallbackMessage


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What a person answered about one template in the platform's dialogue."""

    template_id: str
    accepted: bool


def report_consents(
    session: Session, actor: Actor, *, key: str, answers: Sequence[ConsentAnswer]
) -> tuple[GrantView, ...]:
    """Count what the client heard in the consent dialogue, once by ``key``; the balances afterwards.

    Raises UnknownTemplate, NoWechatAccount.
    """
    known = {template.id for template in channel().templates.values()}
    for answer in answers:
        if answer.template_id not in known:
            raise UnknownTemplate("模板编号不在本小程序的模板中。", facts={"template": answer.template_id})
    openid = openid_of(session, actor.person_id, channel().appid)
    if openid is None:
        raise NoWechatAccount()
    accounts = {
        answer.template_id: ledger.Account(channel().appid, openid, answer.template_id) for answer in answers
    }
    # In one order for everybody: two reports of one person must not wait for each other crosswise.
    for answer in sorted(answers, key=lambda one: one.template_id):
        account = accounts[answer.template_id]
        if not _first_report(session, account, key, answer.accepted):
            continue
        if answer.accepted:
            ledger.add_grant(session, account, actor.person_id)
        else:
            ledger.reject(session, account, actor.person_id)
    facts = {answer.template_id: "accept" if answer.accepted else "reject" for answer in answers}
    audit.record(session, actor.person_id, "consent.reported", ("person", actor.person_id), facts)
    return grants_of(session, actor.person_id, tuple(accounts))


def _first_report(session: Session, account: ledger.Account, key: str, accepted: bool) -> bool:
    values = {
        "appid": account.appid,
        "openid": account.openid,
        "key": key,
        "template_id": account.template_id,
        "outcome": "accept" if accepted else "reject",
        "at": clock.now(),
    }
    return insert_ignoring(session, GrantReport, values, ["appid", "openid", "key", "template_id"])


def hear(session: Session, message: CallbackMessage) -> None:
    """Take from a push of the platform what it says about consents and sent messages; a repetition changes nothing.

    An accept that the client reports as well is one accept, and counts once. A reject empties the ledger, whoever tells
    of it.
    """
    ours = (
        {template.id for template in channel().templates.values()}
        if message.appid == channel().appid
        else set()
    )
    # In one order for everybody, as the client's reports.
    for change in sorted(message.consents, key=lambda one: one.template_id):
        account = ledger.Account(message.appid, message.openid, change.template_id[:ID_MAX])
        if change.template_id not in ours or not _first_report(
            session, account, f"push:{message.key}", change.accepted
        ):
            continue
        person_id = person_of_account(session, message.appid, message.openid)
        if change.accepted:
            ledger.add_grant(session, account, person_id, told_by=ledger.PLATFORM, said_at=message.created)
        else:
            ledger.reject(session, account, person_id, message.created)
    for report in message.reports if message.appid == channel().appid else ():
        values = {
            "msgid": report.msgid[:ID_MAX],
            "template_id": report.template_id[:ID_MAX],
            "error_code": report.error_code,
            "error_status": report.error_status[:ID_MAX],
            "heard_at": clock.now(),
        }
        if (
            report.msgid
            and insert_ignoring(session, SentReport, values, ["msgid"])
            and report.error_code != 0
        ):
            tell_if_it_failed(session, report.msgid[:ID_MAX])


def follow_joined_accounts(session: Session, joined: AccountsJoined) -> None:
    """Consents are an account's; they are counted for whoever it belongs to now."""
    affected(
        session,
        update(SubscriptionGrant)
        .where(SubscriptionGrant.person_id == joined.earlier_id)
        .values(person_id=joined.person_id),
    )
