"""Rate limits, counted in the database so that several processes share them.

There are two kinds, because they protect different things. Both belong innermost, below ``permit``, ``idempotent`` and
``arguments``, where session and body are known: a senseless request, and a stored answer given again, count nothing.

``limited`` stands against floods: it counts what was valid. The count is one statement in the request's own transaction: a
request that is refused is rolled back, and its count with it.

``limited_guesses`` stands against guessing: it counts what was wrong, and that stays when all else of the request is undone.
A try is counted before it is judged and its count is locked until it was, so that tries at once are no more tries; what
was not wrong is given back.

People who are signed in are counted by person, others by network: one IPv4 address, or the /64 of an IPv6 address, which is
what one household or one phone has. What a danger needs is never limited (``passes``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from ipaddress import IPv6Address, ip_address
from typing import Any, Final, TypeVar

from flask import current_app, g, request
from sqlalchemy import Integer, String, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.core.db import Base, affected
from backend.core.errors import Problem, TooMany
from backend.core.http.api import refuses
from backend.core.http.transactions import commit_without_key, database, db, only_reads
from backend.core.leases import wall_clock

View = TypeVar("View", bound=Callable[..., Any])

_BUCKET_MAX: Final = 160


class RateCount(Base):
    """How often ``bucket`` was used in a window (window start in epoch seconds)."""

    __tablename__ = "rate_counts"

    bucket: Mapped[str] = mapped_column(String(_BUCKET_MAX), primary_key=True)
    window_start: Mapped[int] = mapped_column(Integer, primary_key=True)
    used: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True)
class Use:
    """The number of a use in its window, 1 the first; and how many seconds the window still has."""

    number: int
    seconds_left: int
    window_start: int


def count_use(session: Session, bucket: str, seconds: int) -> Use:
    """Count one use, in one statement. On PostgreSQL uses of one bucket wait for each other's transaction."""
    now = int(wall_clock().timestamp())
    start = now // seconds * seconds
    session.flush()
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(RateCount).values(bucket=bucket[:_BUCKET_MAX], window_start=start, used=1)
    counted = statement.on_conflict_do_update(
        index_elements=["bucket", "window_start"], set_={"used": RateCount.used + 1}
    ).returning(RateCount.used)
    return Use(session.execute(counted).scalar_one(), max(1, start + seconds - now), start)


def network(address: str | None) -> str:
    """What is counted as one caller: an IPv4 address (also one written as IPv6), or the /64 of an IPv6 address."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "?"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"


def network_of_request() -> str:
    return network(request.remote_addr)


def caller_counted() -> str:
    """The person where one is signed in (known once ``permit`` or ``open_to_all(recognise=True)`` has run), else the network."""
    person: str | None = g.get("person_id")
    return person or network_of_request()


def limited(
    name: str,
    limit: int,
    seconds: int,
    *,
    per: Callable[[], str] = caller_counted,
    at_a_network: int | None = None,
    passes: Callable[..., bool] | None = None,
    heard_beyond: Callable[..., bool] | None = None,
    refusal: type[TooMany] = TooMany,
) -> Callable[[View], View]:
    """Against floods: at most ``limit`` valid calls of this route in each window of ``seconds`` for one caller.

    ``at_a_network``: the limit where nobody is signed in, as a carrier gives many phones one address. ``passes`` is asked
    with what the view is called with; what it says yes to is neither counted nor refused. ``heard_beyond`` is asked the same
    only beyond the limit, where the answer costs a look into the database. Raises ``refusal``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if passes is not None and passes(*args, **kwargs):
                return view(*args, **kwargs)
            bucket, known = f"{name}:{per()}", bool(g.get("person_id"))
            most = limit if at_a_network is None or known else at_a_network
            if not known and _in_the_requests_transaction():
                # Last of all: phones of one network wait for each other from here to the commit, not for all that they do.
                answer, use = view(*args, **kwargs), _count(bucket, seconds)
                if use.number > most:
                    raise _too_many(refusal, most, seconds, use)
                return answer
            use = _count(bucket, seconds)
            if use.number > most and not (heard_beyond is not None and heard_beyond(*args, **kwargs)):
                raise _too_many(refusal, most, seconds, use)
            return view(*args, **kwargs)

        return refuses(refusal)(wrapper)  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


@dataclass(frozen=True, slots=True)
class Guesses:
    """At most ``limit`` wrong calls in each window of ``seconds`` for one ``per``, then ``refusal``.

    ``per`` is asked with what the view is called with; where it says None there is nothing to guess. ``spent`` is called in
    the request's transaction when the last try was wrong, with the session and what the view was called with.
    """

    name: str
    limit: int
    seconds: int
    per: Callable[..., str | None] = lambda *_args, **_kwargs: caller_counted()
    refusal: type[TooMany] = TooMany
    spent: Callable[..., None] | None = None


def limited_guesses(wrong: type[Problem], *limits: Guesses) -> Callable[[View], View]:
    """Against guessing: count the calls that end in ``wrong`` by each of ``limits``. For ``@idempotent`` routes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            session = db()
            counted: list[tuple[Guesses, str, Use]] = []
            for each in limits:
                whose = each.per(*args, **kwargs)
                if whose is None:
                    continue
                bucket = f"{each.name}:{whose}"
                use = count_use(session, bucket, each.seconds)
                if use.number > each.limit:
                    raise _too_many(each.refusal, each.limit, each.seconds, use)
                counted.append((each, bucket, use))
            try:
                with session.begin_nested():
                    answer = view(*args, **kwargs)
            except wrong:
                for each, _bucket, use in counted:
                    if each.spent is not None and use.number == each.limit:
                        each.spent(session, *args, **kwargs)
                commit_without_key()
                raise
            for _each, bucket, use in counted:
                _give_back(session, bucket, use)
            return answer

        return refuses(*(each.refusal for each in limits))(wrapper)  # type: ignore[return-value]  # wraps keeps it

    return decorate


def _count(bucket: str, seconds: int) -> Use:
    """In the request's transaction where one has begun; else, or where that only reads, in a short one of its own."""
    if "db_session" not in g or only_reads():
        with database().writing() as own:
            return count_use(own, bucket, seconds)
    use = count_use(db(), bucket, seconds)
    if not _in_the_requests_transaction():
        db().commit()  # such a route asks a platform next: the count stands, and no lock is held meanwhile
    return use


def _in_the_requests_transaction() -> bool:
    """Whether a count is committed, or undone, with what the request does."""
    view = current_app.view_functions.get(request.endpoint or "")
    return "db_session" in g and getattr(view, "manner", None) == "idempotent"


def _give_back(session: Session, bucket: str, use: Use) -> None:
    affected(
        session,
        update(RateCount)
        .where(RateCount.bucket == bucket[:_BUCKET_MAX], RateCount.window_start == use.window_start)
        .values(used=RateCount.used - 1),
    )


def _too_many(refusal: type[TooMany], limit: int, seconds: int, use: Use) -> TooMany:
    return refusal(f"尝试次数过多，每 {_spoken(seconds)}最多 {limit} 次。", retry_after=use.seconds_left)


def _spoken(seconds: int) -> str:
    if seconds % 86400 == 0:
        return f"{seconds // 86400} 天"
    if seconds % 3600 == 0:
        return f"{seconds // 3600} 小时"
    return f"{max(1, seconds // 60)} 分钟"


def forget_old(session: Session) -> int:
    """Drop windows that ended more than two days ago."""
    return affected(
        session,
        delete(RateCount).where(RateCount.window_start < int(wall_clock().timestamp()) - 2 * 86400),
    )
