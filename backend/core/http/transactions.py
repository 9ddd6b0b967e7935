"""One request, one transaction, and who ends it.

Every route is exactly one of: a GET; ``@idempotent`` (a client's write); ``@commits`` (a write that is exempt from keys:
login, logout, callbacks); ``@reads`` (a POST that changes nothing). A request that ends otherwise is rolled back.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, Final, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from backend.core import idempotency
from backend.core.db import Database

View = TypeVar("View", bound=Callable[..., Any])
RestsOn = Callable[[], frozenset[str]]
StillHolds = Callable[[frozenset[str]], bool]

REPLAYED: Final = "Idempotent-Replay"
_KEY = re.compile(r"[0-9A-Za-z_.:-]{8,64}")
_EXTENSION: Final = "backend.database"
ANONYMOUS: Final = "anonymous"
AS_IT_CAME: Final = "backend.body_hash"  # no header of a client has such a name
_PIECE: Final = 64 * 1024


def attach_database(app: Flask, database: Database) -> None:
    """Give an application its database; another one later takes the first one's place."""
    if _EXTENSION not in app.extensions:
        app.teardown_request(_close)
    app.extensions[_EXTENSION] = database


def database() -> Database:
    found: Database = current_app.extensions[_EXTENSION]
    return found


def db() -> Session:
    """This request's session, opened on first use: for writing unless the request only reads."""
    if "db_session" not in g:
        g.db_session = database().session(writing=not only_reads())
    session: Session = g.db_session
    return session


def only_reads() -> bool:
    """Whether this request changes nothing: a GET, a POST marked ``@reads``, or one that only prepares so far."""
    if g.get("prepares", False):
        return True
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method in ("GET", "HEAD", "OPTIONS") or getattr(view, "manner", None) == "reads"


def prepares(work: Callable[..., Any], undo: Callable[[Any], object] | None = None) -> Callable[[View], View]:
    """Do ``work`` on a session that only reads, before the request's write transaction begins: decoding, judging.

    Stands outside ``@permit``, which is asked before the work and again in the write transaction. ``work`` is given
    the view arguments; the view finds what it made by ``prepared()``. A request that was answered before is not worked
    on again. ``undo`` is given what was made if the view then refuses, fails or does not ask for it; not where a commit
    began and its answer was lost: what was made may be in use.
    """

    def decorate(view: View) -> View:
        may = view.may  # type: ignore[attr-defined]  # left there by the permission

        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            g.prepares = True
            try:
                may(kwargs)
                if _answered_before() is None:
                    g.prepared = work(**kwargs)
            finally:
                _close(None)
                g.prepares = False
                g.pop("actor", None)
            answered = False
            try:
                response = view(*args, **kwargs)
                answered = True
                return response
            finally:
                kept = g.get("prepared_used", False) and (answered or g.get("commit_began", False))
                if undo is not None and "prepared" in g and not kept:
                    undo(g.prepared)

        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def prepared() -> Any:
    """What ``@prepares`` made for this request."""
    g.prepared_used = True
    return g.prepared


def _close(_error: BaseException | None) -> None:
    session = g.pop("db_session", None)
    if session is not None:
        session.rollback()
        session.close()


def end_session() -> None:
    """Undo what this request did so far; the next ``db()`` begins anew."""
    _close(None)


def _commit() -> None:
    """From here on nobody knows, until the answer comes, whether the database took it down."""
    g.commit_began = True
    db().commit()


def reads(view: View) -> View:
    """A POST that writes nothing: a question too long, or too private, for a URL."""
    view.manner = "reads"  # type: ignore[attr-defined]  # a mark read by db()
    return view


def commits(view: View) -> View:
    """A write without an Idempotency-Key: the platform or the browser gives none, or the answer holds a secret."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        response = view(*args, **kwargs)
        _commit()
        return response

    wrapper.manner = "commits"  # type: ignore[attr-defined]  # a mark read by the table of routes
    return wrapper  # type: ignore[return-value]  # wraps keeps the signature


def caller() -> str:
    """The signed-in person's id, or ``anonymous``; set by identity when it opens the session."""
    return g.get("person_id") or ANONYMOUS


def _nothing() -> frozenset[str]:
    return frozenset()


_judges: tuple[RestsOn, StillHolds] = (_nothing, lambda _kept: True)


def learn_rights_from(rests_on: RestsOn, still_holds: StillHolds) -> None:
    """Identity knows what the answer being given rests on, and whether that still holds for who asks for it again."""
    global _judges
    _judges = (rests_on, still_holds)


def idempotent(view: View | None = None, *, secret: bool = False) -> Any:
    """Run once for each (person, operation, Idempotency-Key); repeat the stored answer to every later call.

    Stands outside the response serialiser, so that what is stored is what was said, and inside ``permit``, which judges
    each repeat like a first call. The effect, the key and the answer are committed together. With ``secret`` the answer
    is not stored: a repeat is told that it was done. Raises AnswerWithheld where the right to see it was lost since.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            who, operation, key = _claimed_by_request()
            earlier = idempotency.claim(db(), who, operation, key, body_hash())
            if earlier is not None:
                return _repeat(earlier)
            response: Response = current_app.make_response(view(*args, **kwargs))
            if g.pop("answer_not_kept", False):
                commit_without_key()
                return response
            text = "" if secret else response.get_data(as_text=True)
            rests_on = _judges[0]() if text or secret else frozenset()
            idempotency.store(
                db(), who, operation, key, idempotency.Answer(response.status_code, text, rests_on)
            )
            _commit()
            return response

        wrapper.manner = "idempotent"  # type: ignore[attr-defined]  # a mark read by the table of routes
        wrapper.secret = secret  # type: ignore[attr-defined]  # a mark read by the document
        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate if view is None else decorate(view)


def _claimed_by_request() -> tuple[str, str, str]:
    """(person, operation, key) of this request; raises KeyMissing."""
    return caller(), f"{request.method} {request.path}"[:200], checked_key()


def _answered_before() -> idempotency.Answer | None:
    return idempotency.answered(db(), *_claimed_by_request(), body_hash())


def checked_key() -> str:
    """The request's Idempotency-Key; raises KeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise idempotency.KeyMissing("请求头 Idempotency-Key 缺失或格式不对。")
    return key


def commit_without_key() -> None:
    """Give up the key that ``@idempotent`` claimed for this request, and commit the rest: the repeat is judged anew."""
    idempotency.forget(db(), *_claimed_by_request())
    _commit()


def keep_no_answer() -> None:
    """Let this request leave no key behind: what it did is as true twice, and a flood of it must not fill the table."""
    g.answer_not_kept = True


def _repeat(earlier: idempotency.Answer) -> Response:
    if earlier.rests_on and not _judges[1](earlier.rests_on):
        raise idempotency.AnswerWithheld(
            "这次操作当时已经办成；此后您的身份、辖区、企业或家庭关系有变动，当时的结果不再显示。"
        )
    if not earlier.body and earlier.status != 204:
        raise idempotency.DoneBefore()
    headers = {REPLAYED: "true"}
    if earlier.status == 202:
        headers["Location"] = json.loads(earlier.body)["url"]
    return Response(earlier.body, status=earlier.status, content_type="application/json", headers=headers)


def _length_and_digest(stream: IO[bytes]) -> tuple[int, bytes]:
    """Read in pieces: a file lies on the disk, and need not lie in memory as well."""
    length, digest = 0, hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(_PIECE):
        length += len(piece)
        digest.update(piece)
    stream.seek(0)
    return length, digest.digest()


def body_hash() -> str:
    """The request's content, independent of the order of JSON names and of multipart boundaries; of a request that is
    played again, what it was when it came."""
    if AS_IT_CAME in request.environ:
        return str(request.environ[AS_IT_CAME])
    digest = hashlib.sha256(request.query_string)
    if request.mimetype == "multipart/form-data":
        for name, value in sorted(request.form.items(multi=True)):
            digest.update(f"\0{name}={value}".encode())
        for name, upload in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
            length, of_the_file = _length_and_digest(upload.stream)
            digest.update(f"\0{name}:{upload.filename}:{length}".encode() + of_the_file)
    elif body := request.get_data():
        digest.update(json.dumps(json.loads(body), sort_keys=True, ensure_ascii=True).encode())
    return digest.hexdigest()
