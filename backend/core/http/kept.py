"""What must be heard though the database is away: the request is kept, answered at once, and played when it is back.

A route marked with ``kept_when_away`` is tried for ``TRIED_SECONDS``. If the database has not taken it by then, the
request is sealed on the disk as it came, with its key and its session, and the person is told what to do now. It is
played later through the same route, as of the moment at which it was heard. Its key makes it count once: whether the
first try was committed after all, or the phone repeats it meanwhile. What is refused then is set aside on the disk, and
``KeptUnheard`` is published: somebody was promised that people are told.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, g, request
from marshmallow import Schema as AnySchema
from marshmallow import ValidationError
from werkzeug.test import EnvironBuilder

from backend.core import clock, crypto, events
from backend.core.away import DATABASE_AWAY
from backend.core.db import hurried
from backend.core.errors import Invalid, Problem, Unavailable
from backend.core.http.rates import network
from backend.core.http.transactions import AS_IT_CAME, body_hash, checked_key, database, end_session
from backend.core.idempotency import KeyReused
from backend.core.keeping import Keeping

log = logging.getLogger("backend.kept")

TRIED_SECONDS: Final = 1.4
"""Whoever reports danger sees what to do within two."""
TRIED_AGAIN_SECONDS: Final = 0.3
FRESH_SECONDS: Final = 5.0
"""So long after a try in vain the next ones are short: people who report at once wait for each other's thread."""
AGAIN_SECONDS: Final = 2.0
AGAIN_AT_MOST: Final = 300.0
TOLD_AFTER: Final = 3
"""Tries that failed for another reason than the database, and people are told, while it is tried again."""
MOST_KEPT: Final = 20_000
"""Of it half from one network at most, and a third of what is no danger: no stranger leaves danger without room."""
LIST_MAX: Final = 9
TEXT_MAX: Final = 2_000
AUTHORIZATION_MAX: Final = 512

_EXTENSION: Final = "backend.kept_requests"
_PURPOSE: Final = "http.kept"
_PLAYED: Final = "backend.played"
_DANGER, _ELSE = "d", "e"  # in a name, behind its moment

View = TypeVar("View", bound=Callable[..., Any])


class NotKept(Unavailable):
    code = "http.not_kept"
    title = "报告没有送到"
    next = "请马上拨打120或119，并打电话告诉村干部。"


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request as it came, and when."""

    method: str
    path: str
    body: Any
    key: str
    authorization: str | None
    address: str
    heard_at: datetime
    danger: bool = True
    body_hash: str = ""
    """Of the body as it came; ``body`` may be shorter."""

    @property
    def waits_as(self) -> str:
        return f"{_DANGER if self.danger else _ELSE}-{self.network}-{self.body_hash[:16]}-{self.name}"

    @property
    def network(self) -> str:
        """The same for what comes of one network; nobody can read from it which."""
        return crypto.lookup_hash(f"{_PURPOSE}.network", network(self.address))[:16]

    @property
    def name(self) -> str:
        """The same for a repetition; nobody can read from it who asked what."""
        return crypto.lookup_hash(_PURPOSE, f"{self.authorization}\0{self.path}\0{self.key}")[:32]

    def sealed(self) -> bytes:
        fields = {each: getattr(self, each) for each in self.__slots__} | {
            "heard_at": self.heard_at.isoformat()
        }
        return crypto.seal(json.dumps(fields, ensure_ascii=False), _PURPOSE).encode()

    @classmethod
    def unsealed(cls, sealed: bytes) -> KeptRequest:
        fields = json.loads(crypto.unseal(sealed.decode(), _PURPOSE))
        return cls(**fields | {"heard_at": datetime.fromisoformat(fields["heard_at"])})


@dataclass(frozen=True, slots=True)
class KeptUnheard(events.Event):
    """A kept request was refused with ``status`` when it was played, or fails again and again (5xx).

    ``body`` is as it came, None where it cannot be read. ``key`` is the same each time for one request.
    """

    key: str
    status: int
    body: Mapping[str, Any] | None = field(repr=False)
    heard_at: datetime | None


class KeptRequests:
    """What a web process does with requests that were answered and not taken yet."""

    def __init__(self, app: Flask, waiting: Keeping) -> None:
        self._app = app
        self._waiting = waiting
        self._lock = threading.Lock()
        self._taking_up = threading.Lock()
        self._again: threading.Timer | None = None
        self._failed: dict[str, tuple[int, float]] = {}  # how often, and when (monotonic) it is tried again
        self._keeping = threading.Lock()
        self._known: dict[str, tuple[str, str]] | None = None  # network and body by name, as of the last look
        self._closed = False
        self.found_away_at = -FRESH_SECONDS  # monotonic

    def seconds_to_try(self) -> float:
        """For how long the database is given to take a request."""
        fresh = time.monotonic() - self.found_away_at < FRESH_SECONDS
        return TRIED_AGAIN_SECONDS if fresh else TRIED_SECONDS

    def close(self) -> None:
        """Play what waits no more; whoever starts next does. Returns when nothing is being played."""
        with self._lock:
            self._closed = True
            if self._again is not None:
                self._again.cancel()
        with self._taking_up:
            pass

    def keep(self, kept: KeptRequest) -> None:
        """Raises OSError where nothing can be kept, and KeyReused where another request came with the same key.

        What other processes kept since the last look is not asked for: kept twice, a request still counts once.
        """
        with self._keeping:
            if self._known is None:
                self._known = _by_name(self._waiting.names())
            before = self._known.get(kept.name)
            if before is None:
                self._see_to_room(kept, self._known)
                self._waiting.put(
                    kept.waits_as, kept.sealed(), rest=not kept.danger, share=f"-{kept.network}-"
                )
                self._known[kept.name] = (kept.network, kept.body_hash[:16])
            elif before[1] != kept.body_hash[:16]:
                raise KeyReused("这个操作编号已用于另一次提交，内容不同，系统没有再次办理。")
        self._take_up_after(AGAIN_SECONDS)

    def _see_to_room(self, kept: KeptRequest, known: Mapping[str, tuple[str, str]]) -> None:
        if len(known) >= (MOST_KEPT if kept.danger else MOST_KEPT // 3):
            raise OSError("too much waits already")
        if sum(of == kept.network for of, _ in known.values()) >= MOST_KEPT // 2:
            raise OSError("too much of one network waits already")

    def take_up_soon(self) -> None:
        """Play what waits, in a thread, and look again as long as something does."""
        if self._waiting.may_hold_something():
            self._take_up_after(0)

    def take_up(self, *, due: bool = False) -> int:
        """Play what waits, danger first, each in its order; how much still does. What is refused is set aside, and people are told.

        ``due``: leave out for a while what failed by itself.
        """
        with self._taking_up:
            for name in sorted(self._waiting.names(), key=_can_wait):
                if due and self._failed.get(name, (0, 0.0))[1] > time.monotonic():
                    continue
                if self._closed or not self._handled(name):
                    break
            left = self._waiting.names()
            self._failed = {name: self._failed[name] for name in left if name in self._failed}
            with self._keeping:
                self._known = _by_name(left)
            return len(left)

    def _handled(self, name: str) -> bool:
        """As ``_taken_up``; what the disk refuses of one does not stop the others."""
        try:
            return self._taken_up(name)
        except OSError:
            log.exception("a request that was kept cannot be moved or removed", extra={"push": name})
            self._try_later(name)
            return True

    def _taken_up(self, name: str) -> bool:
        """False where the database is away: then the others need not be tried."""
        try:
            kept = KeptRequest.unsealed(self._waiting.get(name))
        except FileNotFoundError:
            return True  # another process took it
        except OSError:
            log.exception("a request that was kept cannot be read now", extra={"push": name})
            self._try_later(name)
            return True
        except Exception:
            log.exception("a request that was kept cannot be read", extra={"push": name})
            return self._set_aside(name, 500, None)
        status = self._status_now(kept)
        if status == 503:
            return False
        if status == 429:  # its sender's, and not the others' matter
            self._try_later(name)
            return True
        if status >= 500:
            return self._try_later(name) < TOLD_AFTER or self._told(name, status, kept)
        if status >= 400:
            log.error("a request that was kept is refused for good: %s", status, extra={"push": name})
            return self._set_aside(name, status, kept)
        log.warning("a request that was kept was taken", extra={"push": name})
        self._waiting.remove(name)
        return True

    def _status_now(self, kept: KeptRequest) -> int:
        try:
            return self._played(kept)
        except Exception:
            log.exception("a request that was kept could not be played")
            return 500

    def _try_later(self, name: str) -> int:
        """Not at once again; how often it failed so far."""
        failed = self._failed.get(name, (0, 0.0))[0] + 1
        pause = min(AGAIN_AT_MOST, AGAIN_SECONDS * 2 ** min(failed, 10))
        self._failed[name] = (failed, time.monotonic() + pause)
        return failed

    def _set_aside(self, name: str, status: int, kept: KeptRequest | None) -> bool:
        """Tell people, then set it aside: in this order, as a crash between may tell twice and not never."""
        if not self._told(name, status, kept):
            return False
        self._waiting.set_aside(name)
        return True

    def _told(self, name: str, status: int, kept: KeptRequest | None) -> bool:
        """False where the database is away."""
        unheard = KeptUnheard(
            name.rpartition("-")[2], status, kept.body if kept else None, kept.heard_at if kept else None
        )
        try:
            with self._app.app_context(), database().writing() as session:
                events.publish(session, unheard)
        except DATABASE_AWAY:
            return False
        except Exception:
            log.critical("nobody could be told of a kept request", exc_info=True, extra={"push": name})
        return True

    def _played(self, kept: KeptRequest) -> int:
        """The status of its answer now."""
        headers = [("Idempotency-Key", kept.key)]
        if kept.authorization is not None:
            headers.append(("Authorization", kept.authorization))
        as_it_came = {AS_IT_CAME: kept.body_hash} if kept.body_hash else {}
        builder = EnvironBuilder(
            kept.path,
            method=kept.method,
            data=json.dumps(kept.body),
            content_type="application/json",
            headers=headers,
            environ_overrides={"REMOTE_ADDR": kept.address, _PLAYED: True, **as_it_came},
        )
        try:
            environ = builder.get_environ()
        finally:
            builder.close()
        with self._app.request_context(environ), clock.as_of(kept.heard_at):
            return self._app.full_dispatch_request().status_code

    def _take_up_after(self, seconds: float) -> None:
        with self._lock:
            if self._closed or self._again is not None:
                return
            self._again = threading.Timer(seconds, self._look_again)
            self._again.daemon = True
            self._again.start()

    def _look_again(self) -> None:
        left = True
        try:
            left = self.take_up(due=True) > 0
        except Exception:  # the disk, for one; what waits there is not forgotten for it
            log.exception("requests that wait could not be looked at")
        finally:
            with self._lock:
                self._again = None
        # Something may have been kept after the last look, while this one was still on.
        if left or self._waiting.may_hold_something():
            self._take_up_after(AGAIN_SECONDS)


def _by_name(names: list[str]) -> dict[str, tuple[str, str]]:
    """Network and body by the request's own name."""
    parts = (name.split("-") for name in names)
    return {each[-1]: (each[2], each[3]) for each in parts if len(each) == 5}


def _can_wait(name: str) -> bool:
    return f"-{_ELSE}-" in name


def _kept_here() -> KeptRequests:
    found: KeptRequests = current_app.extensions[_EXTENSION]
    return found


def attach_kept_requests(app: Flask, waiting: Keeping) -> KeptRequests:
    """Give an application what it keeps requests in; another one later takes the first one's place."""
    kept = app.extensions[_EXTENSION] = KeptRequests(app, waiting)
    return kept


def kept_when_away(
    schema: type[AnySchema],
    cannot_wait: Callable[[Mapping[str, Any]], bool],
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    answered: type[AnySchema],
    otherwise: Callable[[dict[str, Any]], Any] | None = None,
    danger: Callable[[Mapping[str, Any]], bool] = lambda _body: True,
) -> Callable[[View], View]:
    """Keep a request that ``cannot_wait`` (by its body as it came) when the database does not take it in time.

    ``answer`` makes what is said then from the body as ``schema`` loads it, without the database, and may refuse what
    can never be taken; it is told in the shape of ``answered``, with 202. Stands outside of all that asks the database.

    Nobody could be asked who the sender is when the request was kept. Where it is refused to them when it is played (401,
    403, 404), ``otherwise`` may take it all the same, as anybody's word; None where it cannot. ``danger``: by the body, what
    is played before all else.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            sent = request.get_json(silent=True)
            if _PLAYED in request.environ:
                return _as_sent_or_anybody_s(
                    view, args, kwargs, lambda: _valid(schema, sent or {}), otherwise
                )
            if not isinstance(sent, dict) or not cannot_wait(sent):
                return view(*args, **kwargs)
            try:
                with hurried(_kept_here().seconds_to_try()):
                    return view(*args, **kwargs)
            except DATABASE_AWAY:
                _kept_here().found_away_at = time.monotonic()
                log.exception("the database is away; what cannot wait is kept")
            body = _valid(schema, sent)
            said = answer(body)
            _keep(_no_longer_than_needed(sent, body), said, danger(body))
            return Response(
                json.dumps(answered().dump(said), ensure_ascii=False), 202, content_type="application/json"
            )

        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def _as_sent_or_anybody_s(
    view: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    body: Callable[[], dict[str, Any]],
    otherwise: Callable[[dict[str, Any]], Any] | None,
) -> Any:
    try:
        return view(*args, **kwargs)
    except Problem as refused:
        if otherwise is None or refused.status not in (401, 403, 404):
            raise
        log.warning("a kept request is refused to its sender: %s", refused.code)
        end_session()
        g.pop("actor", None)
        answer = otherwise(body())
        if answer is None:
            raise
        return answer


def _valid(schema: type[AnySchema], sent: Mapping[str, Any]) -> dict[str, Any]:
    try:
        body: dict[str, Any] = schema().load(sent)
    except ValidationError as error:
        raise Invalid("填写的内容有误。", errors=error.messages_dict) from error
    return body


def _no_longer_than_needed(sent: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The same request, without what its schema leaves out anyway: a stranger's megabyte is not kept."""
    short: dict[str, Any] = {}
    for name, value in sent.items():
        meant = body.get(name)
        if isinstance(meant, list):
            short[name] = meant[:LIST_MAX]
        elif isinstance(value, str) and len(value) > TEXT_MAX:
            short[name] = None if meant is None else str(meant)
        else:
            short[name] = value
    return short


def _authorization() -> str | None:
    """None for what is too long to be a session of ours."""
    given = request.headers.get("Authorization")
    return given if given is None or len(given) <= AUTHORIZATION_MAX else None


def _keep(sent: Any, said: Mapping[str, Any], danger: bool) -> None:
    kept = KeptRequest(
        request.method,
        request.path,
        sent,
        checked_key(),
        _authorization(),
        request.remote_addr or "",
        clock.now(),
        danger,
        body_hash(),
    )
    try:
        _kept_here().keep(kept)
    except OSError as error:
        log.critical("a report of danger could not be kept", exc_info=error)
        advice = said.get("advice", ())
        steps = "".join(f"{step.number}. {step.text}" for step in advice)
        facts = {"advice": [{"number": step.number, "text": step.text} for step in advice]}
        hotline = f"服务热线 {said['hotline']}。" if said.get("hotline") else ""
        raise NotKept(next=steps + NotKept.next + hotline, facts=facts) from error
