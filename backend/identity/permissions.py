"""Who is calling, and may they: ``@permit`` beside each route, decided by ``rules.standing``.

A stored answer is judged like a first call: what its route does not ask for again (a role, a tie, a job at a house) is kept
with the answer, by ``rests_on``, and must still hold.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Final, TypeVar

from flask import g, request
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.db import affected
from backend.core.errors import Invalid, NotFound, NotPermitted, NotSignedIn
from backend.core.http import database, db, note_in_document, only_reads
from backend.core.http.shapes import holds_control_characters
from backend.identity.errors import SessionEnded
from backend.identity.models import LoginSession
from backend.identity.queries import actor_for, session_of_token
from backend.identity.roles import ACTS, EVERYBODY
from backend.identity.rules import Actor, Place, standing

View = TypeVar("View", bound=Callable[..., Any])
PlaceOf = Callable[[Session, str], Place | None]

_places: dict[str, PlaceOf] = {"area": lambda _session, code: Place(area_code=code)}
_SEEN_EVERY = timedelta(hours=1)
_PLACE: Final = "place"


def define_scope(name: str, place_of: PlaceOf) -> None:
    """Tell how the id of a ``name`` leads to its place; wiring calls this for every capability."""
    _places[name] = place_of


def place_of(session: Session, scope: str, identifier: str) -> Place | None:
    return _places[scope](session, identifier)


def _token() -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def actor_or_none() -> Actor | None:
    """The signed-in person, or None without a session; an ended session is refused rather than ignored."""
    if "actor" in g:
        found: Actor | None = g.actor
        return found
    token = _token()
    if token is None:
        g.actor = None
        return None
    opened = session_of_token(db(), token)
    if opened is None:
        raise SessionEnded("登录已过期或已退出。")
    if opened.seen_at < clock.now() - _SEEN_EVERY:
        _slide(opened.id)
    g.person_id = opened.person_id
    g.actor = actor_for(db(), opened.person_id, opened.id)
    return g.actor


def _slide(session_id: str) -> None:
    statement = update(LoginSession).where(LoginSession.id == session_id).values(seen_at=clock.now())
    if only_reads():
        with database().writing() as own:
            affected(own, statement)
    else:
        affected(db(), statement)


def actor() -> Actor:
    """The signed-in person; raises NotSignedIn."""
    found = actor_or_none()
    if found is None:
        raise NotSignedIn("此操作需要登录。")
    return found


def _scope_id(scope: str, view_args: dict[str, Any]) -> str:
    name = "area_code" if scope == "area" else f"{scope}_id"
    value: Any = view_args.get(name)
    if value is None:
        # Only where the route itself will read: two places of one request must not name two households.
        if request.method in ("GET", "HEAD"):
            value = request.args.get(name)
        elif request.mimetype == "multipart/form-data":
            value = request.form.get(name)
        elif request.get_data():
            body = request.get_json(silent=True)
            value = body.get(name) if isinstance(body, dict) else None
    # This is looked up before any schema sees it: what a database would choke on ends here.
    if not isinstance(value, str) or not 0 < len(value) <= 64 or holds_control_characters(value):
        raise Invalid("缺少必填项，或格式不对。", errors={name: ["必填。"]})
    return value


def permit(act: str, scope: str | None = None) -> Callable[[View], View]:
    """Let a route be called by the roles of ``act``; with ``scope``, only within their area, company or household.

    The scope's id is the view argument, JSON field, form field or query parameter ``<scope>_id`` (``area_code`` for
    areas). 401 without a session, 403 where no role may do it, 404 outside one's reach: what is elsewhere does not
    exist.
    """
    if act not in ACTS:
        raise ValueError(f"{act} is not in the table of acts")

    def may(view_args: dict[str, Any]) -> None:
        caller = actor()
        g.act = act
        if standing(act, caller, None) == "no":
            raise NotPermitted("您的身份没有办理此事的权限。")
        if scope is not None:
            place = place_of(db(), scope, _scope_id(scope, view_args))
            if place is None or standing(act, caller, place) != "yes":
                raise NotFound("没有找到，或不在您的辖区、企业或家庭范围内。")
            g.place = place

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            may(kwargs)
            return view(*args, **kwargs)

        refusals = [*getattr(view, "_apidoc", {}).get("refusals", ()), SessionEnded]
        note_in_document(wrapper, act=act, scope=scope, refusals=refusals)
        wrapper.act = act  # type: ignore[attr-defined]  # a mark read by the table of routes
        wrapper.may = may  # type: ignore[attr-defined]  # asked by whoever works before the route's transaction
        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate


def open_to_all(view: View | None = None, *, recognise: bool = False, forgive: bool = False) -> Any:
    """Mark a route as public; the list of these is reviewed in one test.

    With ``recognise`` a session that is sent along is looked at first, so that keys and answers are that person's. An
    ended one is refused, or with ``forgive`` taken as none: a report of danger does not wait for a login (2).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            if recognise:
                try:
                    actor_or_none()
                except SessionEnded:
                    if not forgive:
                        raise
                    g.actor = None
            return view(*args, **kwargs)

        if recognise and not forgive:
            refusals = [*getattr(view, "_apidoc", {}).get("refusals", ()), SessionEnded]
            note_in_document(wrapper, refusals=refusals)
        wrapper.open_to_all = True  # type: ignore[attr-defined]  # a mark read by the table of routes
        return wrapper  # type: ignore[return-value]  # wraps keeps the signature

    return decorate if view is None else decorate(view)


def shown_by(act: str, scope: str, identifier: str) -> None:
    """Note that this answer shows what ``act`` allows at a place; it is not repeated once the caller may not do that there."""
    g.setdefault("shown_by", set()).add(f"{_PLACE}:{act}:{scope}:{identifier}")


def rests_on() -> frozenset[str]:
    """What the answer that is being given rests on, beyond what its route asks for at every repeat.

    Of a scope nothing: role, tie and place are judged again. Without one, every role of the act that the caller holds.
    Where the act is anybody's, every role and tie, those that this very request brought included.
    """
    noted = frozenset(g.get("shown_by", ()))
    caller: Actor | None = g.get("actor")
    allowed = ACTS[g.act] if "act" in g else EVERYBODY
    open_to_anybody = "anybody" in allowed
    if caller is None or ("place" in g and not open_to_anybody):
        return noted
    if open_to_anybody:
        allowed, caller = EVERYBODY, actor_for(db(), caller.person_id)
    return noted | _holdings(caller, allowed)


def still_holds(kept: frozenset[str]) -> bool:
    """Whether the caller still has all that an earlier answer rested on."""
    caller = actor_or_none()
    if caller is None:
        return False
    held = _holdings(caller, EVERYBODY)
    return all(_may_still(caller, each) if each.startswith(f"{_PLACE}:") else each in held for each in kept)


def _holdings(caller: Actor, allowed: frozenset[str]) -> frozenset[str]:
    return frozenset(
        {
            *(
                f"role:{held.role}:{held.area_code or held.company_id}"
                for held in caller.roles
                if held.role in allowed
            ),
            *(f"tie:{tie.household_id}" for tie in caller.ties if tie.role in allowed),
        }
    )


def _may_still(caller: Actor, noted: str) -> bool:
    _kind, act, scope, identifier = noted.split(":", 3)
    place = place_of(db(), scope, identifier)
    return place is not None and standing(act, caller, place) == "yes"


def person_signed_in() -> str | None:
    """Whose session is sent along, looked up before the request's transaction begins; None without one."""
    token = _token()
    if token is None:
        return None
    with database().reading() as session:
        opened = session_of_token(session, token)
    return opened.person_id if opened else None
