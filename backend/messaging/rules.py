"""When may somebody be disturbed, how long is a message worth sending, and when is it tried again?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

QUIET_FROM: Final = time(22)
QUIET_UNTIL: Final = time(7)

DAILY_CAP: Final = 4
"""Messages a person and a day beside the safety ones: an order, its delivery, a visit and one more. Beyond that people
switch the messages off, and then the one that matters does not arrive either."""

A_FAN_OUT: Final = 200
"""People told at once from which on their messages go behind everybody else's."""

MAX_ATTEMPTS: Final = 12
"""With the delays below about three and a half hours: an outage of an evening, not of a day."""

FIRST_DELAY: Final = timedelta(seconds=30)
LONGEST_DELAY: Final = timedelta(minutes=30)

MOST_ASKED: Final = 3  # template ids that one call of the platform's consent dialogue takes safely
ENOUGH_GRANTS: Final = 5  # consents in store after which nobody is asked for more of the same
REST_AFTER_REJECT: Final = timedelta(days=7)  # who said no is left in peace


@dataclass(frozen=True, slots=True)
class Topic:
    """What a notice is about, and how it may travel.

    ``template``: our name of the message template, None for the inbox alone. ``safety``: neither quiet hours nor cap
    (danger, no heat, today's visit). ``resend_unknown``: if the platform's answer was lost, better twice than never.
    ``keeps_hours``: after that nobody is sent it any more; it stays in the inbox.
    """

    code: str
    label: str
    template: str | None = None
    safety: bool = False
    resend_unknown: bool = False
    keeps_hours: int = 36


@dataclass(frozen=True, slots=True)
class Notice:
    """One message's words. ``about``: (kind, id). ``page``: a path of the mini-program without leading slash.

    ``values``: what the topic's template shows, by the template's field (``thing1``) or by the name that the
    configured template gives to that field.
    ``visit_on``: the day of a visit that it tells of. On that day nothing holds it back, as a visit is not to be missed.
    """

    topic: str
    title: str
    body: str
    about: tuple[str, str] | None = None
    household_id: str | None = None
    page: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    visit_on: date | None = None


def cannot_wait(local: datetime, safety: bool, visit_on: date | None) -> bool:
    """Whether neither the night nor a full day holds a message back: danger, no heat, a visit of this very day."""
    return safety or visit_on == local.date()


def first_moment(local: datetime, urgent: bool) -> datetime:
    """The first moment from ``local`` (the person's own time) on at which they may be sent something."""
    if urgent or QUIET_UNTIL <= local.time() < QUIET_FROM:
        return local
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=QUIET_UNTIL.minute, second=0, microsecond=0)
    return morning if local.time() < QUIET_UNTIL else morning + timedelta(days=1)


def next_morning(local: datetime) -> datetime:
    """The end of the coming quiet hours of the next day: when a new day's messages begin."""
    morning = local.replace(hour=QUIET_UNTIL.hour, minute=QUIET_UNTIL.minute, second=0, microsecond=0)
    return morning + timedelta(days=1)


def retry_delay(attempts: int, draw: float) -> timedelta:
    """How long to wait after so many attempts (from 1 on). ``draw`` in [0, 1) spreads those that failed together."""
    doublings = min(max(attempts - 1, 0), 20)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY) * (0.5 + draw)


def worth_asking(balance: int, rejected_at: datetime | None, now: datetime, long_term: bool = False) -> bool:
    """Whether a person with this store of consents may be asked for one more; of a long-term one, whether for any."""
    if rejected_at is not None and now - rejected_at < REST_AFTER_REJECT:
        return False
    return balance < (1 if long_term else ENOUGH_GRANTS)
