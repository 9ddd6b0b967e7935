"""One write, one effect: however often a phone repeats itself, it gets the first answer.

(person, operation, key) is claimed by an insert inside the request's transaction; the answer is stored and committed
with the effect. A refusal rolls everything back, key included, so that the repeat is judged anew. With the answer stands
what the right to see it rested on: it is not repeated to somebody who has lost that.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core import clock
from backend.core.db import Base, UTCDateTime, affected, insert_ignoring
from backend.core.errors import Invalid, NotPermitted, Refusal

KEPT_DAYS = 90


class StoredAnswer(Base):
    __tablename__ = "idempotency_keys"

    person: Mapped[str] = mapped_column(String(64), primary_key=True)
    operation: Mapped[str] = mapped_column(String(200), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[str | None] = mapped_column(Text)
    rests_on: Mapped[str | None] = mapped_column(Text)
    """JSON: what the person held that the answer was for; NULL for nothing beyond the route's own permission."""
    claimed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class KeyMissing(Invalid):
    code = "http.idempotency_key_missing"
    title = "缺少操作编号"
    next = "请更新小程序后再试；程序请在请求头 Idempotency-Key 中放一个 8 至 64 位的随机串。"


class KeyReused(Refusal):
    code = "http.idempotency_key_reused"
    title = "同一操作编号用于不同内容"
    next = "请返回重新填写并提交一次。"


class DoneBefore(Refusal):
    code = "http.done_before"
    title = "这次操作已经办成"
    next = "答案含有保密内容，不再重复显示；如未收到，请重新办理一次。"


class AnswerWithheld(NotPermitted):
    code = "http.answer_withheld"
    title = "身份已有变动，不再显示当时的结果"
    next = "这次操作不必重办；如需了解结果，请联系村委会或乡镇（街道）。"


@dataclass(frozen=True, slots=True)
class Answer:
    """A serialised answer: HTTP status and JSON text, and what the right to see it rests on."""

    status: int
    body: str
    rests_on: frozenset[str] = frozenset()


def claim(session: Session, person: str, operation: str, key: str, body_hash: str) -> Answer | None:
    """None: this call is the first and shall run. An Answer: it ran before, give this again. KeyReused: other body.

    A competing call with the same key waits here until the first has committed or rolled back.
    """
    values = {
        "person": person,
        "operation": operation,
        "key": key,
        "body_hash": body_hash,
        "status": None,
        "body": None,
        "claimed_at": clock.now(),
    }
    if insert_ignoring(session, StoredAnswer, values, ["person", "operation", "key"]):
        return None
    return answered(session, person, operation, key, body_hash)


def answered(session: Session, person: str, operation: str, key: str, body_hash: str) -> Answer | None:
    """The answer that stands for a key, None if there is none yet; claims nothing. Raises KeyReused: other body."""
    earlier = session.execute(
        select(StoredAnswer.body_hash, StoredAnswer.status, StoredAnswer.body, StoredAnswer.rests_on).where(
            StoredAnswer.person == person, StoredAnswer.operation == operation, StoredAnswer.key == key
        )
    ).one_or_none()
    if earlier is None:
        return None
    if earlier.body_hash != body_hash:
        raise KeyReused("这个操作编号已用于另一次提交，内容不同，系统没有再次办理。")
    return Answer(earlier.status, earlier.body, frozenset(json.loads(earlier.rests_on or "[]")))


def store(session: Session, person: str, operation: str, key: str, answer: Answer) -> None:
    affected(
        session,
        update(StoredAnswer)
        .where(StoredAnswer.person == person, StoredAnswer.operation == operation, StoredAnswer.key == key)
        .values(status=answer.status, body=answer.body, rests_on=_listed(answer.rests_on)),
    )


def _listed(rests_on: Collection[str]) -> str | None:
    return json.dumps(sorted(rests_on)) if rests_on else None


def forget(session: Session, person: str, operation: str, key: str) -> None:
    """Give a claimed key up, in the transaction that claimed it."""
    affected(
        session,
        delete(StoredAnswer).where(
            StoredAnswer.person == person, StoredAnswer.operation == operation, StoredAnswer.key == key
        ),
    )


def forget_old(session: Session) -> int:
    """Drop keys older than ninety days: phones send late, but not that late."""
    return affected(
        session,
        delete(StoredAnswer).where(StoredAnswer.claimed_at < clock.now() - timedelta(days=KEPT_DAYS)),
    )
