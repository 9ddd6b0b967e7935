"""Tell people: the inbox always, a message beside it where they allowed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend.core import clock, outbox
from backend.core.db import affected, insert_many_ignoring, new_id
from backend.core.errors import NotFound
from backend.identity import Actor, people_with_role
from backend.messaging.models import KEY_MAX, NO_CONSENT, WAITING, Delivery, InboxEntry, SubscriptionGrant
from backend.messaging.rules import Notice, Topic, first_moment
from backend.messaging.topics import Template, channel, topic

SUBSCRIBE: Final = "wechat.subscribe"
SUBSCRIBE_AGAIN: Final = "wechat.subscribe.again"
"""The same for topics that are sent once more when the answer was lost: the outbox recovers by its own topic."""

WECHAT: Final = "wechat"
_BATCH: Final = 500  # people a statement: far below what either database takes as parameters


def notify(
    session: Session,
    person_ids: Iterable[str],
    notice: Notice,
    key: str,
    not_before: datetime | None = None,
) -> int:
    """Put a notice into each person's inbox, once by (person, ``key``); the number that are new.

    Where the topic has a template and the person's consent is on record, a message is left in the outbox as well; the
    consent itself is taken when it is sent, so that this only inserts and no caller waits for another. Neither before
    ``not_before`` nor in quiet hours (the inbox shows it at once). Raises UndefinedTopic, ValueError for a bad key.
    """
    about = topic(notice.topic)
    if not 0 < len(key) <= KEY_MAX:
        raise ValueError(f"a notice's key has 1 to {KEY_MAX} characters")
    told = 0
    for some in _batches(sorted(set(person_ids))):
        told += _tell(session, some, notice, about, key, not_before)
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


def _batches(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), _BATCH):
        yield people[start : start + _BATCH]


def _tell(
    session: Session,
    people: Sequence[str],
    notice: Notice,
    about: Topic,
    key: str,
    not_before: datetime | None,
) -> int:
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "key": key,
            "topic": about.code,
            "title": notice.title,
            "body": notice.body,
            "about_kind": notice.about[0] if notice.about else None,
            "about_id": notice.about[1] if notice.about else None,
            "household_id": notice.household_id,
            "page": notice.page,
            "shown": dict(notice.values),
            "created_at": clock.now(),
            "read_at": None,
        }
        for person_id in people
    ]
    written = insert_many_ignoring(session, InboxEntry, rows, ["person_id", "key"])
    template = channel().template_of(about)
    if written == 0 or template is None:
        return written
    if written < len(rows):
        ids = [row["id"] for row in rows]
        fresh = set(session.scalars(select(InboxEntry.id).where(InboxEntry.id.in_(ids))))
        rows = [row for row in rows if row["id"] in fresh]
    _leave_messages(session, rows, notice, about, template, not_before)
    return written


def _leave_messages(
    session: Session,
    rows: Sequence[dict[str, Any]],
    notice: Notice,
    about: Topic,
    template: Template,
    not_before: datetime | None,
) -> None:
    """A delivery for each new entry: an outbox row where consent is on record, else the note that there is none."""
    grants = session.execute(
        select(SubscriptionGrant.person_id, SubscriptionGrant.openid).where(
            SubscriptionGrant.appid == channel().appid,
            SubscriptionGrant.template_id == template.id,
            SubscriptionGrant.person_id.in_([row["person_id"] for row in rows]),
            SubscriptionGrant.balance > 0,
        )
    )
    granted = {grant.person_id: grant.openid for grant in grants}
    current = clock.now()
    due = first_moment(clock.local_time(max(current, not_before or current)), about.safety)
    local = clock.local_time(current)
    told = {"title": notice.title, "body": notice.body, "topic": about.label}
    moment = {"day": f"{local:%Y-%m-%d}", "time": f"{local:%Y-%m-%d %H:%M}"}
    values = template.filled({**told, **moment, **notice.values} if template.fields else notice.values)
    deliveries = []
    for row in rows:
        openid = granted.get(row["person_id"])
        delivery: dict[str, Any] = {
            "id": new_id(),
            "notice_id": row["id"],
            "channel": WECHAT,
            "state": NO_CONSENT if openid is None else WAITING,
            "outbox_id": None,
            "template_id": template.id,
            "created_at": current,
            "changed_at": current,
        }
        if openid is not None:
            delivery["outbox_id"] = outbox.put(
                session,
                SUBSCRIBE_AGAIN if about.resend_unknown else SUBSCRIBE,
                lane=openid,
                payload={
                    "delivery": delivery["id"],
                    "person": row["person_id"],
                    "appid": channel().appid,
                    "openid": openid,
                    "template_id": template.id,
                    "values": values,
                    "page": notice.page,
                    "safety": about.safety,
                    "keeps_hours": about.keeps_hours,
                    "from": due.timestamp(),
                },
                key=f"{WECHAT}:{row['id']}",
                not_before=due,
                priority=0 if about.safety else 5,
            )
        deliveries.append(delivery)
    session.execute(insert(Delivery), deliveries)


def read_notice(session: Session, actor: Actor, *, notice_id: str) -> None:
    """Mark one's own notice as read; the first reading counts. Raises NotFound."""
    mine = (InboxEntry.id == notice_id, InboxEntry.person_id == actor.person_id)
    read = affected(
        session, update(InboxEntry).where(*mine, InboxEntry.read_at.is_(None)).values(read_at=clock.now())
    )
    if not read and session.scalar(select(InboxEntry.id).where(*mine)) is None:
        raise NotFound("没有这条消息，或不是发给您的。")
