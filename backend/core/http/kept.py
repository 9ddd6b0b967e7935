"""What must be heard though the database is away: the request is kept, answered at once, and played when it is back.

A route marked with ``kept_when_away`` is tried for ``TRIED_SECONDS``. If the database has not taken it by then, the
request is sealed on the disk as it came, with its key and its session, and the person is told what to do now. It is
played later through the same route, as of the moment at which it was heard. Its key makes it count once: whether the
first try was committed after all, or the phone repeats it meanwhile.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Flask, Response, current_app, request
from marshmallow import Schema as AnySchema
from marshmallow import ValidationError
from werkzeug.test import EnvironBuilder

from backend.core import clock, crypto
from backend.core.away import DATABASE_AWAY
from backend.core.db import hurried
from backend.core.errors import Invalid, Unavailable
from backend.core.http.transactions import checked_key
from backend.core.keeping import Keeping

log = logging.getLogger("backend.kept")

TRIED_SECONDS: Final = 1.4
"""Whoever reports danger sees what to do within two."""
AGAIN_SECONDS: Final = 2.0
MOST_KEPT: Final = 20_000

_EXTENSION: Final = "backend.kept_requests"
_PURPOSE: Final = "http.kept"
_PLAYED: Final = "backend.played"

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


class KeptRequests:
    """What a web process does with requests that were answered and not taken yet."""

    def __init__(self, app: Flask, waiting: Keeping) -> None:
        self._app = app
        self._waiting = waiting
        self._lock = threading.Lock()
        self._taking_up = threading.Lock()
        self._again: threading.Timer | None = None
        self._closed = False

    def close(self) -> None:
        """Play what waits no more; whoever starts next does. Returns when nothing is being played."""
        with self._lock:
            self._closed = True
            if self._again is not None:
                self._again.cancel()
        with self._taking_up:
            pass

    def keep(self, kept: KeptRequest) -> None:
        """Raises OSError where nothing can be kept."""
        names = self._waiting.names()
        if not any(name.endswith(f"-{kept.name}") for name in names):
            if len(names) >= MOST_KEPT:
                raise OSError("too much waits already")
            self._waiting.put(kept.name, kept.sealed())
        self._take_up_after(AGAIN_SECONDS)

    def take_up_soon(self) -> None:
        """Play what waits, in a thread, and look again as long as something does."""
        if self._waiting.names():
            self._take_up_after(0)

    def take_up(self) -> int:
        """Play what waits, in its order; how much still does. What can never be taken is set aside."""
        with self._taking_up:
            for name in self._waiting.names():
                if self._closed or not self._taken_up(name):
                    break
            return len(self._waiting.names())

    def _taken_up(self, name: str) -> bool:
        """False where the database is away: then the others need not be tried."""
        try:
            status = self._played(KeptRequest.unsealed(self._waiting.get(name)))
        except FileNotFoundError:
            return True  # another process took it
        except Exception:
            log.exception("a request that was kept cannot be read", extra={"push": name})
            self._waiting.set_aside(name)
            return True
        if status in (429, 503):
            return False
        if status >= 400:
            log.error("a request that was kept is refused for good: %s", status, extra={"push": name})
            self._waiting.set_aside(name)
        else:
            log.warning("a request that was kept was taken", extra={"push": name})
            self._waiting.remove(name)
        return True

    def _played(self, kept: KeptRequest) -> int:
        """The status of its answer now."""
        headers = [("Idempotency-Key", kept.key)]
        if kept.authorization is not None:
            headers.append(("Authorization", kept.authorization))
        builder = EnvironBuilder(
            kept.path,
            method=kept.method,
            data=json.dumps(kept.body),
            content_type="application/json",
            headers=headers,
            environ_overrides={"REMOTE_ADDR": kept.address, _PLAYED: True},
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
            left = self.take_up() > 0
        except Exception:  # the disk, for one; what waits there is not forgotten for it
            log.exception("requests that wait could not be looked at")
        finally:
            with self._lock:
                self._again = None
        if left:
            self._take_up_after(AGAIN_SECONDS)


def attach_kept_requests(app: Flask, waiting: Keeping) -> KeptRequests:
    """Give an application what it keeps requests in; another one later takes the first one's place."""
    kept = app.extensions[_EXTENSION] = KeptRequests(app, waiting)
    return kept


def kept_when_away(
    schema: type[AnySchema],
    cannot_wait: Callable[[Mapping[str, Any]], bool],
    answer: Callable[[dict[str, Any]], dict[str, Any]],
    answered: type[AnySchema],
) -> Callable[[View], View]:
    """Keep a request that ``cannot_wait`` (by its body as it came) when the database does not take it in time.

    ``answer`` makes what is said then from the body as ``schema`` loads it, without the database, and may refuse what
    can never be taken; it is told in the shape of ``answered``, with 202. Stands outside of all that asks the database.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            sent = request.get_json(silent=True)
            if _PLAYED in request.environ or not isinstance(sent, dict) or not cannot_wait(sent):
                return view(*args, **kwargs)
            try:
                with hurried(TRIED_SECONDS):
                    return view(*args, **kwargs)
            except DATABASE_AWAY:
                log.exception("the database is away; what cannot wait is kept")
            said = answer(_valid(schema, sent))
            _keep(sent, said)
            return Response(
                json.dumps(answered().dump(said), ensure_ascii=False), 202, content_type="application/json"
            )

        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def _valid(schema: type[AnySchema], sent: Mapping[str, Any]) -> dict[str, Any]:
    try:
        body: dict[str, Any] = schema().load(sent)
    except ValidationError as error:
        raise Invalid("填写的内容有误。", errors=error.messages_dict) from error
    return body


def _keep(sent: Any, said: Mapping[str, Any]) -> None:
    kept = KeptRequest(
        request.method,
        request.path,
        sent,
        checked_key(),
        request.headers.get("Authorization"),
        request.remote_addr or "",
        clock.now(),
    )
    requests: KeptRequests = current_app.extensions[_EXTENSION]
    try:
        requests.keep(kept)
    except OSError as error:
        log.critical("a report of danger could not be kept", exc_info=error)
        advice = said.get("advice", ())
        steps = "".join(f"{step.number}. {step.text}" for step in advice)
        facts = {"advice": [{"number": step.number, "text": step.text} for step in advice]}
        raise NotKept(next=steps + NotKept.next, facts=facts) from error
