"""Confirm, send back, lock: resident's, village's and township's word that an entry is true (8.1, 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.core import audit, clock
from backend.core.db import affected, new_id
from backend.core.http import instant_text
from backend.core.law import day_in_words
from backend.identity import Actor
from backend.identity.roles import RESIDENT
from backend.messaging import notify
from backend.programme import programme_for
from backend.registry.actions.doors import require_scan
from backend.registry.actions.judging import take_turn
from backend.registry.actions.notices import tell_household
from backend.registry.actions.standing import id_hash_of, phone_hash_of
from backend.registry.errors import (
    BadIdNumber,
    ConfirmationMissing,
    ConfirmedAlready,
    LockedAlready,
    MadeAtWrong,
    NoSuchArrangement,
    PersonElsewhere,
    SentBackSince,
    TwoHandsNeeded,
)
from backend.registry.models import Household
from backend.registry.notices import (
    completed_notice,
    confirmed_by_proxy_notice,
    confirmed_for_notice,
    sent_back_notice,
    village_confirmed_notice,
)
from backend.registry.queries import HouseholdView, household_or_refuse, people_of_household
from backend.registry.rules.completing import flags_without
from backend.registry.rules.id_number import IdReading, read_id_number

_SENT_LATE_AT_MOST: Final = timedelta(days=14)
_CLOCKS_DIFFER: Final = timedelta(minutes=10)  # a phone's clock is never exactly ours

BY_CADRE: Final = "confirmed.by_cadre"
BY_PROXY: Final = "confirmed.by_proxy"
"""Marks on a household: who gave its word for it."""


def confirm_own(session: Session, actor: Actor, *, household_id: str) -> HouseholdView:
    """The household's own word, by resident or by its proxy (marked, and told to it). Raises ConfirmedAlready."""
    _mark(session, household_id, Household.confirmed_by_household_at, actor)
    footing = _footing(actor, household_id)
    _answer_for(session, household_id, None if footing == RESIDENT else BY_PROXY)
    home = _told(session, actor, household_id, "household.confirmed", {"as": footing})
    if footing != RESIDENT:
        key = f"confirmed-for:{household_id}:{home.confirmed_by_household_at}"
        tell_household(session, household_id, confirmed_by_proxy_notice(home, actor.name or "代办人"), key)
    return home


def confirm_for(session: Session, actor: Actor, *, household_id: str, witness_name: str) -> HouseholdView:
    """The cadre gives the word of a household that cannot, before a named witness; marked, and told to it."""
    _mark(session, household_id, Household.confirmed_by_household_at, actor)
    _answer_for(session, household_id, BY_CADRE)
    facts = {"as": "cadre", "witness": witness_name}
    home = _told(session, actor, household_id, "household.confirmed", facts)
    notice = confirmed_for_notice(home, actor.name or "村干部", witness_name)
    tell_household(
        session, household_id, notice, f"confirmed-for:{household_id}:{home.confirmed_by_household_at}"
    )
    return home


def _answer_for(session: Session, household_id: str, mark: str | None) -> None:
    """Note who gave the household's word if it was not itself; what was sent back before is answered by it."""
    row = session.get_one(Household, household_id, populate_existing=True)
    row.flags = sorted({*row.flags, mark} if mark else row.flags)
    row.sent_back_at = row.sent_back_reason = None
    session.flush()


def confirm_on_site(
    session: Session,
    actor: Actor,
    *,
    household_id: str,
    household_code: str,
    latitude: Decimal | None,
    longitude: Decimal | None,
    made_at: datetime | None = None,
) -> HouseholdView:
    """The village's word, given at the door by scanning its code.

    ``made_at``: the phone's own time, where it was made without signal; kept beside ours. Raises OtherHouse,
    ConfirmedAlready, MadeAtWrong, SentBackSince, code.*.
    """
    scan_id = require_scan(session, actor, household_id, household_code, "confirmation", latitude, longitude)
    facts = {"scan_id": scan_id}
    if made_at is not None:
        facts["made_at"] = made_at.astimezone(UTC).isoformat()
        _check_made_at(session, household_id, made_at)
    _mark(session, household_id, Household.confirmed_by_village_at, actor)
    home = _told(session, actor, household_id, "household.confirmed_by_village", facts)
    key = f"village-confirmed:{household_id}:{home.confirmed_by_village_at}"
    tell_household(session, household_id, village_confirmed_notice(home), key)
    return home


def _check_made_at(session: Session, household_id: str, made_at: datetime) -> None:
    """Not before it can be checked, not after: and what was sent back meanwhile is not confirmed by an earlier word."""
    now = clock.now()
    if made_at > now + _CLOCKS_DIFFER:
        raise MadeAtWrong("手机上的时间比现在还晚。")
    if made_at < now - _SENT_LATE_AT_MOST:
        raise MadeAtWrong(f"这次确认是{_SENT_LATE_AT_MOST.days}天以前做的，太久了。")
    # Held, so that the entry is not sent back between this look and the mark.
    row = session.get_one(Household, household_id, populate_existing=True, with_for_update=True)
    if row.sent_back_at is not None and made_at < row.sent_back_at:
        day = day_in_words(clock.local_day(row.sent_back_at))
        raise SentBackSince(f"登记在{day}被退回：{row.sent_back_reason}。")


def send_back(session: Session, actor: Actor, *, household_id: str, reason: str) -> HouseholdView:
    """Take both confirmations back with a reason; not after the lock. Raises LockedAlready."""
    done = affected(
        session,
        update(Household)
        .where(Household.id == household_id, Household.locked_at.is_(None), Household.ended_at.is_(None))
        .values(
            confirmed_by_household_at=None,
            confirmed_by_household_person=None,
            confirmed_by_village_at=None,
            confirmed_by_village_person=None,
            sent_back_at=clock.now(),
            sent_back_reason=reason,
        ),
    )
    if not done:
        household_or_refuse(session, household_id)
        raise LockedAlready("这一户的登记已锁定，不能退回。")
    row = session.get_one(Household, household_id, populate_existing=True)
    row.flags = [flag for flag in row.flags if flag not in (BY_CADRE, BY_PROXY)]
    session.flush()
    home = _told(session, actor, household_id, "household.sent_back", {"reason": reason})
    tell_household(
        session, household_id, sent_back_notice(home, reason), f"sent-back:{household_id}:{home.sent_back_at}"
    )
    return home


def lock(session: Session, actor: Actor, *, household_id: str) -> HouseholdView:
    """The township's word: the entry becomes part of the baseline.

    Raises ConfirmationMissing, LockedAlready, TwoHandsNeeded where the actor gave one of the words that are locked.
    """
    done = affected(
        session,
        update(Household)
        .where(
            Household.id == household_id,
            Household.locked_at.is_(None),
            Household.confirmed_by_household_at.is_not(None),
            Household.confirmed_by_village_at.is_not(None),
            Household.confirmed_by_household_person != actor.person_id,
            Household.confirmed_by_village_person != actor.person_id,
            Household.ended_at.is_(None),
        )
        .values(locked_at=clock.now(), locked_by=actor.person_id),
    )
    if not done:
        home = household_or_refuse(session, household_id)
        if home.locked_at:
            raise LockedAlready("这一户此前已经锁定。")
        waiting = [
            name
            for name, at in (
                ("居民", home.confirmed_by_household_at),
                ("村委会", home.confirmed_by_village_at),
            )
            if at is None
        ]
        if not waiting:
            raise TwoHandsNeeded("这一户的确认是您自己做的。")
        raise ConfirmationMissing(f"还缺{'、'.join(waiting)}的确认。")
    return _told(session, actor, household_id, "household.locked", {})


def complete(session: Session, actor: Actor, *, household_id: str, changes: dict[str, Any]) -> HouseholdView:
    """Complete what a list left out; an essential of the entry (address, name, path) is not changed here.

    ``changes``: phone, id_number, people, floor_area_m2, vacant, arrangement. Where something that was there and
    confirmed is changed, the confirmations fall and are asked for anew. Raises LockedAlready, BadIdNumber,
    PersonElsewhere, NoSuchArrangement.
    """
    session.execute(select(Household.id).where(Household.id == household_id).with_for_update())
    home = household_or_refuse(session, household_id)
    values = dict(changes)
    flags = set(flags_without(home.flags, *changes))
    if "arrangement" in values:
        path = programme_for(session, home.area_code).path(home.path)
        if path.arrangement(values["arrangement"]) is None:
            choices = "、".join(f"{each.code}（{each.label}）" for each in path.arrangements) or "无"
            raise NoSuchArrangement(f"{path.label}可选的取暖方式：{choices}。")
    if "id_number" in values:
        take_turn(session, home.programme_id)
        reading = _checked_person(session, home, values["id_number"])
        values["id_number"], values["id_hash"] = reading.value, id_hash_of(reading.value or "")
        flags.update(reading.codes)
    if "phone" in values:
        values["phone_hash"] = phone_hash_of(values["phone"])
    row = session.get_one(Household, household_id, populate_existing=True)
    if any(getattr(row, name) not in (None, values[name]) for name in _CONFIRMED if name in values):
        values.update(dict.fromkeys(_WORDS))
        flags -= {BY_CADRE, BY_PROXY}
    done = affected(
        session,
        update(Household)
        .where(Household.id == household_id, Household.locked_at.is_(None))
        .values(flags=sorted(flags), **values),
    )
    if not done:
        raise LockedAlready("这一户的登记已锁定。")
    told = _told(session, actor, household_id, "household.completed", {"fields": sorted(changes)})
    people = people_of_household(session, household_id)
    notify(session, people, completed_notice(told, sorted(changes)), f"completed:{household_id}:{new_id()}")
    return told


_CONFIRMED = ("id_number", "people", "floor_area_m2")  # a new telephone does not unsay who lives there
_WORDS = (
    "confirmed_by_household_at",
    "confirmed_by_household_person",
    "confirmed_by_village_at",
    "confirmed_by_village_person",
)


def _checked_person(session: Session, home: HouseholdView, typed: str) -> IdReading:
    """The number in its canonical form, if it stands and belongs to no other household."""
    reading = read_id_number(typed, clock.today())
    if reading.value is None:
        raise BadIdNumber("号码通不过校验，可能抄错或漏了数字。", errors={"id_number": ["请与身份证核对。"]})
    other = select(Household.id).where(
        Household.programme_id == home.programme_id,
        Household.id_hash == id_hash_of(reading.value),
        Household.id != home.id,
        Household.ended_at.is_(None),
    )
    if session.scalar(other) is not None:
        raise PersonElsewhere("这个身份证号已登记在另一户名下。")
    return reading


def _mark(session: Session, household_id: str, column: InstrumentedAttribute[Any], actor: Actor) -> None:
    person = column.key.removesuffix("_at") + "_person"
    done = affected(
        session,
        update(Household)
        .where(Household.id == household_id, column.is_(None), Household.ended_at.is_(None))
        .values({column.key: clock.now(), person: actor.person_id}),
    )
    if not done:
        household_or_refuse(session, household_id)
        raise _stands_already(session.get_one(Household, household_id, populate_existing=True), column, actor)


def _stands_already(row: Household, column: InstrumentedAttribute[Any], actor: Actor) -> ConfirmedAlready:
    """Who gave the word and when, so that who sends a second time late knows that nothing is lost."""
    at = getattr(row, column.key)
    if at is None:  # taken back by somebody else at this moment
        return ConfirmedAlready("这一步刚刚有变动，请刷新查看。")
    by_you = getattr(row, column.key.removesuffix("_at") + "_person") == actor.person_id
    who = "您" if by_you else "村委会" if column is Household.confirmed_by_village_at else "住户（或代办人）"
    day = day_in_words(clock.local_day(at))
    return ConfirmedAlready(
        f"{who}在{day}已经确认过这一户，那次确认有效，这次没有重复记。",
        facts={"confirmed_at": instant_text(at), "by_you": by_you},
    )


def _footing(actor: Actor, household_id: str) -> str:
    return next(tie.role for tie in actor.ties if tie.household_id == household_id)


def _told(
    session: Session, actor: Actor, household_id: str, event: str, facts: dict[str, Any]
) -> HouseholdView:
    home = household_or_refuse(session, household_id)
    audit.record(session, actor.person_id, event, ("household", household_id), facts, area=home.area_code)
    return home
