"""Tell people: the inbox always, a message beside it where they allowed it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    String,
    Subquery,
    case,
    cast,
    func,
    insert,
    literal,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core import clock, outbox
from backend.core.db import UTCDateTime, affected, new_id
from backend.core.errors import NotFound
from backend.identity import Actor, people_with_role
from backend.messaging.models import KEY_MAX, NO_CONSENT, WAITING, Delivery, InboxEntry, SubscriptionGrant
from backend.messaging.rules import A_FAN_OUT, Notice, Topic, cannot_wait, first_moment
from backend.messaging.topics import Template, channel, topic

SUBSCRIBE: Final = "wechat.subscribe"
SUBSCRIBE_AGAIN: Final = "wechat.subscribe.again"
"""The same for topics that are sent once more when the answer was lost: the outbox recovers by its own topic."""

WECHAT: Final = "wechat"
FAN_OUT: Final = 8  # the outbox's priority of what goes to many: behind whatever concerns one
_FEW: Final = 500  # people whom a statement may name one by one


def notify(
    session: Session,
    person_ids: Iterable[str],
    notice: Notice,
    key: str,
    not_before: datetime | None = None,
    *,
    to_many: bool = False,
) -> int:
    """Put a notice into each person's inbox, once by (person, ``key``); the number that are new.

    Where the topic has a template and the person's consent is on record, a message is left in the outbox as well; the
    consent itself is taken when it is sent, so that this only inserts and no caller waits for another. Neither before
    ``not_before`` nor in quiet hours (the inbox shows it at once). ``to_many``: of the many that a job tells one after
    the other, so that these messages go behind what concerns one. Raises UndefinedTopic, ValueError for a bad key.
    """
    about = topic(notice.topic)
    if not 0 < len(key) <= KEY_MAX:
        raise ValueError(f"a notice's key has 1 to {KEY_MAX} characters")
    people = sorted(set(person_ids))
    told_at = clock.now()
    told = _tell(session, people, notice, about, key, told_at)
    template = channel().template_of(about)
    if told and template is not None:
        due = _first_due(told_at, not_before, notice, about)
        payload = _payload(told_at, due, notice, about, template)
        behind = to_many or told >= A_FAN_OUT
        _leave_messages(session, _New(key, told_at, people), about, payload, due, behind)
    return told


def notify_role(
    session: Session,
    roles: tuple[str, ...],
    notice: Notice,
    key: str,
    *,
    area_code: str | None = None,
    company_id: str | None = None,
) -> int:
    """As ``notify`` for everybody who holds one of ``roles``, for exactly that area or company if one is named."""
    people = people_with_role(session, roles, area_code=area_code, company_id=company_id)
    return notify(session, people, notice, key)


def _tell(
    session: Session, people: Sequence[str], notice: Notice, about: Topic, key: str, told_at: datetime
) -> int:
    """An entry for each of ``people`` who has none by this key, in one statement; the number of new ones."""
    if not people:
        return 0
    session.flush()
    dialect = session.get_bind().dialect.name
    each = _numbered(people, dialect)
    same: dict[str, Any] = {
        "key": literal(key),
        "topic": literal(about.code),
        "title": literal(notice.title),
        "body": literal(notice.body),
        "about_kind": literal(notice.about[0] if notice.about else None, String),
        "about_id": literal(notice.about[1] if notice.about else None, String),
        "household_id": literal(notice.household_id, String),
        "page": literal(notice.page),
        "shown": literal(dict(notice.values), JSON),
        "created_at": literal(told_at, UTCDateTime),
        "read_at": literal(None, UTCDateTime),
    }
    rows = select(each.c.id, each.c.person_id, *same.values()).where(true())
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = (
        make(InboxEntry)
        .from_select(["id", "person_id", *same], rows)
        .on_conflict_do_nothing(index_elements=["person_id", "key"])
    )
    return affected(session, statement)


def _numbered(people: Sequence[str], dialect: str) -> Subquery:
    """A fresh id for each person, as rows that a statement can select from, however many there are."""
    if dialect == "sqlite":
        pairs = func.json_each(json.dumps([(new_id(), each) for each in people])).table_valued("value")
        first, second = (func.json_extract(pairs.c.value, f"$[{place}]") for place in (0, 1))
        return select(first.label("id"), second.label("person_id")).subquery()
    ids, given = (cast(list(each), ARRAY(String)) for each in ([new_id() for _ in people], people))
    both = func.unnest(ids, given).table_valued("id", "person_id", name="told").render_derived()
    return select(both.c.id, both.c.person_id).subquery()


def _first_due(told_at: datetime, not_before: datetime | None, notice: Notice, about: Topic) -> datetime:
    wanted = clock.local_time(max(told_at, not_before or told_at))
    return first_moment(wanted, cannot_wait(wanted, about.safety, notice.visit_on))


def _payload(
    told_at: datetime, due: datetime, notice: Notice, about: Topic, template: Template
) -> dict[str, Any]:
    """What is the same for all who are told."""
    local = clock.local_time(told_at)
    words = {"title": notice.title, "body": notice.body, "topic": about.label}
    words |= {"subject": notice.title, "remark": notice.body}
    moment = {"day": f"{local:%Y-%m-%d}", "time": f"{local:%Y-%m-%d %H:%M}"}
    values = template.filled({**words, **moment, **notice.values} if template.fields else notice.values)
    return {
        "appid": channel().appid,
        "template_id": template.id,
        "values": values,
        "page": notice.page,
        "safety": about.safety,
        "visit_on": notice.visit_on.isoformat() if notice.visit_on else None,
        "keeps_hours": about.keeps_hours,
        "from": due.timestamp(),
    }


@dataclass(frozen=True, slots=True)
class _New:
    """The entries that one call has made."""

    key: str
    told_at: datetime
    people: Sequence[str]

    def conditions(self) -> list[ColumnElement[bool]]:
        seen = select(Delivery.id).where(Delivery.notice_id == InboxEntry.id).exists()
        return [
            InboxEntry.key == self.key,
            InboxEntry.created_at == self.told_at,
            ~seen,
            *self._among(InboxEntry.person_id),
        ]

    def granted(self, template_id: str) -> Subquery:
        """Who has a consent left for a template, and the account that gave it."""
        return (
            select(SubscriptionGrant.person_id, func.min(SubscriptionGrant.openid).label("openid"))
            .where(
                SubscriptionGrant.appid == channel().appid,
                SubscriptionGrant.template_id == template_id,
                SubscriptionGrant.balance > 0,
                *self._among(SubscriptionGrant.person_id),
            )
            .group_by(SubscriptionGrant.person_id)
            .subquery()
        )

    def _among(self, person_id: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
        """Few are found by their own index; of many, all that the key has are looked at."""
        return [person_id.in_(self.people)] if len(self.people) <= _FEW else []


def _leave_messages(
    session: Session, new: _New, about: Topic, payload: dict[str, Any], due: datetime, behind: bool
) -> None:
    """A delivery for each new entry: an outbox row where consent is on record, else the note that there is none.

    One statement for all rows and one for all deliveries, whether one person is told or a whole plan. A message and its
    delivery have the id of their entry.
    """
    granted = new.granted(payload["template_id"])
    outbox.put_each(
        session,
        select(InboxEntry.id, granted.c.openid.label("lane"), (f"{WECHAT}:" + InboxEntry.id).label("key"))
        .join(granted, granted.c.person_id == InboxEntry.person_id)
        .where(*new.conditions()),
        SUBSCRIBE_AGAIN if about.resend_unknown else SUBSCRIBE,
        payload,
        not_before=due,
        priority=outbox.URGENT if about.safety else FAN_OUT if behind else outbox.USUAL,
    )
    deliveries: dict[str, Any] = {
        "id": InboxEntry.id,
        "notice_id": InboxEntry.id,
        "channel": literal(WECHAT),
        "state": case((outbox.OutboxRow.id.is_(None), NO_CONSENT), else_=WAITING),
        "outbox_id": outbox.OutboxRow.id,
        "template_id": literal(payload["template_id"]),
        "created_at": literal(new.told_at, UTCDateTime),
        "changed_at": literal(new.told_at, UTCDateTime),
    }
    rows = select(*deliveries.values()).outerjoin(outbox.OutboxRow, outbox.OutboxRow.id == InboxEntry.id)
    affected(session, insert(Delivery).from_select(list(deliveries), rows.where(*new.conditions())))


def read_notice(session: Session, actor: Actor, *, notice_id: str) -> None:
    """Mark one's own notice as read; the first reading counts. Raises NotFound."""
    mine = (InboxEntry.id == notice_id, InboxEntry.person_id == actor.person_id)
    read = affected(
        session, update(InboxEntry).where(*mine, InboxEntry.read_at.is_(None)).values(read_at=clock.now())
    )
    if not read and session.scalar(select(InboxEntry.id).where(*mine)) is None:
        raise NotFound("没有这条消息，或不是发给您的。")
